#![allow(clippy::unwrap_used)]

use kraken_domain::flow::FlowKind;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{Flags, MASK, Secret, unknown};

fn context() -> Context {
    let mut ctx = Context::placeholder("shop", "main", "build");
    ctx.flow = json!({
        "id": "f1", "label": "12.", "kind": "dev", "branch_name": "feature/x", "seq": {"shared": 12, "own": 3},
        "data": {"tests": ["a", "b"], "n": 2, "flag": true, "f": 1.5, "none": null, "deep": {"er": "x"}},
    });
    ctx.run = json!({"seq": {"shared": 7, "own": 5}});
    ctx.args = json!({"COUNT": "10", "MY ARG": "spaced", "flow": "hidden"});
    ctx.env = json!({"MY_VAR": "v"});
    ctx.config = json!({"size": 3});
    ctx.job = json!({"steps": [{"index": 0, "status": 2, "result": {"duration": 5, "retcode": 0}}]});
    ctx.step = json!({"index": 1});
    ctx.secrets = Some(Secrets::from([
        ("token".into(), Secret::Simple("s3cr3t-value".into())),
        ("deploy-key".into(), Secret::SshKey { user: "git".into(), key: "KEY-MATERIAL".into() }),
        ("registry".into(), Secret::UserPassword { user: "bot".into(), password: "pa55word".into() }),
    ]));
    ctx.flags = Flags { kind: FlowKind::Dev, prev_ok: true, was_any_error: false };
    ctx
}

#[test]
fn expressions_are_filled_in() {
    let cases = [
        ("plain, $x ${#a[@]} {{ y }} %d", "plain, $x ${#a[@]} {{ y }} %d"),
        ("v#{flow.seq.shared}-#{ flow.seq.own }!", "v12-3!"),
        ("#{project.name}/#{branch.name}/#{stage.name}", "shop/main/build"),
        ("#{flow.data.tests[1]} #{flow.data['n'] + 1} #{flow.data.tests | join('+')}", "b 3 a+b"),
        ("#{'CI' if is_ci else 'DEV'}", "DEV"),
        ("#{'a}b' ~ \"{\" ~ {'k': 'v'}.k}", "a}b{v"),
        ("#{flow.data.tests} #{flow.data.deep}", "[\"a\",\"b\"] {\"er\":\"x\"}"),
        ("#{flow.data.flag} #{flow.data.f} #{flow.data.none}", "True 1.5 None"),
        ("#{flow.data.gone | default('d')} #{flow.data.gone is defined}", "d False"),
        ("#{env.MY_VAR} #{config.size} #{args.COUNT}", "v 3 10"),
        ("#{job.steps[step.index - 1].result.duration > 3}", "True"),
        ("#{'#{'}flow.id}", "#{flow.id}"),
        ("#{'#{flow.id}'}", "#{flow.id}"),
        ("ü#{flow.id}ü", "üf1ü"),
    ];
    for (text, expected) in cases {
        assert_eq!(interpolate(text, &context()).unwrap(), expected, "{text}");
    }
}

#[test]
fn older_spellings_are_understood() {
    let cases = [
        ("#{KK_FLOW_SEQ} #{KK_CI_DEV_FLOW_SEQ} #{KK_RUN_SEQ} #{KK_CI_DEV_RUN_SEQ}", "12 3 7 5"),
        ("#{KK_FLOW_TYPE} #{KK_BRANCH} #{branch}", "DEV feature/x feature/x"),
        ("#{COUNT} #{COUNT | int + 1} #{MY ARG}", "10 11 spaced"),
        ("#{KK_SECRET_SIMPLE_token}", "s3cr3t-value"),
        ("#{flow.id}", "f1"),
    ];
    for (text, expected) in cases {
        assert_eq!(interpolate(text, &context()).unwrap(), expected, "{text}");
    }
    let mut ctx = context();
    ctx.secrets = Some(Secrets::from([("k".into(), Secret::SshKey { user: "git".into(), key: "KEY".into() })]));
    assert_eq!(interpolate("#{KK_SECRET_USER_k}:#{KK_SECRET_KEY_k}", &ctx).unwrap(), "git:KEY");
}

#[test]
fn a_failing_expression_is_named_with_its_reason() {
    let cases = [
        ("a #{nope} b", "#{nope}", "there is no \"nope\""),
        ("#{flow.data.gone}", "#{flow.data.gone}", "\"flow.data\" has no \"gone\""),
        ("#{flow.gone.deeper}", "#{flow.gone.deeper}", "\"flow\" has no \"gone\""),
        ("#{flow.data.tests[9]}", "#{flow.data.tests[9]}", "undefined"),
        ("#{flow.seq.shared +}", "#{flow.seq.shared +}", "cannot be read"),
        ("#{}", "#{}", "empty"),
        ("#{  }", "#{}", "empty"),
        ("x #{flow.id", "#{flow.id", "no closing"),
        ("#{flow.id | nofilter}", "#{flow.id | nofilter}", "nofilter"),
        ("#{'a' + 1}", "#{'a' + 1}", "+"),
        ("#{secrets.gone}", "#{secrets.gone}", "there is no secret \"gone\": it was deleted, or has no value yet"),
        ("#{branch.data.x}", "#{branch.data.x}", "\"branch\" has no \"data\""),
        ("#{range(100000000) | list}", "#{range(100000000) | list}", ""),
        ("#{'a' * 100000000}", "#{'a' * 100000000}", ""),
        ("#{debug()}", "#{debug()}", "debug"),
    ];
    for (text, expression, part) in cases {
        let error = interpolate(text, &context()).expect_err(text);
        assert_eq!(error.expression, expression, "{text}");
        assert!(error.reason.contains(part), "{text}: {error}");
        assert!(error.to_string().contains(expression), "{error}");
    }
    let long = format!("#{{{}1}}", "(".repeat(5_000));
    assert!(interpolate(&long, &context()).is_err());
    let deep = format!("#{{{}1{}}}", "[".repeat(2_000), "]".repeat(2_000));
    assert!(interpolate(&deep, &context()).is_err());
}

#[test]
fn what_is_unknown_cannot_be_filled_in() {
    let mut ctx = context();
    ctx.job = unknown();
    ctx.flow["data"] = unknown();
    assert!(interpolate("#{job.id}", &ctx).unwrap_err().reason.contains("not known"));
    assert!(interpolate("#{flow.data.x}", &ctx).unwrap_err().reason.contains("no \"data\""));
}

fn step(value: serde_json::Value) -> StepSpec {
    serde_json::from_value(value).unwrap()
}

#[test]
fn a_step_is_filled_in_at_any_depth_and_twice() {
    let written = step(json!({
        "tool": "shell", "name": "push #{flow.seq.own}", "when": "is_dev and '#{x}' != ''", "cwd": "#{project.name}",
        "env": {"TOKEN": "#{secrets.token}", "N": "#{flow.data.n}"},
        "cmd": "login -u #{secrets.registry.user} -p #{secrets.registry.password} s3cr3t-value #{KK_SECRET_SIMPLE_token}",
        "list": [{"k": ["#{secrets['deploy-key'].key}", 1, true, null]}], "depth": 3,
    }));
    let filled = interpolate_step(&written, &context()).unwrap();
    let clear = serde_json::to_value(&filled.clear).unwrap();
    assert_eq!(clear["cmd"], "login -u bot -p pa55word s3cr3t-value s3cr3t-value");
    assert_eq!(clear["env"], json!({"TOKEN": "s3cr3t-value", "N": "2"}));
    assert_eq!((clear["name"].as_str(), clear["cwd"].as_str()), (Some("push 3"), Some("shop")));
    assert_eq!(clear["list"], json!([{"k": ["KEY-MATERIAL", 1, true, null]}]));
    assert_eq!(clear["when"], "is_dev and '#{x}' != ''");

    let masked = serde_json::to_string(&filled.masked).unwrap();
    for value in ["s3cr3t-value", "pa55word", "KEY-MATERIAL"] {
        assert!(!masked.contains(value), "{masked}");
        assert!(!format!("{filled:?}").contains(value), "{filled:?}");
    }
    assert!(masked.contains(&format!("login -u {MASK} -p {MASK} {MASK} {MASK}")), "{masked}");
    assert!(masked.contains("push 3") && masked.contains("\"depth\":3"), "{masked}");
}

#[test]
fn a_failing_field_of_a_step_is_named() {
    for (written, field) in [
        (json!({"tool": "shell", "cmd": "#{nope}"}), "/cmd"),
        (json!({"tool": "shell", "env": {"A/B": "#{nope}"}}), "/env/A~1B"),
        (json!({"tool": "x", "list": [{"k": "#{nope}"}]}), "/list/0/k"),
        (json!({"tool": "x", "cwd": "#{nope}"}), "/cwd"),
    ] {
        let error = interpolate_step(&step(written), &context()).unwrap_err();
        assert_eq!(error.field.as_deref(), Some(field));
    }
}

#[test]
fn an_error_never_shows_a_secret() {
    for text in ["#{secrets.token | int}", "#{secrets.token + 1}", "#{secrets.token.x}", "#{secrets[secrets.token]}", "#{secrets.token()}"]
    {
        let error = interpolate(text, &context()).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{error}");
    }
    let error = when("secrets.token", &context()).unwrap_err();
    assert!(!error.to_string().contains("s3cr3t"), "{error}");
}

#[test]
fn when_is_true_or_false() {
    let cases = [
        ("always", true),
        ("never", false),
        ("is_dev and not is_ci", true),
        ("prev_ok and was_no_error", true),
        ("was_any_error", false),
        ("#{was_no_error}", true),
        (" job.steps[step.index - 1].result.duration > 3 ", true),
        ("flow.data.n == 2 and 'a' in flow.data.tests", true),
        ("args.COUNT == '11'", false),
        ("flow.data.gone is defined", false),
    ];
    for (expression, expected) in cases {
        assert_eq!(when(expression, &context()), Ok(expected), "{expression}");
    }
}

#[test]
fn a_when_that_gives_something_else_says_so() {
    for (expression, part) in [
        ("1", "the number 1, expected true or false"),
        ("'yes'", "the text \"yes\", expected true or false"),
        ("flow.data.tests", "a list, expected true or false"),
        ("none", "none, expected true or false"),
        ("nope", "there is no \"nope\""),
        ("is_ci and", "cannot be read"),
        ("", "cannot be read"),
    ] {
        let error = when(expression, &context()).expect_err(expression);
        assert!(error.to_string().starts_with("/when: "), "{error}");
        assert!(error.reason.contains(part), "{expression}: {error}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(text in "(\\PC|#\\{|\\}|flow|secrets|[.'\"|()\\[\\]]){0,30}") {
        let interpolator = Interpolator::new(&context());
        let _ = interpolator.text(&text);
        let _ = interpolator.masked_text(&text);
        let _ = interpolator.when(&text);
        let _ = check_text(&text);
    }

    #[test]
    fn a_text_without_an_opening_is_unchanged(text in "\\PC{0,60}") {
        prop_assume!(!text.contains("#{"));
        prop_assert_eq!(interpolate(&text, &context()), Ok(text));
    }

    #[test]
    fn values_are_not_read_again(value in "\\PC{0,20}") {
        let mut ctx = context();
        ctx.args = json!({"A": format!("#{{{value}}}")});
        prop_assert_eq!(interpolate("#{args.A}", &ctx), Ok(format!("#{{{value}}}")));
    }

    #[test]
    fn a_masked_text_never_holds_a_secret(before in "[a-z #{}.]{0,10}", after in "[a-z #{}.]{0,10}") {
        let text = format!("{before}#{{secrets.token}}{after}");
        if let Ok(masked) = Interpolator::new(&context()).masked_text(&text) {
            prop_assert!(!masked.contains("s3cr3t-value"));
        }
    }
}
