//! The numbers that come next in a branch: looked at, and set when a branch goes on counting where another system got to.
//!
//! Invariant: without force a number that was there before never comes again.

use std::collections::BTreeMap;

use kraken_domain::{BranchId, StageId, flow::FlowKind, record::Stage};
use kraken_protocol::api::{FieldProblem, NewSequences, SequencesView};
use kraken_store::{Commit, CommitError, Counter, Versioned};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// Larger numbers lose digits where they are read as floating-point numbers (RFC 7493).
const NUMBER_MAX: u64 = 1 << 53;

impl Control {
    /// The numbers that come next in a branch.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn sequences(&self, branch: BranchId) -> Result<SequencesView, ControlError> {
        let branch = self.branch(branch).await?.id;
        let stages = self.store.stages(branch).await?;
        let ids: Vec<StageId> = stages.iter().map(|stage| stage.id).collect();
        let counted = self.store.counted(branch, &ids).await?;
        let next = |last: &BTreeMap<StageId, u64>| {
            let of = |stage: &Versioned<Stage>| (stage.name.clone(), last.get(&stage.id).copied().unwrap_or(0) + 1);
            stages.iter().map(of).collect()
        };
        Ok(SequencesView {
            flow: counted.flows + 1,
            ci: counted.ci + 1,
            dev: counted.dev + 1,
            stages: next(&counted.runs),
            stages_ci: next(&counted.runs_ci),
            stages_dev: next(&counted.runs_dev),
        })
    }

    /// Sets the numbers that come next, all or none.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a number or a stage that cannot be; [`ControlError::Conflict`] where the branch has counted further.
    pub async fn set_sequences(&self, branch: BranchId, new: &NewSequences) -> Result<SequencesView, ControlError> {
        let branch = self.branch(branch).await?;
        let stages = self.store.stages(branch.id).await?;
        let (mut wanted, mut problems) = (Vec::new(), Vec::new());
        let of_flows = [
            ("/flow", Counter::Flows, new.flow),
            ("/ci", Counter::Kind(FlowKind::Ci), new.ci),
            ("/dev", Counter::Kind(FlowKind::Dev), new.dev),
        ];
        let mut want = |path: String, counter: Option<Counter>, next: u64| match counter {
            Some(counter) if (1..=NUMBER_MAX).contains(&next) => wanted.push((counter, next - 1)),
            Some(_) => problems.push(problem(path, format!("{next} is no number: expected 1 to {NUMBER_MAX}"))),
            None => problems.push(problem(path, format!("branch {:?} has no such stage", branch.name))),
        };
        for (path, counter, next) in of_flows {
            if let Some(next) = next {
                want(path.to_owned(), Some(counter), next);
            }
        }
        for (key, kind, asked) in [
            ("stages", None, &new.stages),
            ("stages_ci", Some(FlowKind::Ci), &new.stages_ci),
            ("stages_dev", Some(FlowKind::Dev), &new.stages_dev),
        ] {
            for (name, next) in asked {
                let stage = stages.iter().find(|stage| stage.name == *name).map(|stage| stage.id);
                let counter = |stage| kind.map_or(Counter::Runs(stage), |kind| Counter::RunsOfKind(stage, kind));
                let path = format!("/{key}/{}", name.replace('~', "~0").replace('/', "~1"));
                want(path, stage.map(counter), *next);
            }
        }
        if !problems.is_empty() {
            return Err(ControlError::Invalid(problems));
        }
        if !decide!(self.try_count_from(branch.id, &wanted, new.force))? {
            let now = self.sequences(branch.id).await?;
            let why = format!(
                "branch {:?} has counted further (next are flow {}, CI {}, DEV {}): numbers would come again; force says that they may",
                branch.name, now.flow, now.ci, now.dev
            );
            return Err(ControlError::Conflict(why));
        }
        self.sequences(branch.id).await
    }

    /// Gives whether the branch goes on after these numbers: not where it has got further.
    async fn try_count_from(&self, branch: BranchId, wanted: &[(Counter, u64)], forced: bool) -> Result<bool, Attempt> {
        let mut commit = Commit::new();
        commit.count_from(branch, wanted, forced);
        let Err(error) = self.store.commit(commit).await else { return Ok(true) };
        if !forced && matches!(error, CommitError::Refused(_)) {
            let stages = wanted.iter().filter_map(|(counter, _)| match counter {
                Counter::Runs(stage) | Counter::RunsOfKind(stage, _) => Some(*stage),
                Counter::Flows | Counter::Kind(_) => None,
            });
            if self.store.counted(branch, &stages.collect::<Vec<_>>()).await?.is_past(wanted) {
                return Ok(false);
            }
        }
        Err(error.into())
    }
}

fn problem(path: String, message: String) -> FieldProblem {
    FieldProblem { path, line: None, message }
}
