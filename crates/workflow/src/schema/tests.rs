#![allow(clippy::unwrap_used)]

use kraken_domain::place::Executor;
use serde_json::{Value, json};

use super::{
    table::{CONFIG, Field, Kind, STAGE, STEP},
    tools::TOOLS,
    *,
};
use crate::problem::{Problem, Rule};

fn minimal() -> Value {
    json!({
        "parent": "root",
        "jobs": [{
            "name": "j",
            "steps": [{"tool": "shell", "cmd": "true"}],
            "environments": [{"system": "any", "agents_group": "all"}],
        }],
    })
}

/// `minimal` with `value` at `pointer`; the object around it must exist.
fn with(pointer: &str, value: Value) -> Value {
    let mut stage = minimal();
    let (around, key) = pointer.rsplit_once('/').unwrap();
    match stage.pointer_mut(around).unwrap() {
        Value::Array(items) => items[key.parse::<usize>().unwrap()] = value,
        object => object[key] = value,
    }
    stage
}

fn problems(stage: &Value) -> Vec<Problem> {
    StageSchema::from_value(stage).expect_err(&stage.to_string())
}

#[test]
fn defaults_are_filled_in() {
    let stage = StageSchema::from_value(&minimal()).unwrap();
    assert_eq!(stage.timeout, 10_800);
    assert_eq!(stage.parents(), Vec::<String>::new());
    assert!(stage.starts_with_parent() && !stage.is_manual());
    let job = &stage.jobs[0];
    assert_eq!((job.timeout, job.retry_on_agent_loss, job.needs.len()), (300, true, 0));
    let step = &job.steps[0];
    assert_eq!((step.attempts, step.sleep_time_after_attempt, step.cwd.as_str()), (1, 0, "."));
    assert_eq!((step.when.as_str(), step.timeout, step.timeout_s()), ("was_no_error", None, Some(60)));
    assert_eq!(step.display_name(), "shell");
    let environment = &job.environments[0];
    assert_eq!((environment.executor, environment.config.as_str()), (Executor::Local, "default"));
}

#[test]
fn the_time_limit_of_a_step_is_its_own_or_its_tools() {
    let limit = |step: Value| serde_json::from_value::<StepSpec>(step).unwrap().timeout_s();
    assert_eq!(limit(json!({"tool": "git", "checkout": "u"})), Some(300));
    assert_eq!(limit(json!({"tool": "git@2", "checkout": "u", "timeout": 5})), Some(5));
    assert_eq!(limit(json!({"tool": "pylint"})), Some(180));
    assert_eq!(limit(json!({"tool": "artifacts"})), None);
    assert_eq!(limit(json!({"tool": "mine"})), None);
}

#[test]
fn a_stage_starts_with_its_parent_when_it_says_so() {
    let starts = |parent: Value, triggers: Value| {
        let mut stage = minimal();
        stage["parent"] = parent;
        stage["triggers"] = triggers;
        StageSchema::from_value(&stage).unwrap().starts_with_parent()
    };
    assert!(starts(json!("root"), json!({"interval": "1d"})));
    assert!(!starts(json!("root"), json!({"parent": false})));
    assert!(starts(json!("a"), json!({})));
    assert!(starts(json!(["a", "b"]), json!({"parent": true})));
    assert!(!starts(json!("a"), json!({"manual": true})));
}

#[test]
fn one_and_many_are_the_same() {
    let mut stage = minimal();
    stage["parent"] = json!(["a", "b"]);
    stage["jobs"][0]["environments"][0]["system"] = json!(["x", "y"]);
    stage["notification"] = json!({"email": ["a@example.com"], "slack": {"channel": "c", "on": ["failure", "fixed"]}});
    let stage = StageSchema::from_value(&stage).unwrap();
    assert_eq!(stage.parents(), ["a", "b"]);
    assert_eq!(stage.jobs[0].environments[0].system, ["x", "y"]);
    assert_eq!(stage.notification.email.unwrap().to, ["a@example.com"]);
    assert_eq!(stage.notification.slack.unwrap().on, [Event::Failure, Event::Fixed]);
}

#[test]
fn configs_may_have_their_values_beside_their_name() {
    let stage = with("/configs", json!([{"name": "c1", "p1": "1", "p2": 2}, {"name": "c2", "values": {"t": true}}]));
    let stage = StageSchema::from_value(&stage).unwrap();
    assert_eq!(Value::Object(stage.config("c1")), json!({"p1": "1", "p2": 2}));
    assert_eq!(Value::Object(stage.config("c2")), json!({"t": true}));
    assert_eq!(Value::Object(stage.config("c3")), json!({}));
}

#[test]
fn unknown_keys_are_refused_at_every_level_with_the_nearest() {
    let cases = [
        ("/jbos", "did you mean \"jobs\"?"),
        ("/triggers", ""),
        ("/jobs/0/timeut", "did you mean \"timeout\"?"),
        ("/jobs/0/steps/0/cdm", "did you mean \"cmd\"?"),
        ("/jobs/0/steps/0/checkout", "known are: tool, name,"),
        ("/jobs/0/environments/0/sytsem", "did you mean \"system\"?"),
    ];
    for (pointer, part) in cases.into_iter().filter(|(_, part)| !part.is_empty()) {
        let found = problems(&with(pointer, json!(1)));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].path.as_str(), found[0].rule), (pointer, Rule::Shape));
        assert!(found[0].message.contains("unknown key") && found[0].message.contains(part), "{}", found[0].message);
    }
    for (key, value, path) in [
        ("triggers", json!({"crn": "* * * * *"}), "/triggers/crn"),
        ("triggers", json!({"repo": {"repos": [{"url": "u", "branch": "b", "x": 1}]}}), "/triggers/repo/repos/0/x"),
        ("parameters", json!([{"name": "a", "defualt": "1"}]), "/parameters/0/defualt"),
        ("notification", json!({"slck": {}}), "/notification/slck"),
        ("notification", json!({"github": {"credentials": "c", "tokn": "x"}}), "/notification/github/tokn"),
        ("notification", json!({"email": {"to": "a", "form": "b"}}), "/notification/email/form"),
        ("concurrency", json!({"grp": "a"}), "/concurrency/grp"),
    ] {
        let found = problems(&with(&format!("/{key}"), value));
        assert_eq!(found.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(), [path]);
    }
}

#[test]
fn wrong_values_say_what_was_expected_and_what_was_found() {
    let cases = [
        ("/parent", json!(5), "a text or a list of texts, got 5"),
        ("/parent", json!(""), "a text that is not empty"),
        ("/parent", json!([]), "not empty, got an empty list"),
        ("/parent", json!(["a", ""]), "not empty"),
        ("/jobs", json!({}), "a list of objects, got an object"),
        ("/jobs", json!(null), "got None"),
        ("/timeout", json!("10"), "a whole number from 1 on, got the text \"10\""),
        ("/timeout", json!(0), "a whole number from 1 on, got 0"),
        ("/timeout", json!(1e30), "a whole number"),
        ("/timeout", json!(99_999_999_999_u64), "a whole number"),
        ("/jobs/0/timeout", json!(29), "a whole number from 30 on, got 29"),
        ("/jobs/0/retry_on_agent_loss", json!("yes"), "True or False, got the text \"yes\""),
        ("/jobs/0/environments/0/executor", json!("vm"), "one of local, bare, docker, lxd, got the text \"vm\""),
        ("/jobs/0/steps/0/env", json!({"A": 1}), "expected a text, got 1"),
        ("/jobs/0/steps/0/env", json!(["A"]), "an object, got a list"),
        ("/jobs/0/steps/0/attempts", json!(0), "from 1 on"),
        ("/jobs/0/steps/0/background", json!(1), "True or False"),
        ("/jobs/0/steps/0/when", json!(true), "an expression as a text, got True"),
        ("/jobs/0/steps/0", json!("true"), "an object, got the text \"true\""),
        ("/triggers", json!({"manual": "yes"}), "True or False"),
        ("/parameters", json!([{"name": "a", "type": "int"}]), "one of string"),
        ("/parameters", json!([{"name": "a", "default": 10}]), "expected a text, got 10"),
        ("/configs", json!([{"name": "c", "list": [1]}]), "a text, a number, True or False"),
        ("/notification", json!({"slack": {"channel": "c", "on": ["never"]}}), "one of start, end, failure, fixed, regression"),
    ];
    for (pointer, value, part) in cases {
        let found = problems(&with(pointer, value));
        assert!(found[0].path.starts_with(pointer), "{found:?}");
        assert!(found[0].message.contains(part), "{}", found[0].message);
    }
}

#[test]
fn times_and_expressions_are_read() {
    let cases = [
        ("/triggers", json!({"interval": "soon"}), "/triggers/interval", Rule::Time, "not a duration"),
        ("/triggers", json!({"interval": "0s"}), "/triggers/interval", Rule::Time, "too short"),
        ("/triggers", json!({"date": "tomorrow"}), "/triggers/date", Rule::Time, "not a date"),
        ("/triggers", json!({"cron": "* * *"}), "/triggers/cron", Rule::Time, "3 parts"),
        ("/triggers", json!({"cron": "* * * * *", "timezone": "+1"}), "/triggers/timezone", Rule::Time, "time zone"),
        ("/triggers", json!({"repo": {"repos": [], "interval": "x"}}), "/triggers/repo/interval", Rule::Time, "duration"),
        ("/flow_label", json!("v#{flow."), "/flow_label", Rule::Expression, "no closing"),
        ("/jobs/0/name", json!("j #{1 +}"), "/jobs/0/name", Rule::Expression, "cannot be read"),
        ("/jobs/0/steps/0/cmd", json!("echo #{}"), "/jobs/0/steps/0/cmd", Rule::Expression, "empty"),
        ("/jobs/0/steps/0/when", json!("is_ci and"), "/jobs/0/steps/0/when", Rule::Expression, "cannot be read"),
        ("/jobs/0/steps/0/env", json!({"A": "#{"}), "/jobs/0/steps/0/env/A", Rule::Expression, "no closing"),
    ];
    for (pointer, value, path, rule, part) in cases {
        let found = problems(&with(pointer, value));
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].path.as_str(), found[0].rule), (path, rule));
        assert!(found[0].message.contains(part), "{}", found[0].message);
    }
    let repo = json!({"url": "u", "branch": "b", "interval": 90, "repos": [{"url": "v", "branch": "c"}]});
    let stage = StageSchema::from_value(&with("/triggers", json!({"repo": repo}))).unwrap();
    let repo = stage.triggers.repo.unwrap();
    assert_eq!((repo.interval, repo.branches().len()), (Some(90), 2));
}

#[test]
fn all_problems_are_found_at_once() {
    let stage = json!({
        "parnt": "root",
        "jobs": [{"name": 1, "steps": [{"cmd": "x"}, {"tool": "shell"}, {"tool": "git"}], "environments": [{}]}, 7],
    });
    let found: Vec<(String, String)> = problems(&stage).into_iter().map(|problem| (problem.path, problem.message)).collect();
    let expected = [
        ("", "\"parent\" is missing"),
        ("/parnt", "did you mean \"parent\"?"),
        ("/jobs/0/name", "expected a text, got 1"),
        ("/jobs/0/steps/0", "\"tool\" is missing"),
        ("/jobs/0/steps/1", "needs \"cmd\" or \"script\""),
        ("/jobs/0/steps/2", "\"checkout\" is missing"),
        ("/jobs/0/environments/0", "\"system\" is missing"),
        ("/jobs/0/environments/0", "\"agents_group\" is missing"),
        ("/jobs/1", "expected an object, got 7"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (path, part) in expected {
        assert!(found.iter().any(|(at, message)| at == path && message.contains(part)), "{path} {part}: {found:#?}");
    }
}

#[test]
fn a_step_keeps_what_its_tool_understands() {
    let steps = json!([
        {"tool": "git", "checkout": "https://example.com/x.git", "ssh-key": "k", "git_cfg": {"a.b": "c"}, "depth": "#{args.D}"},
        {"tool": "local_tool", "tool_location": "/opt/x", "tool_entry": "run", "anything": [1, {"a": "#{flow.id}"}]},
        {"tool": "mine@3", "whatever": true},
        {"tool": "rndtest", "count": "20"},
        {"tool": "data", "value": {"a": [1]}, "name": null},
    ]);
    let stage = StageSchema::from_value(&with("/jobs/0/steps", steps.clone())).unwrap();
    for (written, read) in steps.as_array().unwrap().iter().zip(&stage.jobs[0].steps) {
        for (key, value) in &read.fields {
            assert_eq!(&written[key], value);
        }
    }
    assert_eq!(stage.jobs[0].steps[1].fields.len(), 3);
    assert_eq!(stage.jobs[0].steps[2].display_name(), "mine");
}

/// A value of this kind, with every key that there is.
fn sample(kind: Kind) -> Value {
    match kind {
        Kind::Bool | Kind::BoolText => json!(true),
        Kind::Whole(least) | Kind::WholeText(least) => json!(least + 1),
        Kind::Duration => json!("10m"),
        Kind::DurationOrSeconds => json!(600),
        Kind::Date => json!("2012-01-19 17:21:00"),
        Kind::Cron => json!("0 0 * * *"),
        Kind::TimeZone => json!("UTC"),
        Kind::Expression => json!("always"),
        Kind::OneOf(choices) => json!(choices[0]),
        Kind::SomeOf(choices) => json!(choices),
        Kind::Names | Kind::OneOrMany => json!(["a"]),
        Kind::Texts => json!({"a": "b"}),
        Kind::Scalars => json!({"a": 1}),
        Kind::Object(fields) | Kind::BoolOr(fields) | Kind::Recipients(fields) => full(&[fields]),
        Kind::Objects(fields) => json!([full(&[fields])]),
        Kind::Configs => json!([full(&[CONFIG])]),
        Kind::Steps => TOOLS.iter().map(|tool| with_tool(full(&[STEP, tool.fields]), tool.name)).collect(),
        Kind::Text | Kind::Name | Kind::Any => json!("text"),
    }
}

fn with_tool(mut step: Value, tool: &str) -> Value {
    step["tool"] = json!(tool);
    step
}

fn full(tables: &[&[Field]]) -> Value {
    let fields = tables.iter().flat_map(|table| table.iter());
    Value::Object(fields.map(|field| (field.key.to_owned(), sample(field.kind))).collect())
}

#[test]
fn the_tables_and_the_types_have_the_same_keys() {
    let stage = full(&[STAGE]);
    let read = StageSchema::from_value(&stage).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), stage);
    let again: StageSchema = serde_json::from_value(stage).unwrap();
    assert_eq!(again, read);
}

#[test]
fn the_published_schema_has_every_key() {
    let schema = workflow_schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["required"], json!(["parent", "jobs"]));
    assert_eq!(schema["additionalProperties"], json!(false));
    for field in STAGE {
        assert_eq!(schema["properties"][field.key]["description"], field.doc);
    }
    let steps = &schema["properties"]["jobs"]["items"]["properties"]["steps"]["items"]["oneOf"];
    let titles: Vec<&str> = steps.as_array().unwrap().iter().map(|step| step["title"].as_str().unwrap()).collect();
    assert_eq!(titles.len(), TOOLS.len() + 1);
    let shell = &steps[0];
    assert_eq!(shell["title"], "shell");
    assert_eq!(shell["properties"]["timeout"]["default"], 60);
    assert_eq!(shell["allOf"][0]["anyOf"], json!([{"required": ["cmd"]}, {"required": ["script"]}]));
    assert_eq!(steps[1]["required"], json!(["tool", "checkout"]));
}

#[test]
fn built_in_tools_are_known_with_and_without_version() {
    assert!(is_builtin_tool("shell") && is_builtin_tool("git@1.2"));
    assert!(!is_builtin_tool("shel"));
    assert_eq!(split_tool("a@1@2"), ("a", Some("1@2")));
}
