#![allow(clippy::unwrap_used)]

use super::*;
use crate::Secret;

#[test]
fn a_context_travels_without_its_secrets() {
    let mut ctx = Context::placeholder("shop", "main", "build");
    ctx.secrets = Some(Secrets::from([("token".into(), Secret::Simple("s3cr3t".into()))]));
    let sent = serde_json::to_string(&ctx).unwrap();
    assert!(!sent.contains("s3cr3t") && !sent.contains("token"), "{sent}");
    assert_eq!(serde_json::from_str::<Context>(&sent).unwrap(), Context { secrets: None, ..ctx });
}

#[test]
fn flags_follow_the_earlier_steps() {
    use StepStatus::{Done, Error, Skipped};
    let cases = [
        (vec![], true, false),
        (vec![Done], true, false),
        (vec![Error], false, true),
        (vec![Error, Done], true, true),
        (vec![Error, Skipped], true, true),
        (vec![Skipped], true, false),
    ];
    for (earlier, prev_ok, was_any_error) in cases {
        assert_eq!(Flags::after(FlowKind::Dev, &earlier), Flags { kind: FlowKind::Dev, prev_ok, was_any_error }, "{earlier:?}");
    }
}

#[test]
fn a_placeholder_has_every_declared_field() {
    let ctx = Context::placeholder("shop", "main", "build");
    for (part, fields) in [
        (&ctx.project, "id created name description data"),
        (&ctx.branch, "id created name branch_name retention_policy env_vars data data_ci data_dev project_id project_name"),
        (&ctx.stage, "id created name description"),
        (&ctx.flow, "id label created kind branch_name args trigger seq data"),
        (&ctx.run, "id label created seq args reason"),
    ] {
        for field in fields.split(' ') {
            assert!(part.get(field).is_some(), "{field} in {part}");
        }
    }
}

#[test]
fn a_text_made_with_an_unknown_is_unknown() {
    assert!(is_unknown(&unknown()));
    assert!(is_unknown(&Value::String(format!("v-{UNKNOWN}"))));
    assert!(!is_unknown(&json!("unknown")));
}
