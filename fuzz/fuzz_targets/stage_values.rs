//! Whatever JSON `stage(ctx)` returns: it is refused with reasons, or it is a stage that is stored, read back, expanded and filled in.

#![no_main]

use std::collections::{BTreeMap, BTreeSet};

use kraken_workflow::{Context, Known, StageSchema, check_value, expand, interpolate_step, references, secret_uses};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(stage) = serde_json::from_slice::<Value>(bytes) else { return };
    let known = Known {
        this_stage: Some("build".to_owned()),
        stages: Some(BTreeMap::from([("test".to_owned(), vec!["build".to_owned()])])),
        groups: Some(BTreeSet::from(["linux".to_owned()])),
        secrets: Some(BTreeMap::new()),
        tools: Some(BTreeSet::from(["mine".to_owned()])),
    };
    secret_uses(&stage);
    for known in [known, Known::default()] {
        let (schema, problems) = check_value(&stage, &known);
        assert_eq!(schema.is_some(), problems.is_empty());
        let Some(schema) = schema else { continue };
        let stored = serde_json::to_value(&schema).expect("a stage has a JSON form");
        let again: StageSchema = serde_json::from_value(stored.clone()).expect("what is stored is read back");
        assert_eq!(again, schema);
        assert_eq!(StageSchema::from_value(&stored).as_ref(), Ok(&schema), "what is stored is right");
        let jobs: usize = schema.jobs.iter().flat_map(|job| &job.environments).map(|environment| environment.system.len()).sum();
        assert_eq!(expand(&schema).len(), jobs);
        let ctx = Context::placeholder("shop", "main", "build");
        for step in schema.jobs.iter().flat_map(|job| &job.steps) {
            references(step);
            drop(interpolate_step(step, &ctx));
        }
    }
});
