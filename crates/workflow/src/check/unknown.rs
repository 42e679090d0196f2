//! Where in a stage there is something that could not be known when its code ran.
//!
//! A check passes it over: a run will know. In a run nobody ever will.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::{
    context::{UNKNOWN, is_unknown},
    problem::{Problem, Rule, pointer},
};

/// How many places are told: whoever mends those looks again.
const PLACES_SHOWN: usize = 50;

/// Every place in `stage` that holds something unknown.
pub(super) fn places(stage: &Value) -> Vec<Problem> {
    let mut places = Vec::new();
    walk(stage, &mut Vec::new(), &mut places);
    places
}

fn walk(value: &Value, path: &mut Vec<String>, places: &mut Vec<Problem>) {
    if places.len() >= PLACES_SHOWN {
        return;
    }
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                walk(item, path, places);
                path.pop();
            }
        }
        Value::Object(fields) => {
            for (key, value) in fields {
                path.push(key.replace(UNKNOWN, "unknown"));
                if key.contains(UNKNOWN) {
                    places.push(place(path))
                } else {
                    walk(value, path, places)
                }
                path.pop();
            }
        }
        text if is_unknown(text) => places.push(place(path)),
        _ => {}
    }
}

fn place(path: &[String]) -> Problem {
    let message = "it is made of something that the code cannot know, also in a run: write it as `#{…}` in a text, which is filled in when it is \
                   known";
    Problem { rule: Rule::Evaluation, path: pointer(path), line: None, message: message.to_owned() }
}

/// The same stage with the unknown among its keys in words. Copied only where there is any.
pub(super) fn keys_in_words(stage: &Value) -> Cow<'_, Value> {
    if has_open_key(stage) { Cow::Owned(in_words(stage)) } else { Cow::Borrowed(stage) }
}

fn has_open_key(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_open_key),
        Value::Object(fields) => fields.iter().any(|(key, value)| key.contains(UNKNOWN) || has_open_key(value)),
        _ => false,
    }
}

fn in_words(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(in_words).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(key, value)| (key.replace(UNKNOWN, "unknown"), in_words(value))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}
