//! Looking at the code of a stage before it is saved.

use kraken_domain::BranchId;
use kraken_protocol::api::{PlannedJob, PlannedStep, StageCheck, StageChecked};
use kraken_workflow::{JobPlan, StageSchema};

use super::{parameters, stages::problems};
use crate::{Control, ControlError};

/// The most steps that are listed in the answer to a check.
const STEPS_LISTED: usize = 5000;

impl Control {
    /// Whether this code would be accepted, and the jobs that a run of it would have.
    ///
    /// # Errors
    /// [`ControlError::NotFound`] for the branch; code in error is an answer, not an error.
    pub async fn check_stage(&self, branch: BranchId, check: StageCheck) -> Result<StageChecked, ControlError> {
        let branch = self.branch(branch).await?;
        let checked = self.checked(&branch, &check.name, check.code).await?;
        let none = StageChecked { ok: false, problems: problems(checked.problems), jobs: Vec::new(), parameters: Vec::new() };
        let Some(schema) = checked.schema.filter(|_| none.problems.is_empty()) else { return Ok(none) };
        let (jobs, parameters) = (planned(&schema), parameters::of_schema(&schema).into_iter().map(Into::into).collect());
        Ok(StageChecked { ok: true, jobs, parameters, ..none })
    }
}

/// The jobs that a run would have, with their steps as far as an answer has room.
fn planned(schema: &StageSchema) -> Vec<PlannedJob> {
    let mut room = STEPS_LISTED;
    let with_steps = |plan: JobPlan| {
        let steps = plan.steps.len();
        room = room.saturating_sub(steps);
        planned_job(plan, room > 0)
    };
    kraken_workflow::expand(schema).into_iter().map(with_steps).collect()
}

fn planned_job(plan: JobPlan, with_steps: bool) -> PlannedJob {
    let steps = u32::try_from(plan.steps.len()).unwrap_or(u32::MAX);
    let listed = plan.steps.into_iter().filter(|_| with_steps);
    PlannedJob {
        name: plan.name,
        system: plan.place.system,
        executor: plan.place.executor.to_string(),
        agents_group: plan.place.group,
        config: plan.place.config,
        timeout_s: plan.timeout_s,
        needs: plan.needs,
        steps,
        step_list: listed.map(|step| PlannedStep { name: step.name, tool: step.tool }).collect(),
    }
}
