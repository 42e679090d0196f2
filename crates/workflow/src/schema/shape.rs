//! Checks a stage against the tables: every key known, every value of its kind. Finds all problems, not the first.
//!
//! Gives back the stage with a stand-in for every value that only a run can know, so that the typed model can be read.

use kraken_domain::trigger::Cron;
use serde_json::{Map, Value, json};

use super::{
    nearest::did_you_mean,
    table::{CONFIG, Field, Kind, STAGE, STEP},
    tools::{self, Tool},
};
use crate::{
    context::UNKNOWN,
    interpolate,
    problem::{Problem, Rule, pointer},
    time,
};

/// Checks `stage`.
///
/// The value is complete when there are no problems, and of no use otherwise.
pub(crate) fn check_shape(stage: &Value) -> (Value, Vec<Problem>) {
    let mut shape = Shape { path: Vec::new(), problems: Vec::new() };
    let checked = shape.object(STAGE, stage);
    (checked, shape.problems)
}

struct Shape {
    path: Vec<String>,
    problems: Vec<Problem>,
}

impl Shape {
    fn problem(&mut self, rule: Rule, message: String) {
        self.problems.push(Problem { rule, path: pointer(&self.path), line: None, message });
    }

    fn wrong(&mut self, expected: &str, found: &Value) -> Value {
        self.problem(Rule::Shape, format!("expected {expected}, got {}", describe(found)));
        Value::Null
    }

    fn at<T>(&mut self, part: impl Into<String>, check: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(part.into());
        let out = check(self);
        self.path.pop();
        out
    }

    fn object(&mut self, fields: &[Field], value: &Value) -> Value {
        let Some(given) = value.as_object() else { return self.wrong("an object", value) };
        let mut out = self.known(&[fields], given);
        for (key, _) in given.iter().filter(|(key, _)| !has(fields, key)) {
            self.unknown_key(key, fields.iter().map(|field| field.key));
        }
        out.retain(|_, value| !value.is_null());
        Value::Object(out)
    }

    /// Checks the keys of `given` that the tables have.
    fn known(&mut self, tables: &[&[Field]], given: &Map<String, Value>) -> Map<String, Value> {
        let mut out = Map::new();
        for field in tables.iter().flat_map(|table| table.iter()) {
            match given.get(field.key) {
                // None is as good as nothing: helper functions pass it on.
                Some(Value::Null) if !field.required => {}
                Some(value) => {
                    let checked = self.at(field.key, |shape| shape.value(field.kind, value));
                    out.insert(field.key.to_owned(), checked);
                }
                None if field.required => self.problem(Rule::Shape, format!("the key {:?} is missing: {}", field.key, field.doc)),
                None => {}
            }
        }
        out
    }

    fn unknown_key<'k>(&mut self, key: &str, known: impl Iterator<Item = &'k str>) {
        let hint = did_you_mean(key, known);
        self.at(key, |shape| shape.problem(Rule::Shape, format!("unknown key {key:?}: {hint}")));
    }

    fn value(&mut self, kind: Kind, value: &Value) -> Value {
        if value.as_str() == Some(UNKNOWN) {
            return stand_in(kind);
        }
        match kind {
            Kind::Text => self.text(value, "a text"),
            Kind::Name => self.name(value),
            Kind::Bool if value.is_boolean() => value.clone(),
            Kind::Bool => self.wrong("True or False", value),
            Kind::BoolText if value.is_boolean() || is_template(value) => known_text(value),
            Kind::BoolText => self.wrong("True or False", value),
            Kind::Whole(least) => self.whole(least, value),
            Kind::WholeText(least) => match value.as_str() {
                Some(text) if is_template(value) || text.parse::<u64>().is_ok_and(|n| n >= least) => known_text(value),
                _ => self.whole(least, value),
            },
            Kind::Duration => self.parsed(value, "a duration", |text| at_least_a_second(text, time::parse_duration(text))),
            Kind::DurationOrSeconds if value.is_u64() => self.whole(1, value),
            Kind::DurationOrSeconds => self.value(Kind::Duration, value),
            Kind::Date => self.parsed(value, "a date", |text| time::parse_date(text).map(|_| ())),
            Kind::Cron => self.parsed(value, "a cron rule", |text| text.parse::<Cron>().map(drop).map_err(|why| why.to_string())),
            Kind::TimeZone => self.parsed(value, "a time zone", time::check_time_zone),
            Kind::Expression => self.expression(value),
            Kind::OneOrMany => self.one_or_many(value),
            Kind::Names => self.list(value, "a list of texts", |shape, item| shape.name(item)),
            Kind::OneOf(choices) => self.choice(choices, value),
            Kind::SomeOf(choices) => self.list(value, "a list of texts", |shape, item| shape.choice(choices, item)),
            Kind::Texts => self.map(value, "a text", |value| value.is_string()),
            Kind::Scalars => self.map(value, "a text, a number, True or False", is_scalar),
            Kind::Object(fields) => self.object(fields, value),
            Kind::Objects(fields) => self.list(value, "a list of objects", |shape, item| shape.object(fields, item)),
            Kind::Configs => self.list(value, "a list of objects", Self::config),
            Kind::Steps => self.list(value, "a list of steps", Self::step),
            Kind::BoolOr(fields) if value.is_object() => self.object(fields, value),
            Kind::BoolOr(_) if value.is_boolean() => value.clone(),
            Kind::BoolOr(_) => self.wrong("True, False or an object", value),
            Kind::Recipients(fields) if value.is_object() => self.object(fields, value),
            Kind::Recipients(_) => self.one_or_many(value),
            Kind::Any => self.any(value),
        }
    }

    /// Anything, with the texts in it.
    fn any(&mut self, value: &Value) -> Value {
        match value {
            Value::String(_) => self.text(value, "a text"),
            Value::Array(_) => self.list(value, "a list", Self::any),
            Value::Object(given) => {
                let checked = given.iter().map(|(key, value)| (key.clone(), self.at(key, |shape| shape.any(value))));
                Value::Object(checked.collect())
            }
            _ => value.clone(),
        }
    }

    fn text(&mut self, value: &Value, expected: &str) -> Value {
        match value.as_str() {
            Some(text) => {
                if let (Err(error), false) = (interpolate::check_text(text), text.contains(UNKNOWN)) {
                    self.problem(Rule::Expression, error.to_string());
                }
                known_text(value)
            }
            None => self.wrong(expected, value),
        }
    }

    fn name(&mut self, value: &Value) -> Value {
        match value.as_str() {
            Some(text) if text.trim().is_empty() => self.wrong("a text that is not empty", value),
            _ => self.text(value, "a text"),
        }
    }

    fn expression(&mut self, value: &Value) -> Value {
        let Some(text) = value.as_str() else { return self.wrong("an expression as a text", value) };
        if let (Err(error), false) = (interpolate::check_when(text), text.contains(UNKNOWN)) {
            self.problem(Rule::Expression, error.to_string());
        }
        known_text(value)
    }

    fn whole(&mut self, least: u64, value: &Value) -> Value {
        match value.as_u64() {
            Some(number) if number >= least && u32::try_from(number).is_ok() => value.clone(),
            _ => self.wrong(&format!("a whole number from {least} on"), value),
        }
    }

    fn parsed<T>(&mut self, value: &Value, expected: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Value {
        let Some(text) = value.as_str() else { return self.wrong(&format!("{expected} as a text"), value) };
        if let (Err(message), false) = (parse(text), text.contains(UNKNOWN)) {
            self.problem(Rule::Time, message);
        }
        known_text(value)
    }

    fn one_or_many(&mut self, value: &Value) -> Value {
        match value.as_array() {
            Some(items) if items.is_empty() => self.wrong("a text or a list of texts that is not empty", value),
            Some(_) => self.list(value, "a list of texts", |shape, item| shape.name(item)),
            None if value.is_string() => self.name(value),
            None => self.wrong("a text or a list of texts", value),
        }
    }

    fn choice(&mut self, choices: &[&str], value: &Value) -> Value {
        match value.as_str() {
            Some(text) if choices.contains(&text) || text.contains(UNKNOWN) || is_template(value) => known_text(value),
            _ => self.wrong(&format!("one of {}", choices.join(", ")), value),
        }
    }

    fn list(&mut self, value: &Value, expected: &str, mut check: impl FnMut(&mut Self, &Value) -> Value) -> Value {
        let Some(items) = value.as_array() else { return self.wrong(expected, value) };
        let checked = items.iter().enumerate().map(|(index, item)| self.at(index.to_string(), |shape| check(shape, item)));
        Value::Array(checked.collect())
    }

    fn map(&mut self, value: &Value, expected: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let Some(given) = value.as_object() else { return self.wrong("an object", value) };
        let mut out = Map::new();
        for (key, value) in given {
            let checked = self.at(key, |shape| match value {
                Value::String(_) => shape.text(value, expected),
                _ if fits(value) => value.clone(),
                _ => shape.wrong(expected, value),
            });
            out.insert(key.clone(), checked);
        }
        Value::Object(out)
    }

    /// `{"name": …, "values": {…}}`, or the values beside the name.
    fn config(&mut self, value: &Value) -> Value {
        let Some(given) = value.as_object() else { return self.wrong("an object", value) };
        let mut out = self.known(&[CONFIG], given);
        let beside: Map<String, Value> =
            given.iter().filter(|(key, _)| !has(CONFIG, key)).map(|(key, value)| (key.clone(), value.clone())).collect();
        let beside = self.value(Kind::Scalars, &Value::Object(beside));
        let values = out.entry("values").or_insert_with(|| json!({}));
        if let (Some(values), Value::Object(beside)) = (values.as_object_mut(), beside) {
            values.extend(beside);
        }
        Value::Object(out)
    }

    fn step(&mut self, value: &Value) -> Value {
        let Some(given) = value.as_object() else { return self.wrong("an object", value) };
        let tool = given.get("tool").and_then(Value::as_str).and_then(tools::tool_named);
        let mut out = self.known(&[STEP, tool.map_or(&[], |tool| tool.fields)], given);
        if let Some(tool) = tool {
            self.one_of(tool, given);
        }
        let others = given.iter().filter(|(key, _)| !has(STEP, key) && !tool.is_some_and(|tool| has(tool.fields, key)));
        for (key, value) in others {
            match tool {
                Some(tool) if !tool.open => {
                    self.unknown_key(key, STEP.iter().chain(tool.fields).map(|field| field.key));
                }
                _ => {
                    let checked = self.at(key, |shape| shape.any(value));
                    out.insert(key.clone(), checked);
                }
            }
        }
        out.retain(|_, value| !value.is_null());
        Value::Object(out)
    }

    fn one_of(&mut self, tool: &Tool, given: &Map<String, Value>) {
        for group in tool.one_of {
            if !group.iter().any(|key| given.get(*key).is_some_and(|value| !value.is_null())) {
                let wanted: Vec<String> = group.iter().map(|key| format!("{key:?}")).collect();
                self.problem(Rule::Shape, format!("a step of the tool {:?} needs {}", tool.name, wanted.join(" or ")));
            }
        }
    }
}

fn has(fields: &[Field], key: &str) -> bool {
    fields.iter().any(|field| field.key == key)
}

fn at_least_a_second(text: &str, seconds: Result<u64, String>) -> Result<(), String> {
    match seconds? {
        0 => Err(format!("{text:?} is too short: expected at least a second")),
        _ => Ok(()),
    }
}

fn is_scalar(value: &Value) -> bool {
    value.is_string() || value.is_number() || value.is_boolean()
}

fn is_template(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.contains("#{") || text.contains(UNKNOWN))
}

/// What stands for an unknown value of this kind.
fn stand_in(kind: Kind) -> Value {
    match kind {
        Kind::Bool | Kind::BoolText | Kind::BoolOr(_) => json!(false),
        Kind::Whole(least) | Kind::WholeText(least) => json!(least.max(1)),
        Kind::Duration | Kind::DurationOrSeconds => json!("1d"),
        Kind::Date => json!("2000-01-01T00:00:00Z"),
        Kind::Cron => json!("0 0 * * *"),
        Kind::TimeZone => json!("UTC"),
        Kind::Expression => json!("always"),
        Kind::OneOf(choices) => json!(choices.first()),
        Kind::Names | Kind::SomeOf(_) | Kind::Objects(_) | Kind::Configs | Kind::Steps => json!([]),
        Kind::Texts | Kind::Scalars => json!({}),
        // An object with required keys has no stand-in: it is left out.
        Kind::Object(_) => Value::Null,
        Kind::Text | Kind::Name | Kind::OneOrMany | Kind::Recipients(_) | Kind::Any => json!("unknown"),
    }
}

/// A text with its mark of the unknown in plain words.
fn known_text(value: &Value) -> Value {
    match value.as_str() {
        Some(text) if text.contains(UNKNOWN) => Value::String(text.replace(UNKNOWN, "unknown")),
        _ => value.clone(),
    }
}

/// A value in few words.
fn describe(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if text.chars().count() > 60 => {
            let start: String = text.chars().take(60).collect();
            format!("the text {start:?}…")
        }
        Value::String(text) => format!("the text {text:?}"),
        Value::Array(items) if items.is_empty() => "an empty list".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
