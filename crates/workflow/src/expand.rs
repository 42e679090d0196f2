//! From a stage to the jobs of a run: one for each job, environment and system.

use kraken_domain::place::Place;
use serde_json::{Map, Value};

use crate::{
    Interpolator,
    interpolate::{self, InterpolationError},
    schema::{JobSpec, StageSchema},
};

/// A job of a run, as it will be made.
#[derive(Clone, Debug, PartialEq)]
pub struct JobPlan {
    /// Its name. Several plans share it when the job has several environments or systems.
    pub name: String,
    /// Index of the job in the schema's `jobs`.
    pub job: usize,
    /// Index of the environment in the job's `environments`.
    pub environment: usize,
    /// Where it runs: group, executor, system, name of the config.
    pub place: Place,
    /// The config's values.
    pub config: Map<String, Value>,
    /// Its limit, in seconds.
    pub timeout_s: u32,
    /// Names of the jobs that must have finished without error first.
    pub needs: Vec<String>,
    /// Its steps, in order.
    pub steps: Vec<StepName>,
    /// Whether losing its agent may run it again.
    pub retry_on_agent_loss: bool,
}

/// A step, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepName {
    /// What people see.
    pub name: String,
    /// Its tool, `name` or `name@version`.
    pub tool: String,
}

/// The jobs of a run of this stage, in the order of the schema. Names and places are as written: see
/// [`JobPlan::fill`].
pub fn expand(schema: &StageSchema) -> Vec<JobPlan> {
    let jobs = schema.jobs.iter().enumerate();
    jobs.flat_map(|(index, job)| plans(schema, index, job)).collect()
}

fn plans(schema: &StageSchema, index: usize, job: &JobSpec) -> Vec<JobPlan> {
    let steps: Vec<StepName> =
        job.steps.iter().map(|step| StepName { name: step.display_name().to_owned(), tool: step.tool.clone() }).collect();
    let places = job.environments.iter().enumerate().flat_map(|(environment, place)| {
        let systems = place.system.iter();
        systems.map(move |system| (environment, place, system))
    });
    let plan = |(environment, place, system): (usize, &crate::AgentsEnvironment, &String)| JobPlan {
        name: job.name.clone(),
        job: index,
        environment,
        place: Place { group: place.agents_group.clone(), executor: place.executor, system: system.clone(), config: place.config.clone() },
        config: schema.config(&place.config),
        timeout_s: job.timeout,
        needs: job.needs.clone(),
        steps: steps.clone(),
        retry_on_agent_loss: job.retry_on_agent_loss,
    };
    places.map(plan).collect()
}

impl JobPlan {
    /// Fills in the job's name, its needs, its system and its agents group, by what its run sees and the values of its own config. Names of
    /// steps are filled in with the steps.
    ///
    /// # Errors
    /// [`InterpolationError`] with the field that it stands in.
    pub fn fill(&mut self, of_run: &Interpolator) -> Result<(), InterpolationError> {
        let texts = [&self.name, &self.place.system, &self.place.group];
        if !texts.into_iter().chain(&self.needs).any(|text| interpolate::is_open(text)) {
            return Ok(());
        }
        let interpolator = of_run.with_config(&self.config);
        let fill = |text: &mut String, field: &str| -> Result<(), InterpolationError> {
            // A name is stored and shown: no secret's value may get into it.
            let filled = interpolator.masked_text(text);
            *text = filled.map_err(|error| InterpolationError { field: Some(field.to_owned()), ..error })?;
            Ok(())
        };
        fill(&mut self.name, "/name")?;
        fill(&mut self.place.system, "/system")?;
        fill(&mut self.place.group, "/agents_group")?;
        self.needs.iter_mut().try_for_each(|need| fill(need, "/needs"))
    }
}

#[cfg(test)]
mod tests;
