//! Every folder of `stages/` is a stage as people write it, and what must come of it.
//!
//! `stage.star` is the code, `context.json` (if there is one) what a run knows, `expected.json` the outcome: the problems, or
//! the stage and its jobs. After a wanted change, `KRAKEN_UPDATE_EXPECTED=1` writes the outcomes anew; read the difference.

#![allow(clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use kraken_domain::flow::FlowKind;
use kraken_workflow::{Context, JobPlan, Known, Limits, SecretKind, StageSchema, check_in, expand, references};
use serde_json::{Value, json};

fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stages");
    let mut folders: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders
}

fn known() -> Known {
    let stages = ["build", "lint", "unit tests", "api tests", "this stage"];
    let secrets = [
        ("token", SecretKind::Simple),
        ("gh_status_creds", SecretKind::Simple),
        ("discord", SecretKind::Simple),
        ("hook", SecretKind::Simple),
        ("deploy", SecretKind::SshKey),
        ("registry", SecretKind::UserPassword),
    ];
    Known {
        this_stage: Some("this stage".to_owned()),
        stages: Some(stages.into_iter().map(|name| (name.to_owned(), vec!["root".to_owned()])).collect()),
        groups: Some(["linux", "windows", "docker", "lxd", "deployers"].map(str::to_owned).into()),
        secrets: Some(secrets.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect::<BTreeMap<_, _>>()),
        tools: Some(BTreeSet::from(["mine".to_owned()])),
    }
}

fn context(folder: &Path) -> Context {
    let mut ctx = Context::placeholder("shop", "main", "this stage");
    let Ok(text) = fs::read_to_string(folder.join("context.json")) else { return ctx };
    let facts: Value = serde_json::from_str(&text).unwrap();
    for (key, value) in facts["flow"].as_object().unwrap() {
        ctx.flow[key] = value.clone();
    }
    if ctx.flow["kind"] == "dev" {
        ctx.flags.kind = FlowKind::Dev;
    }
    ctx
}

fn shown(plan: &JobPlan) -> Value {
    json!({
        "name": plan.name, "job": plan.job, "environment": plan.environment, "place": plan.place, "config": plan.config,
        "timeout_s": plan.timeout_s, "needs": plan.needs, "retry_on_agent_loss": plan.retry_on_agent_loss,
        "steps": plan.steps.iter().map(|step| format!("{} ({})", step.name, step.tool)).collect::<Vec<_>>(),
    })
}

fn outcome(folder: &Path) -> Value {
    let code = fs::read_to_string(folder.join("stage.star")).unwrap();
    // A slow machine must not turn one limit into another.
    let limits = Limits { cpu: std::time::Duration::from_secs(60), steps: 200_000, ..Limits::default() };
    let checked = check_in(&code, &known(), context(folder), &limits);
    let Some(schema) = checked.schema else { return json!({"problems": checked.problems}) };
    let again: StageSchema = serde_json::from_value(serde_json::to_value(&schema).unwrap()).unwrap();
    assert_eq!(again, schema, "what is stored is read back");
    let secrets: BTreeSet<String> = schema.jobs.iter().flat_map(|job| &job.steps).flat_map(references).collect();
    json!({
        "schema": schema, "jobs": expand(&schema).iter().map(shown).collect::<Vec<_>>(), "secrets_of_steps": secrets,
        "starts_with_parent": schema.starts_with_parent(), "manual": schema.is_manual(),
    })
}

#[test]
fn every_stage_comes_out_as_expected() {
    let folders = folders();
    assert!(folders.len() >= 12);
    for folder in folders {
        let outcome = outcome(&folder);
        let path = folder.join("expected.json");
        if std::env::var_os("KRAKEN_UPDATE_EXPECTED").is_some() {
            fs::write(&path, format!("{outcome:#}\n")).unwrap();
        }
        let expected: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap_or_default()).unwrap_or_default();
        assert_eq!(outcome, expected, "{}: {outcome:#}", folder.display());
    }
}
