//! A request's headers, whatever library they came through.
//!
//! Invariant: a name is found whatever its case (RFC 9110, section 5.1); a value that is no text, or empty, is as good as absent.

/// A request's headers, borrowed.
#[derive(Clone, Default)]
pub struct Headers<'a>(Vec<(&'a str, &'a [u8])>);

impl<'a> Headers<'a> {
    /// The value of a header: without the white space around it, and the first where it stands several times.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(std::str::from_utf8(value).ok()?.trim()).filter(|value| !value.is_empty())
    }
}

impl<'a, V: AsRef<[u8]> + ?Sized> FromIterator<(&'a str, &'a V)> for Headers<'a> {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a V)>>(headers: I) -> Self {
        Self(headers.into_iter().map(|(name, value)| (name, value.as_ref())).collect())
    }
}

/// Some headers are secrets, so only the names are shown.
impl std::fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
