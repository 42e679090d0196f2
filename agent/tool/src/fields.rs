//! A step's fields with their types. Interpolated values arrive as text, so `"60"` is a number and `"true"` a truth where one is expected.

use std::collections::BTreeMap;

use kraken_protocol::tool::Step;
use serde_json::{Map, Value};

use crate::failure::Failure;

/// The fields of one step.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'step> {
    map: &'step Map<String, Value>,
    sensitive: &'step [String],
}

impl<'step> Fields<'step> {
    /// Those of a step.
    pub(crate) fn of(step: &'step Step) -> Self {
        Self { map: &step.fields, sensitive: &step.sensitive }
    }

    /// Whether the field holds a secret somewhere inside.
    pub(crate) fn is_sensitive(self, name: &str) -> bool {
        self.sensitive.iter().any(|sensitive| sensitive == name)
    }

    /// The field as it came; `None` when absent or null.
    pub(crate) fn raw(self, name: &str) -> Option<&'step Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// A text; numbers and truths become one. Empty counts as absent.
    pub(crate) fn text(self, name: &str) -> Result<Option<String>, Failure> {
        let text = match self.raw(name) {
            None => None,
            Some(value) => Some(plain_text(value).ok_or_else(|| self.wrong(name, "a text"))?),
        };
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// A text that must be there.
    pub(crate) fn required(self, name: &str) -> Result<String, Failure> {
        self.text(name)?.ok_or_else(|| Failure::step(format!("field `{name}` is missing")))
    }

    /// A whole number that is not negative.
    pub(crate) fn number(self, name: &str) -> Result<Option<u64>, Failure> {
        match self.raw(name) {
            None => Ok(None),
            Some(value) => {
                let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
                number.map(Some).ok_or_else(|| self.wrong(name, "a whole number"))
            }
        }
    }

    /// A truth; false when absent.
    pub(crate) fn truth(self, name: &str) -> Result<bool, Failure> {
        match self.raw(name) {
            None => Ok(false),
            Some(Value::Bool(truth)) => Ok(*truth),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("true") || text == "1" => Ok(true),
            Some(Value::String(text)) if text.eq_ignore_ascii_case("false") || text == "0" || text.is_empty() => Ok(false),
            Some(_) => Err(self.wrong(name, "true or false")),
        }
    }

    /// One text or a list of texts.
    pub(crate) fn texts(self, name: &str) -> Result<Vec<String>, Failure> {
        let expected = "a text or a list of texts";
        match self.raw(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => items.iter().map(|item| plain_text(item).ok_or_else(|| self.wrong(name, expected))).collect(),
            Some(value) => Ok(vec![plain_text(value).ok_or_else(|| self.wrong(name, expected))?]),
        }
    }

    /// An object of texts.
    pub(crate) fn map(self, name: &str) -> Result<BTreeMap<String, String>, Failure> {
        let expected = "an object of texts";
        match self.raw(name) {
            None => Ok(BTreeMap::new()),
            Some(Value::Object(entries)) => {
                entries.iter().map(|(key, value)| Ok((key.clone(), plain_text(value).ok_or_else(|| self.wrong(name, expected))?))).collect()
            }
            Some(_) => Err(self.wrong(name, expected)),
        }
    }

    /// A secret: a text, or an object whose first present `keys` entry is one.
    pub(crate) fn secret(self, name: &str, keys: &[&str]) -> Result<Option<Secret>, Failure> {
        match self.raw(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(Secret { user: None, value: text.clone() })),
            Some(Value::Object(entries)) => {
                let of = |keys: &[&str]| keys.iter().find_map(|key| entries.get(*key)?.as_str()).map(str::to_owned);
                let value = of(keys).ok_or_else(|| Failure::step(format!("field `{name}`: expected a secret with `{}`", keys[0])))?;
                Ok(Some(Secret { user: of(&["user", "username"]).filter(|user| !user.is_empty()), value }))
            }
            Some(_) => Err(Failure::step(format!("field `{name}`: expected the value of a secret"))),
        }
    }

    /// Names field, value and what was expected. Values of secrets never come here.
    fn wrong(self, name: &str, expected: &str) -> Failure {
        let mut value = match self.map.get(name) {
            Some(_) if self.is_sensitive(name) => "******".to_owned(),
            value => value.map(ToString::to_string).unwrap_or_default(),
        };
        if let Some((at, _)) = value.char_indices().nth(80) {
            value.truncate(at);
            value.push('…');
        }
        Failure::step(format!("field `{name}`: {value} is not {expected}"))
    }
}

/// A secret that a step names, with its user where it has one. Never shown.
pub(crate) struct Secret {
    pub(crate) user: Option<String>,
    pub(crate) value: String,
}

fn plain_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests;
