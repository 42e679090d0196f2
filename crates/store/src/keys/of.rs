//! What a key is of: taken apart again, or told from the others by its beginnings.

use kraken_domain::{AgentId, FlowId, JobId, RunId, StageId, trigger::TriggerKind, webhook::DeliveryId};

use super::{
    AUDIT, Key, SECRET, importing, settings,
    untold::{NOTICE, TURNS, UNTOLD},
    webhooks::WEBHOOK,
};
use crate::Outbox;

impl Key {
    /// The flow that this key of a flow or one of its runs is of.
    pub(crate) fn flow_id(&self) -> Option<FlowId> {
        self.partition.strip_prefix("FLOW#")?.parse().ok()
    }

    /// The run that this key of a run, its counts or one of its jobs is of.
    pub(crate) fn run_id(&self) -> Option<RunId> {
        match self.partition.strip_prefix("RUN#") {
            Some(run) => run.parse().ok(),
            None => Some(RunId { flow: self.flow_id()?, number: self.sort.strip_prefix("RUN#")?.parse().ok()? }),
        }
    }

    /// The job that this key is of.
    pub(crate) fn job_id(&self) -> Option<JobId> {
        Some(JobId { run: self.run_id()?, number: self.sort.strip_prefix("JOB#")?.parse().ok()? })
    }

    /// The trigger that this key is of.
    pub(crate) fn trigger(&self) -> Option<(StageId, TriggerKind)> {
        let stage = self.partition.strip_prefix("STAGE#")?.parse().ok()?;
        let kind = self.sort.strip_prefix("TRIGGER#")?;
        Some((stage, TriggerKind::ALL.into_iter().find(|known| known.as_str() == kind)?))
    }

    /// The delivery that this key is of.
    pub(crate) fn delivery_id(&self) -> Option<DeliveryId> {
        let project = self.partition.strip_prefix("PROJECT#")?.parse().ok()?;
        Some(DeliveryId { project, name: self.sort.strip_prefix("DELIVERY#")?.to_owned() })
    }

    pub(crate) fn is_counts(&self) -> bool {
        self.sort == "COUNTS"
    }

    /// Whether this is what the order of a run was learnt from its jobs.
    pub(crate) fn is_order(&self) -> bool {
        self.partition.starts_with("RUN#") && (self.sort == "NEEDS" || self.sort.starts_with("ENDED#"))
    }

    pub(crate) fn is_run(&self) -> bool {
        self.partition.starts_with("FLOW#") && self.sort.starts_with("RUN#")
    }

    pub(crate) fn is_lane(&self) -> bool {
        self.sort.starts_with("LANE#")
    }

    pub(crate) fn is_importing(&self) -> bool {
        *self == importing()
    }

    pub(crate) fn is_secret(&self) -> bool {
        self.sort.starts_with(SECRET)
    }

    /// Whether a system that has neither projects nor agents may have such an item.
    pub(crate) fn may_be_of_a_new_system(&self) -> bool {
        // Who made the tokens of a new system is known from its beginning.
        matches!(self.sort.as_str(), "TOKEN" | "GROUP" | AUDIT) || self.is_settings()
    }

    pub(crate) fn is_settings(&self) -> bool {
        *self == settings()
    }

    pub(crate) fn is_webhook(&self) -> bool {
        self.partition.starts_with("PROJECT#") && self.sort.starts_with(WEBHOOK)
    }

    pub(crate) fn is_untold(&self) -> bool {
        self.sort.starts_with(UNTOLD)
    }

    /// Whether nobody found out yet whom to tell of this.
    pub(crate) fn is_turns(&self) -> bool {
        self.partition.starts_with("FLOW#") && self.sort.starts_with(TURNS)
    }

    pub(crate) fn is_notice(&self) -> bool {
        self.partition.starts_with("RUN#") && self.sort.starts_with(NOTICE)
    }

    /// What the events with this key wait below.
    pub(crate) fn outbox(&self) -> Option<Outbox> {
        self.flow_id().map(Outbox::Flow).or(self.agent_id().map(Outbox::Agent))
    }

    pub(crate) fn is_agent(&self) -> bool {
        self.sort == "AGENT"
    }

    pub(crate) fn is_seen(&self) -> bool {
        self.sort == "SEEN"
    }

    /// The agent that this key of an agent or its last sign of life is of.
    pub(crate) fn agent_id(&self) -> Option<AgentId> {
        self.partition.strip_prefix("AGENT#")?.parse().ok()
    }
}
