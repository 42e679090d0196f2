//! Environment variables of a branch: which names and values steps can be given.

use std::collections::BTreeMap;

/// The most variables that a branch may have.
pub const VARIABLES_MAX: usize = 200;
/// The longest name, in characters.
pub const VARIABLE_NAME_MAX: usize = 100;
/// Bytes that names and values may have together: the branch is one record.
pub const VARIABLES_BYTES_MAX: usize = 24 << 10;

/// What is wrong with a variable, or with all of them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidVariable {
    /// A name that no program could ask for.
    #[error("the name {0:?} is no name of a variable: expected 1 to {VARIABLE_NAME_MAX} of A to Z, a to z, digits and '_', no digit first")]
    Name(String),
    /// A value that cannot be passed on.
    #[error("the value of {0:?} has a zero byte: no program can be given that")]
    Zero(String),
    /// Too many.
    #[error("there are {0} variables: expected at most {VARIABLES_MAX}")]
    TooMany(usize),
    /// Too large.
    #[error("names and values have {0} bytes: expected at most {VARIABLES_BYTES_MAX}")]
    TooLarge(usize),
}

/// Everything that is wrong with these variables; with the name of the one that it is about, if it is about one.
pub fn problems(variables: &BTreeMap<String, String>) -> Vec<(Option<String>, InvalidVariable)> {
    let mut found = Vec::new();
    for (name, value) in variables {
        let rest = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if !(1..=VARIABLE_NAME_MAX).contains(&name.len()) || !name.chars().all(rest) || name.starts_with(|c: char| c.is_ascii_digit()) {
            found.push((Some(name.clone()), InvalidVariable::Name(name.chars().take(VARIABLE_NAME_MAX).collect())));
        }
        if value.contains('\0') {
            found.push((Some(name.clone()), InvalidVariable::Zero(name.clone())));
        }
    }
    if variables.len() > VARIABLES_MAX {
        found.push((None, InvalidVariable::TooMany(variables.len())));
    }
    let bytes = variables.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > VARIABLES_BYTES_MAX {
        found.push((None, InvalidVariable::TooLarge(bytes)));
    }
    found
}

#[cfg(test)]
mod tests;
