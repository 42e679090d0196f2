//! Use cases: load → decide (domain) → commit, one file per command, one per reconciler.
//!
//! Nothing here decides by itself: the domain does, on what was read, and the commit holds only if that is still so. Commands and
//! reconcilers may run twice, late, at the same time, or die half-way; what is left undone is found by the next tick.

mod again;
pub mod agents;
pub mod artifacts;
pub mod audit;
pub mod changes;
mod clock;
pub mod data;
mod diagnostics;
mod effects;
mod error;
pub mod flows;
mod heap;
mod ids;
pub mod lists;
pub mod logs;
pub mod notices;
pub mod overview;
mod queue;
pub mod reconcile;
mod repos;
pub mod setup;
mod spec;
mod tell;
pub mod transfer;
pub mod webhooks;

use std::sync::Arc;

pub use clock::Clock;
pub use error::ControlError;
pub use heap::on_heap;
pub use ids::Ids;
pub use spec::Spec;

pub use kraken_domain::{job::Outcome, news::Measure};

use kraken_cloud::{Bus, CredentialSource, Objects, Queues, Sealer};
use kraken_store::Store;

/// Everything that use cases work with. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Control {
    /// The table.
    pub store: Store,
    /// The object store.
    pub objects: Objects,
    /// The queues.
    pub queues: Queues,
    /// Who hands out credentials to agents.
    pub credentials: CredentialSource,
    /// What time it is.
    pub clock: Clock,
    /// Where new ids come from.
    pub ids: Ids,
    /// What can be set.
    pub settings: Arc<Settings>,
    /// Who seals and opens secrets; in functions that have no business with them, nobody.
    pub sealer: Sealer,
    /// The bus that is told what happened. `None`: somebody else tells.
    pub bus: Option<Bus>,
    /// Where logs are searched. `None`: nowhere, so searching reads the logs themselves.
    pub search: Option<Arc<dyn kraken_search::LogSearch>>,
    /// Who looks into repositories. `None`: nobody here.
    pub repos: Option<kraken_repos::Repos>,
    /// Since when this process is at it.
    pub started_at: kraken_domain::Timestamp,
    /// Before this, no lease is over: nobody could be reached to renew it. `None`: somebody always could.
    pub leases_hold_until: Option<kraken_domain::Timestamp>,
    pub(crate) known: Arc<spec::Known>,
}

/// Where the control plane is at home.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Home {
    /// In one process with everything that it needs.
    #[default]
    Local,
    /// Functions on AWS.
    Aws,
}

impl Home {
    /// The name that the API uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Aws => "aws",
        }
    }
}

/// What can be set about the control plane.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where this is.
    pub home: Home,
    /// How often agents do what.
    pub intervals: kraken_protocol::agent::Intervals,
    /// Seconds that an agent's credentials last.
    pub credentials_s: i64,
    /// Bytes that an answer may have, escaped as a text of JSON; `None`: any number.
    pub answer_bytes_max: Option<usize>,
    /// Seconds without a heartbeat after which an agent counts as silent: more than two that are missed.
    pub silent_after_s: i64,
    /// Whether a flow's start is told by a wake-up of its own. Else it is told with the first that happens to it, or by the tick.
    pub tell_starts: bool,
    /// Where people find the web UI, unless an administrator says otherwise; without a slash at its end.
    pub public_url: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            home: Home::default(),
            intervals: kraken_protocol::agent::Intervals {
                heartbeat_s: 15,
                idle_heartbeat_s: 15,
                poll_wait_s: 20,
                log_flush_ms: 1000,
                lease_s: 60,
                own_log_s: 30,
            },
            credentials_s: 3600,
            answer_bytes_max: None,
            silent_after_s: kraken_domain::agent::SILENT_AFTER_S,
            tell_starts: false,
            public_url: None,
        }
    }
}

impl Control {
    /// When a lease that began now would be over.
    pub fn lease_from_now(&self) -> kraken_domain::Timestamp {
        agents::later(self.clock.now(), i64::from(self.settings.intervals.lease_s))
    }

    /// Puts the parts together.
    pub fn new(store: Store, objects: Objects, queues: Queues, credentials: CredentialSource, clock: Clock, settings: Settings) -> Self {
        Self {
            started_at: clock.now(),
            store,
            objects,
            queues,
            credentials,
            clock,
            ids: Ids::default(),
            settings: Arc::new(settings),
            sealer: Sealer::nobody(),
            bus: None,
            search: None,
            repos: None,
            leases_hold_until: None,
            known: Arc::default(),
        }
    }

    /// The same with somebody who seals and opens secrets.
    #[must_use]
    pub fn with_sealer(mut self, sealer: Sealer) -> Self {
        self.sealer = sealer;
        self
    }
}
