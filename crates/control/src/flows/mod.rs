//! Flows and what is in them: starting, cancelling, repeating.

mod arguments;
mod audience;
mod begin;
mod cancel;
pub(crate) mod context;
mod create_run;
mod default_group;
mod prepare;
mod promise;
mod release;
mod rerun;
mod rerun_newest;
mod rerun_order;
pub(crate) mod seen_data;
mod since_green;
mod start;
mod waiting;

pub use start::StartFlow;
pub(crate) use start::new_run;

use kraken_domain::{FlowId, RunId, flow::Flow, run::Run};
use kraken_store::Versioned;

use crate::{Control, ControlError};

impl Control {
    /// A flow; one that is being removed is none any more.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn flow(&self, id: FlowId) -> Result<Versioned<Flow>, ControlError> {
        let found = self.store.flow(id).await?.filter(|flow| flow.retention.going_since.is_none());
        found.ok_or_else(|| ControlError::not_found("flow", id))
    }

    /// A run.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn run(&self, id: RunId) -> Result<Versioned<Run>, ControlError> {
        self.store.run(id).await?.ok_or_else(|| ControlError::not_found("run", id))
    }
}
