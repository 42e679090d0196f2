//! A stage's texts in a run: what its labels, names and steps become, for the agent and for everybody else.
//!
//! The steps that `job.steps` of `context.json` has results for are over; each is asked in its turn.

use kraken_domain::step::StepStatus;
use kraken_workflow::{Context, Flags, InterpolationError, Interpolator, JobPlan, StageSchema, StepSpec, expand};
use serde_json::{Value, json};

/// Everything of the stage that is filled in.
pub(crate) fn of(schema: &StageSchema, ctx: &Context) -> Value {
    let whole = Interpolator::new(ctx);
    let label = |label: &Option<String>| label.as_ref().map(|text| text_or_error(whole.masked_text(text)));
    let jobs: Vec<Value> = expand(schema).into_iter().map(|plan| job(plan, schema, ctx, &whole)).collect();
    json!({"flow_label": label(&schema.flow_label), "run_label": label(&schema.run_label), "jobs": jobs})
}

fn text_or_error(filled: Result<String, InterpolationError>) -> Value {
    filled.map_or_else(|error| json!({"error": error.to_string()}), Value::from)
}

fn job(mut plan: JobPlan, schema: &StageSchema, ctx: &Context, whole: &Interpolator) -> Value {
    if let Err(error) = plan.fill(whole) {
        return json!({"error": error.to_string()});
    }
    let mut ctx = ctx.clone();
    ctx.config = Value::Object(plan.config.clone());
    if !ctx.job.is_object() {
        ctx.job = json!({"steps": []});
    }
    ctx.job["name"] = json!(plan.name);
    let steps = &schema.jobs[plan.job].steps;
    views(&mut ctx.job["steps"], steps);
    let steps: Vec<Value> = steps.iter().enumerate().map(|(index, spec)| step(spec, index, &ctx)).collect();
    json!({"name": plan.name, "system": plan.place.system, "agents_group": plan.place.group, "needs": plan.needs, "steps": steps})
}

/// The steps as each other sees them: the results that are given, with what the stage says.
fn views(given: &mut Value, steps: &[StepSpec]) {
    let results = given.as_array().cloned().unwrap_or_default();
    let view = |(index, step): (usize, &StepSpec)| {
        let mut view = json!({
            "id": index, "index": index, "name": step.name.as_ref().unwrap_or(&step.tool), "tool": step.tool,
            "cmd": step.fields.get("cmd"), "status": 0, "result": {"duration": null, "msg": null, "reason": null, "retcode": null},
        });
        for (key, value) in results.get(index).and_then(Value::as_object).into_iter().flatten() {
            view[key] = value.clone();
        }
        view
    };
    *given = steps.iter().enumerate().map(view).collect();
}

fn step(spec: &StepSpec, index: usize, ctx: &Context) -> Value {
    let status = |view: &Value| match view["status"].as_u64() {
        Some(2) => StepStatus::Done,
        Some(3) => StepStatus::Error,
        Some(4) => StepStatus::Skipped,
        _ => StepStatus::NotStarted,
    };
    let views = ctx.job["steps"].as_array().unwrap();
    let earlier: Vec<StepStatus> = views[..index].iter().map(status).collect();
    let ctx = Context { step: views[index].clone(), flags: Flags::after(ctx.flags.kind, &earlier), ..ctx.clone() };
    let interpolator = Interpolator::new(&ctx);
    let wanted = interpolator.when(&spec.when).map_or_else(|error| json!({"error": error.to_string()}), Value::from);
    match interpolator.step(spec) {
        Err(error) => json!({"when": wanted, "error": error.to_string()}),
        Ok(filled) if filled.clear == filled.masked => json!({"when": wanted, "says": said(&filled.clear)}),
        Ok(filled) => json!({"when": wanted, "says": said(&filled.clear), "shown": said(&filled.masked)}),
    }
}

/// What a step says that could be filled in.
fn said(step: &StepSpec) -> Value {
    let mut said = Value::Object(step.fields.clone());
    if let Some(name) = &step.name {
        said["name"] = json!(name);
    }
    if step.cwd != "." {
        said["cwd"] = json!(step.cwd);
    }
    if !step.env.is_empty() {
        said["env"] = json!(step.env);
    }
    said
}
