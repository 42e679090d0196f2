//! How long the flows of a branch are kept. Who changes it says what was read before; what follows from it follows an hour later.

use kraken_domain::{
    BranchId, FlowId,
    flow::{Flow, FlowKind},
    retention::{Keep, Policy, Sweep},
};
use kraken_protocol::api::{FieldProblem, NewRetention, RetentionView};
use kraken_store::Commit;
use serde_json::{Value, json};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

impl Control {
    /// How long the flows of a branch are kept.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn retention(&self, branch: BranchId) -> Result<RetentionView, ControlError> {
        let read = self.branch(branch).await?;
        let next_look = self.store.sweep(branch).await?.map(|sweep| sweep.due);
        let policy = read.retention.in_force();
        Ok(RetentionView {
            version: read.version,
            is_default: read.retention.policy.is_none(),
            ci: policy.ci.into(),
            dev: policy.dev.into(),
            next_look,
        })
    }

    /// Sets how long the flows of a branch are kept.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] with every wrong number; [`ControlError::Conflict`] when the branch was changed since it was read.
    pub async fn set_retention(&self, branch: BranchId, new: &NewRetention) -> Result<RetentionView, ControlError> {
        let policy = match (new.ci, new.dev) {
            (None, None) => None,
            (ci, dev) => Some(Policy { ci: ci.map_or_else(Keep::ci, Into::into), dev: dev.map_or_else(Keep::dev, Into::into) }),
        };
        let problems = policy.map(|policy| policy.problems()).unwrap_or_default();
        if !problems.is_empty() {
            let problems = problems.into_iter().map(|(path, problem)| FieldProblem { path, line: None, message: problem.to_string() });
            return Err(ControlError::Invalid(problems.collect()));
        }
        decide!(self.try_set_retention(branch, new.version, policy))?;
        self.retention(branch).await
    }

    async fn try_set_retention(&self, id: BranchId, version: u64, policy: Option<Policy>) -> Result<(), Attempt> {
        let read = self.branch(id).await?;
        if read.version != version {
            // The answer to the same change was lost.
            if read.version == version + 1 && read.retention.policy == policy {
                return Ok(());
            }
            let why = format!("branch {:?} is of version {} by now: read its retention again, then change it", read.name, read.version);
            return Err(ControlError::Conflict(why).into());
        }
        let mut next = read.value.clone();
        (next.retention.policy, next.retention.swept) = (policy, true);
        let mut commit = Commit::new();
        commit.replace(&read, &next)?.overwrite(&Sweep::of_changed(id, self.clock.now()))?;
        Ok(self.store.commit(commit).await?)
    }

    /// Has a branch looked at from now on that an earlier version made. A flow's start never fails because of it.
    pub(crate) async fn have_swept(&self, branch: BranchId) {
        if let Err(error) = decide!(self.try_have_swept(branch)) {
            tracing::warn!(branch.id = %branch, %error, "a branch of an earlier version keeps all its flows yet; the next flow tries again");
        }
    }

    async fn try_have_swept(&self, branch: BranchId) -> Result<(), Attempt> {
        let read = self.branch(branch).await?;
        if read.retention.swept {
            return Ok(());
        }
        let mut next = read.value.clone();
        next.retention.swept = true;
        let mut commit = Commit::new();
        commit.replace(&read, &next)?.overwrite(&Sweep::first(branch, self.clock.now()))?;
        Ok(self.store.commit(commit).await?)
    }

    /// Keeps a flow whatever its branch's retention says, or leaves it to that again.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn keep_flow(&self, id: FlowId, keep: bool) -> Result<Flow, ControlError> {
        decide!(self.try_keep_flow(id, keep))
    }

    async fn try_keep_flow(&self, id: FlowId, keep: bool) -> Result<Flow, Attempt> {
        let read = self.flow(id).await?;
        if read.retention.keep == keep {
            return Ok(read.value);
        }
        let mut next = read.value.clone();
        next.retention.keep = keep;
        let mut commit = Commit::new();
        commit.replace(&read, &next)?;
        self.store.commit(commit).await?;
        Ok(next)
    }
}

/// As stages see it: `ci_days`, `ci_flows`, `ci_logs`, `ci_artifacts`, and the same of `dev`; nothing where there is no limit.
pub(crate) fn shown_to_stages(policy: &Policy) -> Value {
    let mut shown = json!({});
    for kind in [FlowKind::Ci, FlowKind::Dev] {
        let Keep { days, flows, logs_days, artifacts_days } = *policy.of(kind);
        for (what, number) in [("days", days), ("flows", flows), ("logs", logs_days), ("artifacts", artifacts_days)] {
            shown[format!("{}_{what}", kind.as_str())] = json!(number);
        }
    }
    shown
}
