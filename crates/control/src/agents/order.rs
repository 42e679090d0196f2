//! A held job as its agent needs it: its steps, and what they may refer to.

use kraken_domain::job::{Job, JobState};
use kraken_protocol::agent::JobOrder;
use serde_json::Value;

use super::session::try_prefix;
use crate::{
    Control, ControlError,
    flows::{
        context::RunContext,
        seen_data::{SeenData, texts_speak_of_data},
    },
};

impl Control {
    /// What the agent that holds `job`, or is about to, needs to run it.
    ///
    /// # Errors
    /// [`ControlError::NotFound`] and [`ControlError::Damaged`] say that the job can never be run.
    pub(super) async fn order(&self, job: &Job) -> Result<JobOrder, ControlError> {
        let JobState::Running { agent, lease_until, .. } = job.state else {
            return Err(ControlError::Conflict(format!("job {} is {}: nobody holds it", job.id, job.state.as_str())));
        };
        let (spec, mut context) = tokio::try_join!(self.spec(&job.spec.sha256), self.run_context(job))?;
        let described = spec.schema.pointer(&format!("/jobs/{}", job.spec.job));
        let steps = described.and_then(|job| job.get("steps")).and_then(Value::as_array);
        let steps =
            steps.ok_or_else(|| ControlError::Damaged(format!("the stored stage {} has no job {}", job.spec.sha256, job.spec.job)))?;
        context.data = self.seen_data(steps.iter().any(texts_speak_of_data), &context.branch, Some(job.id.flow())).await?;
        let secrets = self.secrets_of_steps(job.project, job.branch, steps).await?;
        let at = try_prefix(agent, job.id, job.generation);
        Ok(JobOrder {
            generation: job.generation,
            lease_until,
            executor: job.place.executor,
            timeout_s: job.limit.seconds,
            steps: steps.clone(),
            context: context.for_job(job, &spec.schema),
            secrets,
            log_prefix: job.log_prefix.clone().unwrap_or_else(|| at.clone()),
            artifact_prefix: format!("{at}artifacts/"),
            job: job.id,
            name: job.name.clone(),
            system: job.place.system.clone(),
        })
    }

    async fn run_context(&self, job: &Job) -> Result<RunContext, ControlError> {
        let (flow, run, branch, project, stage) = tokio::try_join!(
            self.store.flow(job.id.flow()),
            self.store.run(job.id.run),
            self.store.branch(job.branch),
            self.store.project(job.project),
            self.store.stage(job.branch, job.stage),
        )?;
        let flow = flow.ok_or_else(|| ControlError::not_found("flow", job.id.flow()))?.value;
        Ok(RunContext {
            change: self.change_of(&flow).await?,
            flow,
            run: run.ok_or_else(|| ControlError::not_found("run", job.id.run))?.value,
            branch: branch.ok_or_else(|| ControlError::not_found("branch", job.branch))?.value,
            project: project.ok_or_else(|| ControlError::not_found("project", job.project))?.value,
            // A stage may be deleted while its last run goes on.
            stage: stage.map(|stage| stage.value),
            data: SeenData::default(),
        })
    }
}
