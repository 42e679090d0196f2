//! Which child stages a flow owes.

use crate::{
    StageId,
    run::{Run, RunResult},
};

/// What the decision needs to know of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageNode {
    /// The stage.
    pub id: StageId,
    /// Its name: parents are named, not numbered.
    pub name: String,
    /// The stages it waits for; empty for a root stage.
    pub parents: Vec<String>,
    /// Whether it starts when they are done.
    pub starts_with_parent: bool,
    /// Whether it takes part at all.
    pub enabled: bool,
}

/// The child stages that must start now, in the order of `stages`.
///
/// A stage is due when all its parents have a run in the flow, every run of theirs that counts is over with at least one job and
/// none in error, and the stage has no run in this flow yet: so however often and whenever this is asked (after a
/// duplicate, a rerun, a re-analysis), a stage starts once. Failing tests and issues don't block.
pub fn due_children<'s>(stages: &'s [StageNode], runs: &[Run]) -> Vec<&'s StageNode> {
    let clean = |parent: &String| {
        let mut of_parent = runs.iter().filter(|run| run.stage_name == *parent && run.covered_by.is_none()).peekable();
        of_parent.peek().is_some() && of_parent.all(|run| run.result() == Some(RunResult::Ok) && run.jobs_made > 0)
    };
    stages
        .iter()
        .filter(|stage| stage.enabled && stage.starts_with_parent && !stage.parents.is_empty())
        .filter(|stage| !runs.iter().any(|run| run.stage == stage.id))
        .filter(|stage| stage.parents.iter().all(clean))
        .collect()
}
