//! What is secret in a notice, and taken out of whatever is written of it: a far side may answer with what it was sent.
//!
//! Invariant: what was covered stands in no answer and in no reason that went through here, nor does its beginning where a text was cut.

use std::{cmp::Reverse, fmt};

use base64::{Engine, prelude::BASE64_STANDARD};
use kraken_cloud::Zeroizing;
use kraken_domain::notice::Answer;
use kraken_githosts::FarSide;
use kraken_workflow::{MASK, Secrets};

use super::parcel::Parcel;

/// Characters that a value has at least: shorter ones would tear holes into ordinary text.
const VALUE_MIN: usize = 4;
/// Characters of a piece of a secret address that is secret by itself, and no word.
const PIECE_MIN: usize = 16;
/// Stands where a text was cut.
const CUT: &str = "…";

/// What is secret in a notice, the longest first: a whole hides its pieces.
#[derive(Default)]
pub(super) struct Veil(Vec<Zeroizing<String>>);

impl fmt::Debug for Veil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Veil({} values)", self.0.len())
    }
}

impl Veil {
    /// Covers a value, in the forms in which it may come back; of an address also its pieces.
    pub(super) fn cover(&mut self, value: &str) {
        let value = value.trim();
        self.add(value);
        // As answers are put on one line, and as it stands inside of JSON.
        self.add(&value.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "));
        self.add(serde_json::Value::from(value).to_string().trim_matches('"'));
        if let Some((_, address)) = value.split_once("://") {
            let pieces = address.split(['/', '?', '&', '=', '#']).skip(1);
            pieces.filter(|piece| piece.chars().count() >= PIECE_MIN).for_each(|piece| self.add(piece));
        }
        self.0.sort_by_key(|value| Reverse(value.len()));
    }

    /// Covers secrets.
    pub(super) fn cover_secrets(&mut self, secrets: &Secrets) {
        secrets.values().flat_map(|secret| secret.values()).for_each(|value| self.cover(value));
    }

    /// Covers what goes out for the far side alone.
    pub(super) fn cover_parcel(&mut self, parcel: &Parcel) {
        match parcel {
            Parcel::Http { credentials: Some(credentials), .. } => {
                self.cover(credentials);
                if let Some((_, token)) = credentials.split_once(':') {
                    self.cover(token);
                    self.cover(&BASE64_STANDARD.encode(credentials.trim()));
                }
            }
            // Who knows the address may write there.
            Parcel::Http { request, from: FarSide::Slack | FarSide::Discord, .. } => self.cover(&request.url),
            Parcel::Mail { server, .. } => {
                if let Some((user, password)) = &server.login {
                    self.cover(password);
                    self.cover(&BASE64_STANDARD.encode(format!("\0{user}\0{}", password.as_str())));
                }
            }
            Parcel::Http { .. } | Parcel::Never(_) => {}
        }
    }

    /// An answer without what is covered.
    pub(super) fn over(&self, answer: Answer) -> Answer {
        match answer {
            Answer::Taken(said) => Answer::Taken(self.over_text(said)),
            Answer::Later { after_s, why } => Answer::Later { after_s, why: self.over_text(why) },
            Answer::Never(why) => Answer::Never(self.over_text(why)),
        }
    }

    fn over_text(&self, mut text: String) -> String {
        for value in &self.0 {
            if text.contains(value.as_str()) {
                text = text.replace(value.as_str(), MASK);
            }
        }
        let mut parts: Vec<String> = text.split(CUT).map(str::to_owned).collect();
        let last = parts.pop();
        for part in &mut parts {
            if let Some(length) = self.0.iter().filter_map(|value| beginning(value, part)).max() {
                part.truncate(part.len().saturating_sub(length));
                part.push_str(MASK);
            }
        }
        parts.extend(last);
        parts.join(CUT)
    }

    fn add(&mut self, value: &str) {
        if value.chars().count() >= VALUE_MIN && !self.0.iter().any(|known| known.as_str() == value) {
            self.0.push(Zeroizing::new(value.to_owned()));
        }
    }
}

/// Bytes of the longest beginning of `value` that `text` ends with.
fn beginning(value: &str, text: &str) -> Option<usize> {
    value.char_indices().skip(VALUE_MIN).map(|(at, _)| at).filter(|at| value.get(..*at).is_some_and(|begin| text.ends_with(begin))).last()
}

#[cfg(test)]
mod tests;
