#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::{SecretKind, unopened};

fn context(args: Value) -> Context {
    Context { args, env: json!({}), secrets: Some(unopened(&BTreeMap::new())), ..Context::placeholder("shop", "main", "build") }
}

fn in_run(code: &str, ctx: &Context) -> Result<RunStage, Refused> {
    stage_in_run(code, ctx, &Known::default(), &Limits::default())
}

/// A stage whose one step says this.
fn one_step(step: &str) -> String {
    format!(
        "def stage(ctx):\n    return {{\"parent\": \"root\", \"jobs\": [{{\"name\": \"j\", \"steps\": [{step}], \"environments\": [{{\"system\": \"any\", \"agents_group\": \"all\"}}]}}]}}\n"
    )
}

#[test]
fn what_a_run_cannot_know_is_refused_with_its_place() {
    let mut ctx = context(json!({}));
    ctx.secrets = None;
    for (step, path) in [
        (r#"{"tool": "shell", "cmd": "login %s" % ctx.secrets.registry.user}"#, "/jobs/0/steps/0/cmd"),
        (r#"{"tool": "shell", "cmd": ctx.secrets.token}"#, "/jobs/0/steps/0/cmd"),
        (r#"{"tool": "shell", "cmd": "x", "timeout": ctx.secrets.n}"#, "/jobs/0/steps/0/timeout"),
        (r#"{"tool": "shell", "cmd": "x", "env": {ctx.secrets.name: "y"}}"#, "/jobs/0/steps/0/env/unknown"),
        (r#"{"tool": "mine", "any": [{"deep": ctx.secrets.token}]}"#, "/jobs/0/steps/0/any/0/deep"),
    ] {
        let refused = in_run(&one_step(step), &ctx).unwrap_err();
        assert_eq!(refused.problems.iter().map(|problem| problem.path.as_str()).collect::<Vec<_>>(), [path], "{step}");
        assert!(refused.note().contains("`#{…}` in a text") && !refused.note().contains('\u{1}'), "{}", refused.note());
        assert!(refused.returned.is_some());
    }
}

#[test]
fn secrets_are_the_texts_that_name_them() {
    let mut ctx = context(json!({}));
    ctx.secrets = Some(unopened(&BTreeMap::from([("registry".to_owned(), SecretKind::UserPassword)])));
    let code = one_step(r#"{"tool": "shell", "cmd": "login -u %s" % ctx.secrets.registry.user}"#);
    assert_eq!(in_run(&code, &ctx).unwrap().stage.jobs[0].steps[0].fields["cmd"], "login -u #{secrets.registry.user}");
}

#[test]
fn defaults_stand_for_what_nobody_gave_even_where_the_code_needs_them() {
    let code = "WHERE = {\"near\": \"linux\", \"far\": \"mac\"}\n\ndef stage(ctx):\n    where = WHERE[ctx.args.WHERE]\n    return {\"parent\": \"root\", \
                \"parameters\": [{\"name\": \"WHERE\", \"default\": \"near\"}], \"flow_label\": where, \"jobs\": []}\n";
    let plain = in_run(code, &context(json!({}))).unwrap();
    assert_eq!(
        (plain.stage.flow_label.as_deref(), &plain.ctx.args, &plain.ctx.run["args"]),
        (Some("linux"), &json!({"WHERE": "near"}), &json!({"WHERE": "near"}))
    );
    let given = in_run(code, &context(json!({"WHERE": "far", "MORE": 1}))).unwrap();
    assert_eq!((given.stage.flow_label.as_deref(), given.ctx.args), (Some("mac"), json!({"WHERE": "far", "MORE": 1})));
    let refused = in_run(code, &context(json!({"WHERE": "nowhere"}))).unwrap_err();
    assert!(refused.problems[0].line == Some(4) && refused.returned.is_none(), "{refused:?}");
}

#[test]
fn what_is_stored_says_everything_and_is_the_same_stage_again() {
    let code = r#"
def stage(ctx):
    return {
        "parent": "root",
        "configs": [{"name": "c1", "p1": "1"}],
        "jobs": [{
            "name": "j",
            "steps": [{"tool": "shell", "cmd": "true", "when": None, "attempts": None, "sleep_time_after_attempt": None, "cwd": None, "env": None}],
            "environments": [{"system": "any", "agents_group": "all", "executor": None, "config": "c1"}],
        }],
        "notification": None,
    }
"#;
    let run = in_run(code, &context(json!({}))).unwrap();
    let stored = run.to_json().unwrap();
    assert_eq!(stored["configs"], json!([{"name": "c1", "values": {"p1": "1"}}]));
    let step = json!({"tool": "shell", "cmd": "true", "when": "was_no_error", "attempts": 1, "sleep_time_after_attempt": 0, "cwd": "."});
    assert_eq!(stored["jobs"][0]["steps"], json!([step]));
    assert_eq!(stage_again(&stored, run.ctx.clone()), Ok(run));
}
