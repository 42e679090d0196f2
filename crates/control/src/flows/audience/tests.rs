//! Who is told of what cannot run.
#![allow(clippy::unwrap_used)]

use super::*;

fn context() -> Context {
    let mut ctx = Context::placeholder("shop", "main", "build");
    ctx.args = json!({});
    ctx
}

fn channels(audience: Option<Audience>) -> Vec<String> {
    audience.map(|told| told.stage["notification"].as_object().unwrap().keys().cloned().collect()).unwrap_or_default()
}

const BREAKS_IN_RUNS: &str = r##"
def stage(ctx):
    if ctx.flow.branch_name == "broken":
        fail("no")
    told = {"slack": {"channel": "ci"}, "email": {"to": "#{flow.trigger.by.email}"}, "discord": {"webhook": "https://d.example/" + ctx.flow.id}}
    return {"parent": "root", "jobs": [], "notification": told}
"##;

#[test]
fn those_whom_the_stage_named_when_it_was_saved_are_told() {
    let mut ctx = context();
    ctx.flow["branch_name"] = json!("broken");
    assert!(kraken_workflow::evaluate(BREAKS_IN_RUNS, &ctx, &Limits::default()).is_err());
    // The address of the third depends on a flow, and nobody knows which.
    assert_eq!(channels(audience(BREAKS_IN_RUNS, None, &ctx)), ["email", "slack"]);
}

#[test]
fn what_the_code_returned_in_the_run_comes_first_and_one_wrong_channel_hides_no_other() {
    let returned = json!({
        "parent": "root", "jobs": "none", "notification": {"slack": {"chanel": "ci"}, "webhook": {"url": "https://a.example/x", "on": ["failure"]}},
    });
    assert_eq!(channels(audience("", Some(&returned), &context())), ["webhook"]);
}

#[test]
fn nobody_is_told_where_nobody_was_named_or_nothing_can_be_known() {
    assert_eq!(audience("def stage(ctx):\n    return {\"parent\": \"root\", \"jobs\": []}\n", None, &context()), None);
    assert_eq!(audience("def stage(ctx):\n    fail(\"always\")\n", None, &context()), None);
    assert_eq!(audience("no code", None, &context()), None);
}

#[test]
fn what_a_run_was_started_with_is_known_all_the_same() {
    let code = r#"
def stage(ctx):
    if ctx.flow.branch_name == "broken":
        fail("no")
    parameters = [{"name": "room", "type": "string", "default": "ci"}, {"name": "who", "type": "string", "default": "all"}]
    told = {"slack": {"channel": ctx.args.room + "-" + ctx.args.who}}
    return {"parent": "root", "jobs": [], "parameters": parameters, "notification": told}
"#;
    let ctx = Context { args: json!({"room": "night"}), ..context() };
    assert_eq!(audience(code, None, &ctx).unwrap().stage["notification"]["slack"]["channel"], "night-all");
}

#[test]
fn arguments_that_the_code_does_not_bear_are_known_to_the_channels_alone() {
    let code = r##"
def stage(ctx):
    if ctx.args.room == "none":
        fail("there must be a room")
    parameters = [{"name": "room", "type": "string", "default": "ci"}]
    return {"parent": "root", "jobs": [], "parameters": parameters, "notification": {"slack": {"channel": "#{args.room}"}}}
"##;
    let told = audience(code, None, &Context { args: json!({"room": "none"}), ..context() }).unwrap();
    assert_eq!((&told.stage["notification"]["slack"]["channel"], &told.args["room"]), (&json!("#{args.room}"), &json!("none")));
}
