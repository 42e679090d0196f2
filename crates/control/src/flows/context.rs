//! What a stage's code (`ctx`) and its texts (`#{…}`) see of a run.

use kraken_domain::{
    change::Change,
    flow::Flow,
    job::Job,
    record::{Branch, Project, Stage},
    run::{Run, RunReason},
};
use kraken_workflow::{Context, Flags};
use serde_json::{Value, json};

use super::seen_data::SeenData;
use crate::{Control, ControlError, setup::shown_to_stages};

/// The records that a run's context is made of.
pub(crate) struct RunContext {
    pub(crate) project: Project,
    pub(crate) branch: Branch,
    pub(crate) stage: Option<Stage>,
    pub(crate) flow: Flow,
    /// The first of the changes that the flow was started with.
    pub(crate) change: Option<Change>,
    pub(crate) run: Run,
    pub(crate) data: SeenData,
}

impl RunContext {
    /// For the evaluation of the stage's code and of its labels.
    pub(crate) fn for_stage(&self) -> Context {
        let RunContext { project, branch, stage, flow, change, run, data } = self;
        Context {
            project: json!({
                "id": project.id, "created": project.created_at, "name": project.name, "description": project.description,
                "data": data.project,
            }),
            branch: json!({
                "id": branch.id, "created": branch.created_at, "name": branch.name, "branch_name": branch.branch_name,
                "retention_policy": shown_to_stages(&branch.retention.in_force()), "env_vars": branch.env_vars,
                "data": data.branch, "data_ci": data.branch_ci, "data_dev": data.branch_dev,
                "project_id": project.id, "project_name": project.name,
            }),
            stage: match stage {
                Some(stage) => json!({"id": stage.id, "created": stage.created_at, "name": stage.name, "description": stage.description}),
                None => json!({"id": run.stage, "created": run.created_at, "name": run.stage_name, "description": ""}),
            },
            flow: json!({
                "id": flow.id, "label": flow.label, "created": flow.created_at, "kind": flow.kind.as_str(),
                "branch_name": flow.branch_name, "args": flow.args, "data": data.flow,
                "trigger": change.as_ref().map_or_else(|| json!({}), |change| json!(change)),
                "seq": {"shared": flow.sequence.shared, "own": flow.sequence.own},
            }),
            run: json!({
                "id": run.id, "label": run.label, "created": run.created_at, "args": run.args, "reason": reason(&run.reason),
                // Runs of early versions were not counted by kind.
                "seq": {"shared": run.sequence, "own": if run.own_sequence == 0 { run.sequence } else { run.own_sequence }},
            }),
            job: json!({}),
            step: json!({}),
            args: json!(run.args),
            env: json!(branch.env_vars),
            config: json!({}),
            secrets: None,
            flags: Flags { kind: flow.kind, ..Flags::default() },
        }
    }

    /// For the steps of one job, as JSON; the agent adds the secrets, and the results of the steps as they come.
    pub(crate) fn for_job(&self, job: &Job, schema: &Value) -> Value {
        let context = self.for_stage();
        json!({
            "project": context.project,
            "branch": context.branch,
            "stage": context.stage,
            "flow": context.flow,
            "run": context.run,
            "args": context.args,
            "env": context.env,
            "config": config(schema, &job.place.config),
            "job": {"id": job.id, "created": job.created_at, "name": job.name, "steps": []},
        })
    }
}

/// The named set of values of the stage; empty when it has none of that name.
fn config(schema: &Value, name: &str) -> Value {
    let configs = schema.get("configs").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let named = configs.iter().find(|config| config.get("name").and_then(Value::as_str) == Some(name));
    let Some(Value::Object(named)) = named else { return json!({}) };
    let mut values = named.get("values").and_then(Value::as_object).cloned().unwrap_or_default();
    // Runs that began in an earlier version have them as they were written, which may be beside the name.
    values.extend(
        named.iter().filter(|(key, _)| !matches!(key.as_str(), "name" | "values")).map(|(key, value)| (key.clone(), value.clone())),
    );
    Value::Object(values)
}

/// Why a run exists, as the API and stages name it.
pub(crate) fn reason(reason: &RunReason) -> &'static str {
    match reason {
        RunReason::Flow => "flow",
        RunReason::Parents => "parents",
        RunReason::Person => "person",
        RunReason::Trigger => "trigger",
    }
}

impl Control {
    /// The first of the changes that a flow was started with. Most have none, and then nothing is read.
    pub(crate) async fn change_of(&self, flow: &Flow) -> Result<Option<Change>, ControlError> {
        if flow.change.is_none() {
            return Ok(None);
        }
        Ok(self.store.flow_changes(flow.id).await?.and_then(|changes| changes.value.changes.into_iter().next()))
    }
}
