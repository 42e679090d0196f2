//! Environment variables of branches. Who changes them says what was read before: nobody's change is undone unseen.

use std::collections::BTreeMap;

use kraken_domain::{BranchId, variables::problems};
use kraken_protocol::api::{FieldProblem, NewVariables, VariablesView};
use kraken_store::Commit;

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

impl Control {
    /// Sets all variables of a branch.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] with every wrong variable; [`ControlError::Conflict`] when the branch was changed since it was read.
    pub async fn set_variables(&self, id: BranchId, new: &NewVariables) -> Result<VariablesView, ControlError> {
        check(&new.variables)?;
        decide!(self.try_set_variables(id, new))
    }

    async fn try_set_variables(&self, id: BranchId, new: &NewVariables) -> Result<VariablesView, Attempt> {
        let read = self.branch(id).await?;
        if read.version != new.version {
            // The answer to the same change was lost.
            if read.version == new.version + 1 && read.env_vars == new.variables {
                return Ok(VariablesView { version: read.version, variables: read.value.env_vars });
            }
            let why = format!("branch {:?} is of version {} by now: read its variables again, then change them", read.name, read.version);
            return Err(ControlError::Conflict(why).into());
        }
        let mut next = read.value.clone();
        next.env_vars.clone_from(&new.variables);
        let mut commit = Commit::new();
        commit.replace(&read, &next)?;
        self.store.commit(commit).await?;
        Ok(VariablesView { version: read.version + 1, variables: next.env_vars })
    }
}

/// # Errors
/// [`ControlError::Invalid`] with every wrong variable.
pub(super) fn check(variables: &BTreeMap<String, String>) -> Result<(), ControlError> {
    let path = |name: Option<String>| match name {
        Some(name) => format!("/variables/{}", name.replace('~', "~0").replace('/', "~1")),
        None => "/variables".to_owned(),
    };
    let wrong: Vec<FieldProblem> = problems(variables)
        .into_iter()
        .map(|(name, problem)| FieldProblem { path: path(name), line: None, message: problem.to_string() })
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(ControlError::Invalid(wrong)) }
}
