//! What comes of a folder's stage, as its `expected.json` says it.

use std::collections::BTreeSet;

use kraken_workflow::{JobPlan, Known, StageSchema, check_in, check_value, expand, references, stage_in_run};
use serde_json::{Value, json};

use super::{
    filled,
    scene::{Scene, known, limits},
};

/// The problems, or the stage with its jobs.
pub(crate) fn of(scene: &Scene) -> Value {
    let checked = check_in(&scene.code, &known(), scene.context(), &limits());
    let Some(schema) = checked.schema else { return json!({"problems": checked.problems}) };
    let again: StageSchema = serde_json::from_value(serde_json::to_value(&schema).unwrap()).unwrap();
    assert_eq!(again, schema, "what is stored is read back");
    let stored = serde_json::to_value(&schema).unwrap();
    assert_eq!(check_value(&stored, &Known::default()), (Some(schema.clone()), Vec::new()), "what is stored is right");
    if scene.run.is_some() {
        let in_run = stage_in_run(&scene.code, &scene.in_run(), &Known::default(), &limits());
        assert_eq!(in_run.map(|run| run.stage), Ok(schema.clone()), "{}: a run has the stage that the check saw", scene.name());
    }
    let secrets: BTreeSet<String> = schema.jobs.iter().flat_map(|job| &job.steps).flat_map(references).collect();
    let mut outcome = json!({
        "schema": schema, "jobs": expand(&schema).iter().map(shown).collect::<Vec<_>>(), "secrets_of_steps": secrets,
        "starts_with_parent": schema.starts_with_parent(), "manual": schema.is_manual(),
    });
    if !checked.printed.is_empty() {
        outcome["printed"] = json!(checked.printed);
    }
    if scene.run.is_some() {
        outcome["filled"] = filled::of(&schema, &scene.context());
    }
    outcome
}

fn shown(plan: &JobPlan) -> Value {
    json!({
        "name": plan.name, "job": plan.job, "environment": plan.environment, "place": plan.place, "config": plan.config,
        "timeout_s": plan.timeout_s, "needs": plan.needs, "retry_on_agent_loss": plan.retry_on_agent_loss,
        "steps": plan.steps.iter().map(|step| format!("{} ({})", step.name, step.tool)).collect::<Vec<_>>(),
    })
}
