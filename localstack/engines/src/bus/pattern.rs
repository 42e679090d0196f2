//! Event patterns: which events a subscriber wants to hear of, in the language of EventBridge rules.
//!
//! `{"source": ["kraken"], "detail-type": [{"prefix": "run."}]}`: every field named must be there with one of the
//! values in its list. Exact values and prefixes are known, at any depth; what else EventBridge can do is refused,
//! so that nobody believes to have filtered what was not.

use std::collections::BTreeMap;

use serde_json::Value;

/// A pattern that can't be used. Correct it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("event pattern: {field}: {problem}")]
pub struct PatternError {
    field: String,
    problem: String,
}

/// Which events are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    text: String,
    fields: BTreeMap<String, Node>,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    AnyOf(Vec<Matcher>),
    Fields(BTreeMap<String, Node>),
}

#[derive(Clone, Debug, PartialEq)]
enum Matcher {
    Equals(Value),
    Prefix(String),
}

impl Pattern {
    /// Every event.
    pub fn all() -> Self {
        Self { text: "{}".to_owned(), fields: BTreeMap::new() }
    }

    /// Reads a pattern in its JSON form.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let refuse = |problem: &str| PatternError { field: "the pattern".to_owned(), problem: problem.to_owned() };
        let value: Value = serde_json::from_str(text).map_err(|error| refuse(&error.to_string()))?;
        let Value::Object(_) = &value else { return Err(refuse("must be an object")) };
        match node("", &value)? {
            Node::Fields(fields) => Ok(Self { text: text.to_owned(), fields }),
            Node::AnyOf(_) => Err(refuse("must be an object")),
        }
    }

    /// The pattern as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Is this event, in its JSON form, wanted?
    pub fn matches(&self, event: &Value) -> bool {
        fields_match(&self.fields, event)
    }
}

fn node(path: &str, value: &Value) -> Result<Node, PatternError> {
    let refuse = |problem: &str| PatternError { field: path.to_owned(), problem: problem.to_owned() };
    match value {
        Value::Object(fields) => {
            let read = |(name, value): (&String, &Value)| {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                Ok((name.clone(), node(&path, value)?))
            };
            Ok(Node::Fields(fields.iter().map(read).collect::<Result<_, _>>()?))
        }
        Value::Array(values) if values.is_empty() => Err(refuse("the list of values is empty")),
        Value::Array(values) => {
            let read = |value: &Value| matcher(value).ok_or_else(|| refuse("expected exact values or {\"prefix\": \"…\"}"));
            Ok(Node::AnyOf(values.iter().map(read).collect::<Result<_, _>>()?))
        }
        _ => Err(refuse("expected a list of values, or an object of fields")),
    }
}

fn matcher(value: &Value) -> Option<Matcher> {
    match value {
        Value::Object(operators) => {
            let prefix = operators.get("prefix").filter(|_| operators.len() == 1)?.as_str()?;
            Some(Matcher::Prefix(prefix.to_owned()))
        }
        Value::Array(_) => None,
        exact => Some(Matcher::Equals(exact.clone())),
    }
}

fn fields_match(fields: &BTreeMap<String, Node>, event: &Value) -> bool {
    fields.iter().all(|(name, node)| match (node, event.get(name)) {
        (_, None) => false,
        (Node::Fields(fields), Some(value)) => value.is_object() && fields_match(fields, value),
        (Node::AnyOf(matchers), Some(value)) => matchers.iter().any(|matcher| value_matches(matcher, value)),
    })
}

/// A list in the event matches with any of its values.
fn value_matches(matcher: &Matcher, value: &Value) -> bool {
    if let Value::Array(values) = value {
        return values.iter().any(|value| value_matches(matcher, value));
    }
    match matcher {
        Matcher::Equals(exact) => exact == value,
        Matcher::Prefix(prefix) => value.as_str().is_some_and(|text| text.starts_with(prefix)),
    }
}

#[cfg(test)]
mod tests;
