//! Reading a body's fields, with a refusal that says where and what.
//!
//! Invariant: a field that is needed and not as expected refuses with its path; a field that is only good to have, and is absent, null or of
//! another kind, counts as absent. Members that nobody asks for are not looked at.

use serde_json::Value;

use crate::{
    Refusal,
    name::{is_commit, is_no_commit, is_ref_name},
    text::{shorten, web_link},
};

/// A place in a body.
#[derive(Clone)]
pub(crate) struct Node<'a> {
    value: Option<&'a Value>,
    path: String,
}

impl<'a> Node<'a> {
    pub(crate) fn root(value: &'a Value) -> Self {
        Self { value: Some(value), path: String::new() }
    }

    /// The member of that name, there or not.
    pub(crate) fn get(&self, name: &str) -> Self {
        Self { value: self.value.and_then(|value| value.get(name)), path: format!("{}/{name}", self.path) }
    }

    /// The member under a path of names.
    pub(crate) fn at(&self, names: &[&str]) -> Self {
        names.iter().fold(self.clone(), |node, name| node.get(name))
    }

    /// Whether something stands here that is not null.
    pub(crate) fn is_there(&self) -> bool {
        self.value.is_some_and(|value| !value.is_null())
    }

    /// The place itself, if something stands there.
    pub(crate) fn there(self) -> Option<Self> {
        self.is_there().then_some(self)
    }

    /// The elements, where this is a list.
    pub(crate) fn items(&self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator {
        let items = self.value.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        items.iter().enumerate().map(|(at, value)| Self { value: Some(value), path: format!("{}/{at}", self.path) })
    }

    /// The texts in a list of texts, each shortened to `max`.
    pub(crate) fn texts(&self, max: usize) -> Vec<String> {
        self.items().filter_map(|item| item.some_text(max)).collect()
    }

    /// A text that is not empty, shortened to `max`.
    pub(crate) fn some_text(&self, max: usize) -> Option<String> {
        let text = self.value?.as_str().filter(|text| !text.is_empty())?;
        Some(shorten(text, max))
    }

    /// The same, empty where there is none.
    pub(crate) fn text(&self, max: usize) -> String {
        self.some_text(max).unwrap_or_default()
    }

    /// A text that must be there.
    pub(crate) fn needed(&self, expected: &'static str) -> Result<&'a str, Refusal> {
        self.value.and_then(Value::as_str).filter(|text| !text.is_empty()).ok_or_else(|| self.refused(expected))
    }

    /// A link that a person can follow.
    pub(crate) fn link(&self) -> Option<String> {
        self.value?.as_str().and_then(web_link).map(str::to_owned)
    }

    pub(crate) fn is_true(&self) -> bool {
        self.value.and_then(Value::as_bool).unwrap_or_default()
    }

    pub(crate) fn some_number(&self) -> Option<u64> {
        self.value?.as_u64()
    }

    pub(crate) fn number(&self) -> Result<u64, Refusal> {
        self.some_number().ok_or_else(|| self.refused("a whole number"))
    }

    /// The name of a commit that must be there.
    pub(crate) fn commit(&self) -> Result<String, Refusal> {
        const EXPECTED: &str = "a commit's name, in hexadecimal";
        let name = self.needed(EXPECTED)?;
        if is_commit(name) { Ok(name.to_ascii_lowercase()) } else { Err(self.refused(EXPECTED)) }
    }

    /// The name of a commit; `None` where it is absent, null or zero.
    pub(crate) fn some_commit(&self) -> Result<Option<String>, Refusal> {
        match self.value.and_then(Value::as_str) {
            None | Some("") if !self.is_there() || self.value.is_some_and(Value::is_string) => Ok(None),
            Some(name) if is_no_commit(name) => Ok(None),
            _ => self.commit().map(Some),
        }
    }

    /// The name of a branch or a tag, which must be there.
    pub(crate) fn ref_name(&self) -> Result<String, Refusal> {
        const EXPECTED: &str = "the name of a branch or a tag as git allows it";
        let name = self.needed(EXPECTED)?;
        if is_ref_name(name) { Ok(name.to_owned()) } else { Err(self.refused(EXPECTED)) }
    }

    /// That what stands here is not what was expected.
    pub(crate) fn refused(&self, expected: &'static str) -> Refusal {
        let found = match self.value {
            None => "absent".to_owned(),
            Some(Value::Object(_)) => "an object".to_owned(),
            Some(Value::Array(_)) => "a list".to_owned(),
            Some(value) => shorten(&value.to_string(), 60),
        };
        let path = if self.path.is_empty() { "the body".to_owned() } else { self.path.clone() };
        Refusal::Field { path, found, expected }
    }
}
