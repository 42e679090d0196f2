//! A branch made from another: its stages and variables, and its secrets where that is asked for, at the start of a release, say.
//!
//! Stages and secrets are written first, below a branch that nobody can see yet; the commit that makes the branch and claims its name makes them all
//! appear at once, put away; where that never comes, retention clears them. Bringing it back, which gives it what the clock starts, comes last:
//! where that breaks off, anybody can do it.

use kraken_domain::{
    BranchId, StageId,
    record::{Branch, Stage},
    retention::{BranchRetention, Sweep},
    secret::StoredSecret,
};
use kraken_protocol::api::{BranchChange, BranchFork, Numbering};
use kraken_store::{Commit, CommitError, Entity, Guard, WRITES_MAX};

use super::branches::{check_names, name_taken};
use crate::{Control, ControlError};

/// Writes that make a stage: itself, its name, its place.
const PER_STAGE: usize = 3;

impl Control {
    /// Makes a branch with copies of the stages and variables of another, and of its own secrets if `fork` says so.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Invalid`] for a bad name; [`ControlError::Conflict`] when the project has a branch of
    /// that name; [`ControlError::Damaged`] when a secret that is to be copied cannot be opened.
    pub async fn fork_branch(&self, from: BranchId, fork: BranchFork) -> Result<Branch, ControlError> {
        check_names(Some(&fork.name), fork.branch_name.as_deref())?;
        let from = self.branch(from).await?.value;
        let project = self.project(from.project).await?;
        if self.store.branch_named(project.id, &fork.name).await?.is_some() {
            return Err(name_taken(&project.name, &fork.name));
        }
        let now = self.clock.now();
        let branch = Branch {
            id: self.ids.branch(now),
            branch_name: fork.branch_name.unwrap_or_else(|| fork.name.clone()),
            name: fork.name,
            created_at: now,
            archived_at: Some(now),
            public: false,
            retention: BranchRetention { swept: true, ..from.retention },
            ..from.clone()
        };
        let originals = self.store.stages(from.id).await?;
        let copies: Vec<Stage> = originals
            .iter()
            .map(|stage| Stage {
                id: self.ids.stage(now),
                branch: branch.id,
                // Where the original is may have changed since its branch was read.
                project: branch.project,
                created_at: now,
                runs: 0,
                ..stage.value.clone()
            })
            .collect();
        let numbered: Vec<(StageId, StageId)> = originals.iter().zip(&copies).map(|(old, new)| (old.id, new.id)).collect();
        let secrets = if fork.secrets { self.resealed(from.id, branch.id).await? } else { Vec::new() };
        // Should this die half-way, retention finds what lies below a branch that never was, as below one that is gone.
        let mut commit = Commit::new();
        commit.create(&Sweep::of_gone(branch.id, now))?;
        self.store.commit(commit).await.map_err(|error| broke_off(error, &project.name))?;
        self.write_below(&copies, &secrets).await.map_err(|error| broke_off(error, &project.name))?;
        if fork.numbering == Numbering::Continue {
            self.store.copy_numbers(from.id, branch.id, &numbered).await?;
        }
        let guard = Guard::BranchName { project: project.id, name: branch.name.clone(), branch: branch.id };
        let mut commit = Commit::new();
        commit.touch(&project).create(&guard)?.create(&branch)?.overwrite(&Sweep::first(branch.id, now))?;
        match self.store.commit(commit).await {
            Ok(()) => {}
            Err(CommitError::Refused(keys)) => {
                // Surely nothing refers to them. After any other error the branch may be there all the same.
                self.remove_below(branch.id, &copies, &secrets).await;
                let taken = keys.contains(&guard.key());
                return Err(if taken {
                    name_taken(&project.name, &branch.name)
                } else {
                    broke_off(CommitError::Refused(keys), &project.name)
                });
            }
            Err(error) => return Err(broke_off(error, &project.name)),
        }
        self.change_branch(branch.id, BranchChange { archived: Some(false), ..BranchChange::default() }).await
    }

    async fn write_below(&self, stages: &[Stage], secrets: &[StoredSecret]) -> Result<(), CommitError> {
        for some in stages.chunks(WRITES_MAX / PER_STAGE) {
            let mut commit = Commit::new();
            for stage in some {
                let [name, place] = Guard::of_stage(stage);
                commit.create(&name)?.create(&place)?.create(stage)?;
            }
            self.store.commit(commit).await?;
        }
        for some in secrets.chunks(WRITES_MAX) {
            let mut commit = Commit::new();
            for secret in some {
                commit.create(secret)?;
            }
            self.store.commit(commit).await?;
        }
        Ok(())
    }

    /// Nobody has seen them. What stays, should this fail, stays unseen until retention clears it.
    async fn remove_below(&self, branch: BranchId, stages: &[Stage], secrets: &[StoredSecret]) {
        kraken_store::audit::note_unmade();
        let mut commits: Vec<Commit> = Vec::new();
        for some in stages.chunks(WRITES_MAX / PER_STAGE) {
            let mut commit = Commit::new();
            for stage in some {
                let [name, place] = Guard::of_stage(stage);
                commit.forget(&name).forget(&place).forget(stage);
            }
            commits.push(commit);
        }
        for some in secrets.chunks(WRITES_MAX) {
            let mut commit = Commit::new();
            for secret in some {
                commit.forget(secret);
            }
            commits.push(commit);
        }
        for commit in commits {
            if let Err(error) = self.store.commit(commit).await {
                tracing::warn!(branch.id = %branch, %error, "what belongs to a branch that was not made could not be removed");
            }
        }
    }
}

fn broke_off(error: CommitError, project: &str) -> ControlError {
    match error {
        CommitError::Store(error) => error.into(),
        CommitError::Refused(_) => ControlError::Conflict(format!("project {project:?} was changed at the same moment: try again")),
    }
}
