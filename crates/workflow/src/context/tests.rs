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
fn a_placeholder_has_every_declared_field_and_no_other() {
    let ctx = Context::placeholder("shop", "main", "build");
    let parts: serde_json::Map<String, Value> = ctx.parts().into_iter().map(|(name, part)| (name.to_owned(), part.clone())).collect();
    let tree = Value::Object(parts);
    for field in CONTEXT_FIELDS.iter().filter(|field| field.path != "secrets") {
        assert!(tree.pointer(&format!("/{}", field.path.replace('.', "/"))).is_some(), "{}", field.path);
    }
    for (part, fields) in tree.as_object().unwrap() {
        for field in fields.as_object().into_iter().flatten().map(|(field, _)| format!("{part}.{field}")) {
            assert!(CONTEXT_FIELDS.iter().any(|known| known.path.starts_with(&field)), "{field} is not described");
        }
    }
}

#[test]
fn the_described_flags_are_the_flags() {
    let named: std::collections::BTreeSet<&str> = Flags::default().named().into_iter().map(|(name, _)| name).collect();
    assert_eq!(named, FLAGS.iter().map(|flag| flag.path).collect());
}

#[test]
fn a_text_made_with_an_unknown_is_unknown() {
    assert!(is_unknown(&unknown()));
    assert!(is_unknown(&Value::String(format!("v-{UNKNOWN}"))));
    assert!(!is_unknown(&json!("unknown")));
}
