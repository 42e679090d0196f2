//! Moving a branch to another project: with its stages, its own secrets and user data, its numbers and its whole history.
//!
//! One commit takes the name in the other project, gives the old one free, and has the branch and all of its stages change hands; with it a note
//! is written that its history is to follow. So nobody ever sees the branch in both projects, or a stage that others may change than its branch.

use kraken_domain::{
    BranchId, ProjectId,
    flow::{FlowKind, FlowState},
    moving::Move,
    record::{Branch, Stage},
};
use kraken_store::{Commit, Entity, Guard, WRITES_MAX};

use super::branches::name_taken;
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// Writes of a move besides the stages: both names, the project, the branch, the note.
const BESIDES: usize = 5;
/// Flows of each kind, from the newest on, among which one in progress is in the way. An older one moves as it is.
const LOOKED_AT: u32 = 200;
/// Flows in progress that a refusal names.
const NAMED: usize = 3;

impl Control {
    /// Moves a branch to another project. Its flows, runs and jobs follow; those of a small branch before this returns. Repeated, nothing more
    /// happens.
    ///
    /// # Errors
    /// [`ControlError::NotFound`] for the branch or the project; [`ControlError::Conflict`] that names what is in the way: a branch of that
    /// name, flows in progress, more stages than one write takes.
    pub async fn move_branch(&self, id: BranchId, to: ProjectId) -> Result<Branch, ControlError> {
        let branch = decide!(self.try_move_branch(id, to))?;
        // Only to be quick: what is not done here is still owed.
        self.follow_at_once(id).await;
        Ok(branch)
    }

    async fn try_move_branch(&self, id: BranchId, to: ProjectId) -> Result<Branch, Attempt> {
        // Before the stages: one that is made in between touches the branch, and the commit is refused.
        let read = self.branch(id).await?;
        let project = self.project(to).await?;
        if read.project == to {
            return Ok(read.value);
        }
        self.nothing_in_progress(&read).await?;
        let stages = self.store.stages(id).await?;
        if stages.len() > WRITES_MAX - BESIDES {
            let most = WRITES_MAX - BESIDES;
            let why = format!("branch {:?} has {} stages: one with more than {most} cannot be moved", read.name, stages.len());
            return Err(ControlError::Conflict(why).into());
        }
        let next = Branch { project: to, ..read.value.clone() };
        let name = |project: ProjectId| Guard::BranchName { project, name: read.name.clone(), branch: id };
        let guard = name(to);
        let begun = Move::new(id, read.project, to, self.clock.now());
        let mut commit = Commit::new();
        commit.touch(&project).create(&guard)?.forget(&name(read.project));
        // A stage that was made meanwhile has to move, too.
        commit.replace_alone(&read, &next)?;
        match self.store.branch_move(id).await? {
            // It moves on while its history is still on the way: all of it goes where the branch is now.
            Some(earlier) => commit.replace(&earlier, &begun)?,
            None => commit.create(&begun)?,
        };
        for stage in &stages {
            commit.replace(stage, &Stage { project: to, ..stage.value.clone() })?;
        }
        match self.store.commit(commit).await {
            Err(error) if error.refused(&guard.key()) => Err(name_taken(&project.name, &read.name).into()),
            Err(error) => Err(error.into()),
            Ok(()) => {
                tracing::info!(branch.id = %id, from = %read.project, to = %to, "a branch moved to another project");
                Ok(next)
            }
        }
    }

    /// Refuses while flows of the branch are in progress: their jobs hold secrets and agents of the project that they were started in.
    async fn nothing_in_progress(&self, branch: &Branch) -> Result<(), ControlError> {
        let mut open = Vec::new();
        for kind in FlowKind::ALL {
            let listed = self.store.flows(branch.id, kind, LOOKED_AT, None).await?;
            let ids: Vec<_> =
                listed.items.iter().filter(|flow| matches!(flow.state, FlowState::InProgress { .. })).map(|flow| flow.id).collect();
            // The list may be behind.
            for flow in self.store.flows_by_id(&ids).await?.into_iter().flatten() {
                if matches!(flow.state, FlowState::InProgress { .. }) && flow.retention.going_since.is_none() {
                    open.push(format!("{:?} ({})", flow.label, kind.as_str()));
                }
            }
        }
        if open.is_empty() {
            return Ok(());
        }
        let (count, named) = (open.len(), open[..open.len().min(NAMED)].join(", "));
        let more = if count > NAMED { ", …" } else { "" };
        let what = if count == 1 { "a flow".to_owned() } else { format!("{count} flows") };
        let why = format!(
            "branch {:?} has {what} in progress: {named}{more}; wait for it to end or cancel it, then move the branch",
            branch.name
        );
        Err(ControlError::Conflict(why))
    }
}
