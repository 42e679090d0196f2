//! Nothing of the language is without a folder that uses it: every key of the published schema, every choice, every field of the context.

use std::collections::BTreeSet;

use kraken_workflow::{CONTEXT_FIELDS, FLAGS, JOB_FIELDS, OLDER_NAMES, Rule, check_in, evaluate, workflow_schema};
use serde_json::Value;

use super::scene::{Scene, known, limits};

/// The stages that are right, as their code returned them.
fn good() -> Vec<(Scene, Value)> {
    let returned = |scene: Scene| {
        let ctx = scene.context();
        let stage = check_in(&scene.code, &known(), ctx.clone(), &limits()).schema?;
        let ctx = if kraken_workflow::is_unknown(&ctx.args) { ctx.with_args(stage.default_args()) } else { ctx };
        let value = evaluate(&scene.code, &ctx, &limits()).unwrap();
        Some((scene, value))
    };
    Scene::all().into_iter().filter_map(returned).collect()
}

/// One alternative of a schema, for a value where there is one: of steps the one of the tool, of others those of the value's type.
fn alternatives<'s>(schema: &'s Value, value: Option<&Value>) -> Vec<&'s Value> {
    let all: Vec<&Value> = ["anyOf", "oneOf"].iter().filter_map(|key| schema[*key].as_array()).flatten().collect();
    let fits = |alternative: &&Value| match value {
        None => true,
        Some(Value::Object(step)) if alternative["title"].is_string() => {
            let tool = step.get("tool").and_then(Value::as_str).unwrap_or_default();
            let name = tool.split('@').next().unwrap_or_default();
            alternative["title"] == name || (name == "mine" && alternative["not"].is_object())
        }
        Some(value) => alternative["type"].as_str().is_none_or(|kind| is_of_type(value, kind)),
    };
    all.into_iter().filter(fits).collect()
}

fn is_of_type(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("the schema has a type {other:?} that nobody here knows"),
    }
}

/// Every key, every choice and every type among several that a schema has; with a value, those that the value uses.
fn walk(schema: &Value, value: Option<&Value>, at: &str, found: &mut BTreeSet<String>) {
    for alternative in alternatives(schema, value) {
        if alternative["type"] == "null" {
            continue;
        }
        let title = alternative["title"].as_str().map(|title| format!("<{title}>")).unwrap_or_default();
        if let Some(kind) = alternative["type"].as_str() {
            found.insert(format!("{at}{title}: {kind}"));
        }
        walk(alternative, value, &format!("{at}{title}"), found);
    }
    for choice in schema["enum"].as_array().into_iter().flatten() {
        if value.is_none_or(|value| value == choice) {
            found.insert(format!("{at} = {choice}"));
        }
    }
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let below = value.map(|value| value.get(key));
        if below.is_none_or(|below| below.is_some_and(|below| !below.is_null())) {
            found.insert(format!("{at}.{key}"));
            walk(property, below.flatten(), &format!("{at}.{key}"), found);
        }
    }
    if schema["items"].is_object() {
        match value {
            None => walk(&schema["items"], None, &format!("{at}[]"), found),
            Some(value) => {
                value.as_array().into_iter().flatten().for_each(|item| walk(&schema["items"], Some(item), &format!("{at}[]"), found));
            }
        }
    }
}

/// The alternative that has only what every step may say.
const OWN_TOOL: &str = ".jobs[].steps[]<a tool of one's own>";

/// What every step may say, and what every channel may be told about, need be used but once.
fn at_one_place(path: String, common: &BTreeSet<String>) -> String {
    if let Some((_, key)) = path.split_once('>').filter(|(_, key)| common.contains(*key)) {
        return format!(".jobs[].steps[]{key}");
    }
    match path.rsplit_once(".on[]") {
        Some((_, choice)) => format!(".notification.*.on[]{choice}"),
        None => path,
    }
}

#[test]
fn every_key_of_the_schema_is_used_by_some_folder() {
    let schema = workflow_schema();
    let (mut declared, mut used) = (BTreeSet::new(), BTreeSet::new());
    walk(&schema, None, "", &mut declared);
    assert!(declared.len() > 200, "{}", declared.len());
    good().iter().for_each(|(_, stage)| walk(&schema, Some(stage), "", &mut used));
    let common: BTreeSet<String> = declared.iter().filter_map(|path| path.strip_prefix(OWN_TOOL)).map(str::to_owned).collect();
    let [declared, used] = [declared, used].map(|paths| paths.into_iter().map(|path| at_one_place(path, &common)).collect::<BTreeSet<_>>());
    let missing: Vec<&String> = declared.difference(&used).collect();
    assert!(missing.is_empty(), "no folder of tests/stages uses: {missing:#?}");
}

/// Whether `name` stands in `text` after `before`, and no longer name instead of it.
fn names(text: &str, before: &str, name: &str) -> bool {
    let wanted = format!("{before}{name}");
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    text.match_indices(&wanted).any(|(at, _)| ends(&text[at + wanted.len()..]))
}

#[test]
fn every_field_of_the_context_is_used_by_some_folder_in_code_and_in_text() {
    let good = good();
    let anywhere = |before: &str, name: &str| good.iter().any(|(scene, _)| scene.run.is_some() && names(&scene.code, before, name));
    let mut missing = Vec::new();
    for field in CONTEXT_FIELDS {
        missing.extend((!anywhere("ctx.", field.path)).then(|| format!("ctx.{}", field.path)));
    }
    for field in CONTEXT_FIELDS.iter().chain(JOB_FIELDS).chain(FLAGS) {
        let used = anywhere("#{", field.path) || anywhere("\"when\": \"", field.path);
        missing.extend((!used).then(|| format!("#{{{}}}", field.path)));
    }
    for flag in ["is_ci", "is_dev"] {
        missing.extend((!anywhere("ctx.", flag)).then(|| format!("ctx.{flag}")));
    }
    for older in OLDER_NAMES.iter().filter(|older| older.path != "name") {
        let name = older.path.trim_end_matches("name");
        let used = good.iter().any(|(scene, _)| scene.run.is_some() && scene.code.contains(&format!("#{{{name}")));
        missing.extend((!used).then(|| format!("#{{{}}}", older.path)));
    }
    assert!(missing.is_empty(), "no folder of tests/stages with a run uses: {missing:#?}");
}

#[test]
fn every_rule_refuses_some_folder() {
    let mut rules: BTreeSet<Rule> = BTreeSet::new();
    for scene in Scene::all() {
        rules.extend(check_in(&scene.code, &known(), scene.context(), &limits()).problems.iter().map(|problem| problem.rule));
    }
    use Rule::{Evaluation, Expression, Group, Job, Parent, Secret, Shape, Syntax, Time, Tool};
    assert_eq!(rules, BTreeSet::from([Syntax, Evaluation, Shape, Tool, Parent, Job, Secret, Group, Expression, Time]));
}
