//! Deliveries of webhooks: each starts one flow in every branch that it concerns, however often it is looked at.
//!
//! A flow is started under the key of the delivery, so starting it again gives the same one; what came of it is written last. Whoever dies
//! in between leaves the delivery due, and the next one goes the same way.

use futures::{StreamExt, future::try_join_all, stream};
use kraken_domain::{
    ProjectId,
    flow::FlowReason,
    record::{Branch, Stage},
    webhook::{Candidate, Delivery, DeliveryId, DeliveryOutcome, Happening},
};
use kraken_githosts::{Follows, decide as decide_delivery, hangs_on_paths, may_concern};
use kraken_store::Commit;
use tokio::sync::OnceCell;

use super::touched::Touched;
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
    flows::StartFlow,
};

/// Deliveries that one tick looks at; what is left is due at the next.
const PER_TICK: u32 = 500;
/// Deliveries that are looked at at the same time.
const AT_ONCE: usize = 8;
/// Branches that are read at the same time.
const BRANCHES_AT_ONCE: usize = 16;

impl Control {
    /// Does what follows from a delivery.
    ///
    /// # Errors
    /// [`ControlError`] when something needed does not answer; the delivery stays due.
    pub async fn reconcile_delivery(&self, id: &DeliveryId) -> Result<(), ControlError> {
        if !self.is_whole().await? {
            return Ok(());
        }
        decide!(self.look_at_delivery(id))
    }

    async fn look_at_delivery(&self, id: &DeliveryId) -> Result<(), Attempt> {
        let Some(read) = self.store.delivery(id).await? else { return Ok(()) };
        if read.due.is_none() {
            return Ok(());
        }
        let mut outcomes = Vec::new();
        // One look serves all branches.
        let touched = OnceCell::new();
        for branch in self.branches_concerned(id.project, &read).await? {
            outcomes.extend(Box::pin(self.start_for(&read, &branch, &touched)).await?);
        }
        if outcomes.is_empty() {
            outcomes.push(DeliveryOutcome { branch: None, flow: None, words: nobody(&read.told.what) });
        }
        for outcome in &outcomes {
            tracing::info!(delivery = %id, flow = ?outcome.flow, words = outcome.words, "a delivery was dealt with");
        }
        let mut commit = Commit::new();
        commit.replace(&read, &read.done(outcomes))?;
        Ok(self.store.commit(commit).await?)
    }

    /// The branches of a project that what was told may be about.
    async fn branches_concerned(&self, project: ProjectId, delivery: &Delivery) -> Result<Vec<Branch>, ControlError> {
        let ids = self.store.branch_ids(project).await?;
        let mut concerned = Vec::new();
        for some in ids.chunks(BRANCHES_AT_ONCE) {
            let read = try_join_all(some.iter().map(|id| self.store.branch(*id))).await?;
            let branches = read.into_iter().flatten().map(|branch| branch.value);
            concerned.extend(branches.filter(|branch| may_concern(&delivery.told, &branch.branch_name)));
        }
        Ok(concerned)
    }

    /// Starts the flow of one branch, if one follows.
    async fn start_for(
        &self,
        delivery: &Delivery,
        branch: &Branch,
        touched: &OnceCell<Touched>,
    ) -> Result<Option<DeliveryOutcome>, ControlError> {
        let said = |words: String| {
            Some(DeliveryOutcome { branch: Some(branch.id), flow: None, words: format!("branch {}: {words}", branch.name) })
        };
        let stages: Vec<Stage> = self.store.stages(branch.id).await?.into_iter().map(|stage| stage.value).collect();
        let roots = stages.iter().filter(|stage| stage.enabled && stage.is_root());
        let roots: Vec<Candidate> = roots.cloned().map(Candidate::of).collect();
        let (mut told, mut note) = (delivery.told.clone(), None);
        if branch.archived_at.is_none() && hangs_on_paths(&told, &branch.branch_name, &roots) {
            Touched { told, note } = touched.get_or_init(|| Box::pin(self.touched(delivery, branch, &stages))).await.clone();
        }
        let (kind, branch_name, stages) = match decide_delivery(&told, &branch.branch_name, &roots) {
            Follows::Unconcerned => return Ok(None),
            Follows::Nothing(why) => return Ok(said(why)),
            Follows::Flow { .. } if branch.archived_at.is_some() => return Ok(said("it is archived".to_owned())),
            Follows::Flow { kind, branch_name, stages } => (kind, branch_name, stages),
        };
        let mut change = delivery.change.as_deref().cloned();
        if let (Some(change), Some(note)) = (&mut change, note) {
            change.note = Some(change.note.take().map_or(note.clone(), |before| format!("{before}; {note}")));
        }
        let reason = FlowReason::Webhook { host: delivery.host.clone(), delivery: delivery.name.clone() };
        let start = StartFlow {
            branch_name: Some(branch_name),
            once: Some(delivery.once()),
            by: change.as_ref().map(|change| change.by.name.clone()).filter(|name| !name.is_empty()),
            changes: change.into_iter().collect(),
            stages: Some(stages.into_iter().collect()),
            read: Some(branch.clone()),
            ..StartFlow::new(branch.id, kind, reason)
        };
        match self.start_flow(start).await {
            Ok((flow, _)) => {
                let words = format!("branch {}: started {} flow {}", branch.name, kind.as_str(), flow.label);
                Ok(Some(DeliveryOutcome { branch: Some(branch.id), flow: Some(flow.id), words }))
            }
            Err(passing) if passing.is_passing() => Err(passing),
            Err(inside @ (ControlError::Internal(_) | ControlError::Damaged(_))) => {
                tracing::error!(delivery = %delivery.id, branch.id = %branch.id, error = %inside, "a delivery can start no flow");
                Ok(said("its flow could not be started; the server's log says why".to_owned()))
            }
            // Starting it again under its key only finds it.
            Err(ControlError::NotFound { what: "flow", .. }) => {
                Ok(said("it had started a flow, which retention has removed since".to_owned()))
            }
            Err(never) => Ok(said(never.to_string())),
        }
    }

    /// Looks at every delivery that nobody has dealt with. One that cannot be dealt with holds up no other.
    ///
    /// # Errors
    /// [`ControlError`] when the table does not say what is due.
    pub async fn tick_deliveries(&self) -> Result<usize, ControlError> {
        let owed = self.store.owed_deliveries(self.clock.now(), PER_TICK).await?;
        let looked = stream::iter(owed).map(async |id: DeliveryId| match Box::pin(self.reconcile_delivery(&id)).await {
            Ok(()) => 1,
            Err(error) => {
                tracing::warn!(delivery = %id, %error, "a delivery could not be dealt with; it stays due");
                0
            }
        });
        Ok(looked.buffer_unordered(AT_ONCE).collect::<Vec<usize>>().await.into_iter().sum())
    }
}

/// Why nothing at all follows.
fn nobody(what: &Happening) -> String {
    match what {
        Happening::Push { branch, .. } => format!("no branch tracks refs/heads/{branch}"),
        Happening::Pull { target, .. } => format!("no branch tracks refs/heads/{target}, into which it goes"),
        Happening::Tag { name, .. } => format!("no stage is started by tag {name}"),
        Happening::Nothing { why } => why.clone(),
    }
}
