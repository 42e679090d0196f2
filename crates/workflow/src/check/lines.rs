//! Where in the code a problem stands.
//!
//! Evaluation keeps no places, so they are found again: a key (with its text, if it has one) that occurs as often in
//! the code as in the stage, always at the same level, stands there in the same order. Where that does not hold, as in
//! loops, the line stays unknown; a wrong one would be worse.

use serde_json::Value;

use crate::{
    eval::{self, Entry},
    problem::Problem,
};

/// Gives each problem its line, where it can be found.
pub(super) fn find(code: &str, stage: &Value, problems: &mut [Problem]) {
    if problems.iter().all(|problem| problem.line.is_some()) {
        return;
    }
    let entries = eval::entries(code);
    for problem in problems.iter_mut().filter(|problem| problem.line.is_none()) {
        problem.line = line_of(&problem.path, stage, &entries);
    }
}

fn line_of(path: &str, stage: &Value, entries: &[Entry]) -> Option<u32> {
    let value = stage.pointer(path);
    // What is wrong with an object as a whole stands near its name, or its tool.
    for key in ["name", "tool"] {
        if let Some(Value::String(_)) = value.and_then(|object| object.get(key)) {
            return line_of(&format!("{path}/{key}"), stage, entries);
        }
    }
    // An item of a list stands near the list's key.
    let mut path = path;
    while path.rsplit('/').next().is_some_and(|part| part.parse::<usize>().is_ok()) {
        path = &path[..path.rfind('/')?];
    }
    let key = path.rsplit('/').next()?.replace("~1", "/").replace("~0", "~");
    let text = stage.pointer(path).and_then(Value::as_str);
    let by_text = text.and_then(|text| {
        let fits = |entry: &&Entry| entry.key == key && entry.value.as_deref() == Some(text);
        nth(path, &places(stage, &key, Some(text)), entries.iter().filter(fits))
    });
    by_text.or_else(|| nth(path, &places(stage, &key, None), entries.iter().filter(|entry| entry.key == key)))
}

/// The line of the entry that has among `entries` the place that `path` has among `places`.
fn nth<'e>(path: &str, places: &[String], entries: impl Iterator<Item = &'e Entry>) -> Option<u32> {
    let entries: Vec<&Entry> = entries.collect();
    let level =
        |path: &str| path.split('/').map(|part| if part.parse::<usize>().is_ok() { "*" } else { part }).collect::<Vec<_>>().join("/");
    let same_level = places.iter().all(|place| level(place) == level(path));
    match entries.as_slice() {
        [only] if places.len() == 1 => Some(only.line),
        _ if same_level && entries.len() == places.len() => places.iter().position(|place| place == path).map(|index| entries[index].line),
        _ => None,
    }
}

/// The JSON pointers to all values under `key` (that are `text`, if given), in order.
fn places(stage: &Value, key: &str, text: Option<&str>) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), stage)];
    while let Some((path, value)) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.iter().enumerate().rev().map(|(index, item)| (format!("{path}/{index}"), item))),
            Value::Object(fields) => {
                for (name, value) in fields.iter().rev() {
                    let below = format!("{path}{}", crate::problem::pointer(&[name]));
                    if name == key && text.is_none_or(|text| value.as_str() == Some(text)) {
                        found.push(below.clone());
                    }
                    open.push((below, value));
                }
            }
            _ => {}
        }
    }
    found
}
