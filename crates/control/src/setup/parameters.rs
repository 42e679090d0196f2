//! The form that a person sees who starts a flow: taken over from the code of stages when they are saved, so that nothing is evaluated when it
//! is shown.

use kraken_domain::{
    BranchId,
    record::{Parameter, Stage},
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
        let stages = self.store.stages(branch).await?;
        Ok(FlowParameters { items: merged(stages.iter().map(|stage| &stage.value)) })
    }
}

/// The parameters of a stage.
///
/// # Errors
/// [`ControlError::Invalid`] for more than can be kept with it.
pub(super) fn of_schema(schema: &StageSchema) -> Result<Vec<Parameter>, ControlError> {
    let parameters: Vec<Parameter> = schema.parameters.iter().cloned().map(parameter).collect();
    let bytes: usize = parameters.iter().map(bytes).sum();
    if bytes > BYTES_MAX {
        return Err(ControlError::invalid("/parameters", format!("the parameters have {bytes} bytes: at most {BYTES_MAX} are kept")));
    }
    Ok(parameters)
}

fn parameter(parameter: kraken_workflow::Parameter) -> Parameter {
    let kraken_workflow::Parameter { name, kind, default, description, choices } = parameter;
    Parameter { name, kind, default, description, choices }
}

/// What one takes about, with what stands around its texts.
fn bytes(parameter: &Parameter) -> usize {
    let Parameter { name, kind, default, description, choices } = parameter;
    let texts = [name, kind, default, description].into_iter().chain(choices);
    texts.map(|text| text.len() + 16).sum()
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
