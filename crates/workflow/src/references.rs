//! Which secrets a stage names. Found by reading the texts, without a context: so a claim knows what to open, and a check
//! what must exist.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{SecretKind, StepSpec, interpolate};

/// A place where a secret is named.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SecretUse {
    /// The secret's name.
    pub name: String,
    /// The kinds that have what is asked of it.
    pub fits: &'static [SecretKind],
    /// The parts of the JSON pointer to the text that names it.
    pub(crate) path: Vec<String>,
    /// Whether the text is nothing but the name.
    pub(crate) bare: bool,
}

/// The names of the secrets that a step needs to be filled in and done.
pub fn references(step: &StepSpec) -> BTreeSet<String> {
    let value = serde_json::to_value(step).unwrap_or_default();
    secret_uses(&value).into_iter().map(|used| used.name).collect()
}

/// Every place in `value` (a step, a job, a stage) where a secret is named.
pub fn secret_uses(value: &Value) -> Vec<SecretUse> {
    let mut uses = Vec::new();
    walk(value, &mut Vec::new(), &mut uses);
    uses
}

fn walk(value: &Value, path: &mut Vec<String>, uses: &mut Vec<SecretUse>) {
    match value {
        Value::String(text) => in_text(text, path, uses),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                walk(item, path, uses);
                path.pop();
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                path.push(key.clone());
                walk(value, path, uses);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn in_text(text: &str, path: &[String], uses: &mut Vec<SecretUse>) {
    let mut add = |name: &str, fits, bare| uses.push(SecretUse { name: name.to_owned(), fits, path: path.to_vec(), bare });
    if !text.contains("#{")
        && let Some(fits) = named_bare(path)
    {
        return add(text.trim(), fits, true);
    }
    let mut found = |name: &str, fits| add(name, fits, false);
    match path.last().map(String::as_str) {
        Some("when") => in_expression(text, &mut found),
        _ => interpolate::expressions(text).for_each(|expression| in_expression(expression, &mut found)),
    }
}

/// The kinds that fit where the text at `path` (of a stage, or of a step alone) is the name of a secret.
fn named_bare(path: &[String]) -> Option<&'static [SecretKind]> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match path.as_slice() {
        [field] | [.., "steps", _, field] => match *field {
            "ssh-key" => Some(&[SecretKind::SshKey]),
            "access-token" => Some(&[SecretKind::Simple]),
            _ => None,
        },
        ["notification", _, "credentials"] | ["notification", "webhook", "secret"] | ["triggers", "repo", "credentials"] => Some(OF_HOSTS),
        _ => None,
    }
}

/// What hosts and receivers are told who calls by.
const OF_HOSTS: &[SecretKind] = &[SecretKind::Simple, SecretKind::UserPassword];
const WITH_USER: &[SecretKind] = &[SecretKind::SshKey, SecretKind::UserPassword];
const ANY: &[SecretKind] = &[SecretKind::Simple, SecretKind::SshKey, SecretKind::UserPassword];

fn in_expression(expression: &str, found: &mut impl FnMut(&str, &'static [SecretKind])) {
    for (at, _) in expression.match_indices("secrets") {
        let before = expression[..at].chars().next_back();
        if before.is_some_and(|c| is_word_sign(c) || c == '.') {
            continue;
        }
        if let Some((name, rest)) = subscript(&expression[at + "secrets".len()..]) {
            let fits = match subscript(rest).map(|(field, _)| field) {
                None => &[SecretKind::Simple],
                Some("user" | "username") => WITH_USER,
                Some("key") => &[SecretKind::SshKey] as &[_],
                Some("password") => &[SecretKind::UserPassword],
                Some(_) => ANY,
            };
            found(name, fits);
        }
    }
    for (prefix, fits) in
        [("KK_SECRET_SIMPLE_", &[SecretKind::Simple] as &[_]), ("KK_SECRET_USER_", WITH_USER), ("KK_SECRET_KEY_", &[SecretKind::SshKey])]
    {
        for (at, _) in expression.match_indices(prefix) {
            let name = word(&expression[at + prefix.len()..]);
            if !name.is_empty() {
                found(name, fits);
            }
        }
    }
}

/// The name in `.name` or `["name"]` at the start of `rest`, and what follows.
fn subscript(rest: &str) -> Option<(&str, &str)> {
    if let Some(rest) = rest.strip_prefix('.') {
        let name = word(rest);
        return (!name.is_empty()).then(|| (name, &rest[name.len()..]));
    }
    let inside = rest.trim_start().strip_prefix('[')?.trim_start();
    let quote = inside.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (name, rest) = inside[1..].split_once(quote)?;
    Some((name, rest.trim_start().strip_prefix(']')?))
}

fn word(text: &str) -> &str {
    &text[..text.find(|c: char| !is_word_sign(c)).unwrap_or(text.len())]
}

fn is_word_sign(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests;
