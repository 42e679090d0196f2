//! Where in the code a problem stands.
//!
//! Evaluation keeps no places, so they are found again: a key (with its text, if it has one) that occurs as often in
//! the code as in the stage, always at the same level, stands there in the same order. Where that does not hold, as in
//! loops, the line stays unknown; a wrong one would be worse.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    eval::{self, Entry},
    problem::Problem,
};

/// How many problems are looked up: whoever mends those looks again.
const LINES_SOUGHT: usize = 100;

/// Gives each problem its line, where it can be found.
pub(super) fn find(code: &str, stage: &Value, problems: &mut [Problem]) {
    if problems.iter().all(|problem| problem.line.is_some()) {
        return;
    }
    let entries = eval::entries(code);
    let mut places = Places { stage, of_keys: BTreeMap::new() };
    for problem in problems.iter_mut().filter(|problem| problem.line.is_none()).take(LINES_SOUGHT) {
        problem.line = line_of(&problem.path, &mut places, &entries);
    }
}

fn line_of(path: &str, places: &mut Places<'_>, entries: &[Entry]) -> Option<u32> {
    let stage = places.stage;
    let value = stage.pointer(path);
    // What is wrong with an object as a whole stands near its name, or its tool.
    for key in ["name", "tool"] {
        if let Some(Value::String(_)) = value.and_then(|object| object.get(key)) {
            return line_of(&format!("{path}/{key}"), places, entries);
        }
    }
    // An item of a list stands near the list's key.
    let mut path = path;
    while path.rsplit('/').next().is_some_and(|part| part.parse::<usize>().is_ok()) {
        path = &path[..path.rfind('/')?];
    }
    let key = path.rsplit('/').next()?.replace("~1", "/").replace("~0", "~");
    let places = places.of(&key);
    let text = stage.pointer(path).and_then(Value::as_str);
    let by_text = text.and_then(|text| {
        let fits = |entry: &&Entry| entry.key == key && entry.value.as_deref() == Some(text);
        nth(path, places.iter().filter(|place| place.text == Some(text)), entries.iter().filter(fits))
    });
    by_text.or_else(|| nth(path, places.iter(), entries.iter().filter(|entry| entry.key == key)))
}

/// The line of the entry that has among `entries` the place that `path` has among `places`.
fn nth<'e, 'p>(path: &str, places: impl Iterator<Item = &'p Place<'p>>, entries: impl Iterator<Item = &'e Entry>) -> Option<u32> {
    let entries: Vec<&Entry> = entries.collect();
    let places: Vec<&str> = places.map(|place| place.path.as_str()).collect();
    if entries.len() != places.len() {
        return None;
    }
    let level =
        |path: &str| path.split('/').map(|part| if part.parse::<usize>().is_ok() { "*" } else { part }).collect::<Vec<_>>().join("/");
    match entries.as_slice() {
        [only] => Some(only.line),
        _ if places.iter().all(|place| level(place) == level(path)) => {
            places.iter().position(|place| *place == path).map(|index| entries[index].line)
        }
        _ => None,
    }
}

/// A value somewhere in the stage, and its text if it is one.
struct Place<'s> {
    path: String,
    text: Option<&'s str>,
}

/// Where the keys stand in the stage: each is looked for once.
struct Places<'s> {
    stage: &'s Value,
    of_keys: BTreeMap<String, Vec<Place<'s>>>,
}

impl<'s> Places<'s> {
    /// The values under `key`, in order.
    fn of(&mut self, key: &str) -> &[Place<'s>] {
        self.of_keys.entry(key.to_owned()).or_insert_with(|| places(self.stage, key))
    }
}

fn places<'s>(stage: &'s Value, key: &str) -> Vec<Place<'s>> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), stage)];
    while let Some((path, value)) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items.iter().enumerate().rev().map(|(index, item)| (format!("{path}/{index}"), item))),
            Value::Object(fields) => {
                for (name, value) in fields.iter().rev() {
                    let below = format!("{path}{}", crate::problem::pointer(&[name]));
                    if name == key {
                        found.push(Place { path: below.clone(), text: value.as_str() });
                    }
                    open.push((below, value));
                }
            }
            _ => {}
        }
    }
    found
}
