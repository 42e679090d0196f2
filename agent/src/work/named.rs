//! Fields of a step that hold the *name* of a secret: the tool is given what the secret holds.
//!
//! Which fields those are the language of stages says; what a secret is made of reaches the tool like every other field, through its
//! standard input and never as an argument.

use kraken_workflow::{Secret, Secrets, StepSpec};
use serde_json::{Map, Value, json};

/// The fields that name a secret.
const NAMING: [&str; 2] = ["ssh-key", "access-token"];

/// Puts secrets where `step`, as it is written, names them. A field that was filled in by an expression holds its value already.
///
/// # Errors
/// There is no such secret; says which field names it.
pub(super) fn put_secrets(step: &StepSpec, fields: &mut Map<String, Value>, secrets: &Secrets) -> Result<(), String> {
    for field in NAMING {
        let written = step.fields.get(field).and_then(Value::as_str).filter(|text| !text.is_empty() && !text.contains("#{"));
        if let Some(name) = written {
            let secret = secrets.get(name);
            let secret =
                secret.ok_or_else(|| format!("field `{field}`: there is no secret {name:?}: it was deleted, or has no value yet"))?;
            fields.insert(field.to_owned(), value(secret));
        }
    }
    Ok(())
}

fn value(secret: &Secret) -> Value {
    match secret {
        Secret::Simple(value) => Value::String(value.clone()),
        Secret::SshKey { user, key } => json!({"user": user, "key": key}),
        Secret::UserPassword { user, password } => json!({"user": user, "password": password}),
    }
}

#[cfg(test)]
mod tests;
