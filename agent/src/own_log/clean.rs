//! Takes out of log lines what nobody may read.
//!
//! Most lines hold nothing of the kind: they say what the agent does. But errors quote others (a program of the job, a store that was asked by
//! a signed address), and those may quote what they were given.

use serde_json::Value;

use crate::log::Redactor;

/// What stands for a value that was taken out.
const HIDDEN: &str = "******";

/// Parameters of a signed address whose values are as good as a password.
const SIGNED: [&str; 3] = ["X-Amz-Signature=", "X-Amz-Security-Token=", "X-Amz-Credential="];

/// The lines, each one JSON object, with secrets hidden in their texts. What is no JSON is left out.
pub(super) fn clean(lines: &[u8], redactors: &[Redactor]) -> Vec<u8> {
    let mut cleaned = Vec::with_capacity(lines.len());
    for line in lines.split(|byte| *byte == b'\n') {
        let Ok(mut value) = serde_json::from_slice::<Value>(line) else { continue };
        hide(&mut value, redactors);
        cleaned.extend_from_slice(value.to_string().as_bytes());
        cleaned.push(b'\n');
    }
    cleaned
}

fn hide(value: &mut Value, redactors: &[Redactor]) {
    match value {
        Value::String(text) => {
            for redactor in redactors {
                *text = redactor.text(text);
            }
            for name in SIGNED {
                hide_after(text, name);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| hide(value, redactors)),
        Value::Object(values) => values.values_mut().for_each(|value| hide(value, redactors)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Hides what stands after each `name`, up to where a parameter of an address ends.
fn hide_after(text: &mut String, name: &str) {
    let mut from = 0;
    while let Some(at) = text[from..].find(name) {
        let begin = from + at + name.len();
        let length = text[begin..].find(|sign: char| sign == '&' || sign == '"' || sign.is_whitespace()).unwrap_or(text.len() - begin);
        text.replace_range(begin..begin + length, HIDDEN);
        from = begin + HIDDEN.len();
    }
}

#[cfg(test)]
mod tests;
