//! The form that a person sees who starts a flow: taken over from the code of stages when they are saved, so that nothing is evaluated when it
//! is shown.

use kraken_domain::{
    BranchId,
    record::{Parameter, Stage, TAKEN_OVER},
};
use kraken_protocol::api::{FlowParameter, FlowParameters, StageDefault};
use kraken_workflow::StageSchema;

use crate::{Control, ControlError};

/// Bytes of the parameters that are kept with a stage.
const BYTES_MAX: usize = 16 * 1024;

impl Control {
    /// What a new flow of a branch asks for.
    ///
    /// # Errors
    /// [`ControlError::Unavailable`] when the table does not answer.
    pub async fn flow_parameters(&self, branch: BranchId) -> Result<FlowParameters, ControlError> {
        let mut stages = self.store.stages(branch).await?;
        let older: Vec<Stage> = stages.iter().map(|stage| &stage.value).filter(|stage| stage.taken_over < TAKEN_OVER).cloned().collect();
        if !older.is_empty() {
            // On the heap: it is rare, and large.
            Box::pin(self.take_over_older(&older)).await;
            stages = self.store.stages(branch).await?;
        }
        Ok(FlowParameters { items: merged(stages.iter().map(|stage| &stage.value)) })
    }
}

/// The parameters of a stage, the first that fit into its record: what runs is the code, which knows all of them.
pub(super) fn of_schema(schema: &StageSchema) -> Vec<Parameter> {
    let mut left = BYTES_MAX;
    let fits = |parameter: &Parameter| {
        let rest = left.checked_sub(bytes(parameter));
        left = rest.unwrap_or(0);
        rest.is_some()
    };
    schema.parameters.iter().cloned().map(parameter).take_while(fits).collect()
}

fn parameter(parameter: kraken_workflow::Parameter) -> Parameter {
    let kraken_workflow::Parameter { name, kind, default, description, choices } = parameter;
    Parameter { name, kind, default, description, choices }
}

/// What one takes in its stage's record.
fn bytes(parameter: &Parameter) -> usize {
    serde_json::to_vec(parameter).map_or(usize::MAX, |json| json.len() + 1)
}

/// What a new flow asks for: the parameters of the stages that start with it, those of one name as one.
fn merged<'s>(stages: impl IntoIterator<Item = &'s Stage>) -> Vec<FlowParameter> {
    let mut merged: Vec<FlowParameter> = Vec::new();
    for stage in stages.into_iter().filter(|stage| stage.is_root() && stage.enabled && stage.starts_with_parent) {
        for asked in &stage.parameters {
            let of_stage = StageDefault { stage: stage.name.clone(), default: asked.default.clone() };
            match merged.iter_mut().find(|known| known.name == asked.name) {
                Some(known) => join(known, asked, of_stage),
                None => merged.push(FlowParameter {
                    name: asked.name.clone(),
                    kind: asked.kind.clone(),
                    default: Some(asked.default.clone()),
                    description: asked.description.clone(),
                    choices: asked.choices.clone(),
                    stages: vec![of_stage],
                }),
            }
        }
    }
    merged
}

fn join(known: &mut FlowParameter, asked: &Parameter, of_stage: StageDefault) {
    if known.default.as_ref() != Some(&asked.default) {
        known.default = None;
    }
    if known.description.is_empty() {
        known.description.clone_from(&asked.description);
    }
    if known.choices.is_empty() {
        known.choices.clone_from(&asked.choices);
    } else if !asked.choices.is_empty() {
        let both: Vec<String> = known.choices.iter().filter(|choice| asked.choices.contains(choice)).cloned().collect();
        // Without a value that all take there is nothing to choose from: each stage sees what it is given.
        if !both.is_empty() {
            known.choices = both;
        }
    }
    known.stages.push(of_stage);
}

#[cfg(test)]
mod tests;
