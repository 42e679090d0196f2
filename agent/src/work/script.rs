//! What the steps of a job say, given how the earlier ones went.
//!
//! Pure: the stage's language on one side, records of steps on the other. Secrets go into a step that is sent to its tool and nowhere
//! else; every text that leaves this module towards the server has been redacted.

use std::{collections::BTreeMap, time::Duration};

use kraken_domain::{
    data::DataScope,
    flow::FlowKind,
    step::{Step, StepStatus},
};
use kraken_protocol::{
    agent::JobOrder,
    tool::{self, Reason, Trigger},
};
use kraken_workflow::{Context, Flags, Secret, Secrets, StepSpec};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::named::put_secrets;
use crate::{data::Learnt, log::Redactor};

/// The steps of one job and all that they can see.
pub struct Script {
    /// A step that cannot be read fails when it is its turn.
    steps: Vec<Result<StepSpec, String>>,
    context: Context,
    redactor: Redactor,
    job: String,
}

/// A step as it went so far, with what the server does not keep.
#[derive(Clone, Debug)]
pub struct StepRun {
    /// What the server keeps.
    pub record: Step,
    /// Why it ended, once it has.
    pub reason: Option<Reason>,
}

/// A step that can be sent to its tool.
#[derive(Clone, Debug)]
pub struct Ready {
    /// For the tool.
    pub step: tool::Step,
    /// How often it may be tried.
    pub attempts: u32,
    /// The pause after a try that failed.
    pub pause: Duration,
}

impl Script {
    /// The steps of `order`.
    pub fn new(order: &JobOrder) -> Self {
        let secrets = secrets(order);
        let redactor = Redactor::new(secrets.values().flat_map(Secret::values));
        let read = |step: &Value| StepSpec::deserialize(step).map_err(|error| redactor.text(&format!("the step cannot be read: {error}")));
        let steps = order.steps.iter().map(read).collect();
        Self { steps, context: context(&order.context, secrets), redactor, job: order.job.to_string() }
    }

    /// Takes the job's secrets out of texts.
    pub fn redactor(&self) -> &Redactor {
        &self.redactor
    }

    /// Later steps see a document of user data as an earlier one found or left it.
    pub fn learn(&mut self, learnt: Learnt) {
        let (part, field) = match learnt.scope {
            DataScope::Flow => (&mut self.context.flow, "data"),
            DataScope::Branch => (&mut self.context.branch, "data"),
            DataScope::BranchCi => (&mut self.context.branch, "data_ci"),
            DataScope::BranchDev => (&mut self.context.branch, "data_dev"),
            DataScope::Project => (&mut self.context.project, "data"),
        };
        if let Value::Object(part) = part {
            part.insert(field.to_owned(), learnt.value);
        }
    }

    /// The steps as nobody has looked at them yet.
    pub fn records(&self) -> Vec<StepRun> {
        let run = |step: &Result<StepSpec, String>| {
            let (name, tool) = match step {
                Ok(step) => (step.name.as_ref().unwrap_or(&step.tool).as_str(), step.tool.as_str()),
                Err(_) => ("?", "?"),
            };
            StepRun { record: Step::new(self.redactor.text(name), tool), reason: None }
        };
        self.steps.iter().map(run).collect()
    }

    /// Whether step `index` wants to run after what the earlier ones did.
    ///
    /// # Errors
    /// It, or its `when`, makes no sense; says why.
    pub fn wants(&self, index: usize, runs: &[StepRun]) -> Result<bool, String> {
        let step = self.steps[index].as_ref().map_err(String::clone)?;
        kraken_workflow::when(&step.when, &self.seen_by(index, runs)).map_err(|error| self.redactor.text(&error.to_string()))
    }

    /// Step `index` with everything filled in, for its first try.
    ///
    /// # Errors
    /// Something cannot be filled in; says what and why.
    pub fn ready(&self, index: usize, runs: &[StepRun]) -> Result<Ready, String> {
        let step = self.steps[index].as_ref().map_err(String::clone)?;
        let filled = kraken_workflow::interpolate_step(step, &self.seen_by(index, runs));
        let mut filled = filled.map_err(|error| self.redactor.text(&error.to_string()))?.clear;
        put_secrets(step, &mut filled.fields, self.context.secrets.as_ref().unwrap_or(&Secrets::new()))?;
        let timeout_s = filled.timeout_s().map(u64::from);
        let sensitive = filled.fields.iter().filter(|(_, value)| self.redactor.is_in(value)).map(|(key, _)| key.clone()).collect();
        let id = |part: &Value| part.get("id").and_then(Value::as_str).map(str::to_owned);
        // What the step says of a variable goes before what its branch says.
        let mut env = branch_variables(&self.context.env);
        env.extend(filled.env);
        let step = tool::Step {
            version: tool::VERSION,
            index: u32::try_from(index).unwrap_or(u32::MAX),
            attempt: 1,
            tool: filled.tool,
            fields: filled.fields,
            sensitive,
            env,
            cwd: filled.cwd,
            workspace: String::new(),
            timeout_s,
            flow: id(&self.context.flow),
            run: id(&self.context.run),
            job: Some(self.job.clone()),
            trigger: trigger(&self.context.flow),
        };
        let pause = Duration::from_secs(u64::from(filled.sleep_time_after_attempt));
        Ok(Ready { step, attempts: filled.attempts.max(1), pause })
    }

    /// What step `index` can see.
    fn seen_by(&self, index: usize, runs: &[StepRun]) -> Context {
        let views: Vec<Value> = (0..).zip(runs).zip(&self.steps).map(|((n, run), step)| view(n, run, step.as_ref().ok())).collect();
        let earlier: Vec<StepStatus> = runs[..index].iter().map(|run| run.record.status).collect();
        let mut context = self.context.clone();
        context.step = views[index].clone();
        if let Value::Object(job) = &mut context.job {
            job.insert("steps".to_owned(), Value::Array(views));
        }
        context.flags = Flags::after(self.context.flags.kind, &earlier);
        context
    }
}

/// A step as later ones see it.
fn view(index: usize, run: &StepRun, step: Option<&StepSpec>) -> Value {
    let record = &run.record;
    let duration = match (record.started_at, record.finished_at) {
        (Some(from), Some(to)) => json!(to.duration_since(from).as_secs_f64()),
        _ => Value::Null,
    };
    json!({
        "id": index, "index": index, "name": record.name, "tool": record.tool,
        "cmd": step.and_then(|step| step.fields.get("cmd")).cloned().unwrap_or_default(),
        "status": record.status.number(),
        "result": {
            "duration": duration,
            "msg": record.message,
            "reason": run.reason,
            "retcode": record.retcode,
        },
    })
}

fn secrets(order: &JobOrder) -> Secrets {
    let field = |fields: &Map<String, Value>, names: &[&str]| {
        names.iter().find_map(|name| fields.get(*name)?.as_str()).unwrap_or_default().to_owned()
    };
    let open = |value: &Value| match value {
        Value::Object(fields) => {
            let user = field(fields, &["user", "username"]);
            if fields.contains_key("key") {
                Secret::SshKey { user, key: field(fields, &["key"]) }
            } else {
                Secret::UserPassword { user, password: field(fields, &["password"]) }
            }
        }
        other => Secret::Simple(plain(other)),
    };
    order.secrets.iter().map(|(name, value)| (name.clone(), open(value))).collect()
}

fn context(given: &Value, secrets: Secrets) -> Context {
    let part = |name: &str| given.get(name).cloned().unwrap_or_else(|| Value::Object(Map::new()));
    let flow = part("flow");
    let kind = if flow.get("kind").and_then(Value::as_str) == Some("dev") { FlowKind::Dev } else { FlowKind::Ci };
    Context {
        project: part("project"),
        branch: part("branch"),
        stage: part("stage"),
        run: part("run"),
        job: part("job"),
        step: part("step"),
        args: part("args"),
        env: part("env"),
        config: part("config"),
        flow,
        secrets: Some(secrets),
        flags: Flags { kind, ..Flags::default() },
    }
}

/// The commit that the flow was started for: the first change record's newest one.
fn trigger(flow: &Value) -> Option<Trigger> {
    let record = flow.get("trigger")?;
    let text = |name: &str| record.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
    Some(Trigger { repo: text("repo")?, branch: text("branch"), commit: text("after")?, git_ref: text("ref") })
}

/// The environment variables of every step of the branch.
fn branch_variables(env: &Value) -> BTreeMap<String, String> {
    env.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), plain(value))).collect()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
pub(super) mod tests;
