//! The user data that stages see: read only where a stage's code or a text speaks of them.
//!
//! Invariant: who names them has them. A word too many costs a read. Only who shows a whole part of the context (`#{flow}`) without naming
//! its data sees them empty.

use kraken_domain::{
    FlowId,
    data::{DataOwner, empty},
    record::Branch,
};
use kraken_store::data_of_branch;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Control, ControlError};

/// The word that every way to user data has in it: `ctx.flow.data`, `#{branch.data_ci}`.
const WORD: &str = "data";

/// What a run sees of user data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SeenData {
    pub(crate) flow: Value,
    pub(crate) branch: Value,
    pub(crate) branch_ci: Value,
    pub(crate) branch_dev: Value,
    pub(crate) project: Value,
}

/// Of somebody who does not look.
impl Default for SeenData {
    fn default() -> Self {
        Self { flow: empty(), branch: empty(), branch_ci: empty(), branch_dev: empty(), project: empty() }
    }
}

impl Control {
    /// The data as they are, if `wanted`. A flow that is not there yet has none.
    pub(crate) async fn seen_data(&self, wanted: bool, branch: &Branch, flow: Option<FlowId>) -> Result<SeenData, ControlError> {
        if !wanted {
            return Ok(SeenData::default());
        }
        let [own, ci, dev] = data_of_branch(branch.id);
        let mut owners = vec![own, ci, dev, DataOwner::Project(branch.project)];
        owners.extend(flow.map(DataOwner::Flow));
        let read = self.store.data_of(&owners).await?;
        let mut values = read.into_iter().map(|read| read.map_or_else(empty, |read| read.value.value));
        let mut next = || values.next().unwrap_or_else(empty);
        Ok(SeenData { branch: next(), branch_ci: next(), branch_dev: next(), project: next(), flow: next() })
    }
}

/// Whether a stage's code may look at user data.
pub(crate) fn code_speaks_of_data(code: &str) -> bool {
    code.contains(WORD)
}

/// Whether texts to be filled in may show user data: those with an insertion, and conditions.
pub(crate) fn texts_speak_of_data(texts: &Value) -> bool {
    match texts {
        Value::String(text) => text.contains("#{") && text.contains(WORD),
        Value::Array(items) => items.iter().any(texts_speak_of_data),
        Value::Object(fields) => fields.iter().any(|(name, value)| match value {
            Value::String(text) if name == "when" => text.contains(WORD),
            value => texts_speak_of_data(value),
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
