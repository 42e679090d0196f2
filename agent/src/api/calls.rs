//! Every call that an agent makes, with how long it waits and what it does when there is no answer.

use std::time::Duration;

use kraken_protocol::agent::{
    AbandonRequest, ChangeData, ChangedData, ClaimRequest, Claimed, DataNow, EnrolRequest, Enrolled, FindArtifacts, FinishRequest,
    Finished, FoundArtifacts, HeartbeatAnswer, HeartbeatRequest, ReadData, RegisterArtifacts, Session, SessionRequest,
};
use serde::{Serialize, de::DeserializeOwned};

use super::Retry;

/// A request that knows where it goes and what comes back.
pub trait Call: Serialize + Sync {
    /// What comes back.
    type Answer: DeserializeOwned;
    /// Where it goes, below the server's address.
    const PATH: &'static str;
    /// How long one try may take.
    const TIMEOUT: Duration;
    /// When it is tried again.
    const RETRY: Retry;
}

const SHORT: Duration = Duration::from_secs(10);
const LONG: Duration = Duration::from_secs(30);

/// A person waits for it.
impl Call for EnrolRequest {
    type Answer = Enrolled;
    const PATH: &'static str = "api/agent/enrol";
    const TIMEOUT: Duration = SHORT;
    const RETRY: Retry = Retry::for_at_most(Duration::from_secs(60));
}

/// Nothing goes without it.
impl Call for SessionRequest {
    type Answer = Session;
    const PATH: &'static str = "api/agent/session";
    const TIMEOUT: Duration = SHORT;
    const RETRY: Retry = Retry::FOR_EVER;
}

/// An unclaimed job goes back to the queue after half a minute.
impl Call for ClaimRequest {
    type Answer = Claimed;
    const PATH: &'static str = "api/agent/claim";
    const TIMEOUT: Duration = SHORT;
    const RETRY: Retry = Retry::for_at_most(Duration::from_secs(30));
}

/// The next one is due soon; whoever beats decides how long to go on.
impl Call for HeartbeatRequest {
    type Answer = HeartbeatAnswer;
    const PATH: &'static str = "api/agent/heartbeat";
    const TIMEOUT: Duration = SHORT;
    const RETRY: Retry = Retry::for_at_most(Duration::from_secs(5));
}

/// A job that was done must not be done again.
impl Call for FinishRequest {
    type Answer = Finished;
    const PATH: &'static str = "api/agent/finish";
    const TIMEOUT: Duration = SHORT;
    const RETRY: Retry = Retry::FOR_EVER;
}

/// The job waits to be given to somebody else.
impl Call for AbandonRequest {
    type Answer = Finished;
    const PATH: &'static str = "api/agent/abandon";
    const TIMEOUT: Duration = SHORT;
    const RETRY: Retry = Retry::FOR_EVER;
}

/// The step that waits for it has a time limit of its own.
impl Call for RegisterArtifacts {
    type Answer = Finished;
    const PATH: &'static str = "api/agent/artifacts/register";
    const TIMEOUT: Duration = LONG;
    const RETRY: Retry = Retry::FOR_EVER;
}

/// The step that waits for it has a time limit of its own.
impl Call for FindArtifacts {
    type Answer = FoundArtifacts;
    const PATH: &'static str = "api/agent/artifacts/find";
    const TIMEOUT: Duration = LONG;
    const RETRY: Retry = Retry::FOR_EVER;
}

/// The step that waits for it has a time limit of its own.
impl Call for ReadData {
    type Answer = DataNow;
    const PATH: &'static str = "api/agent/data/read";
    const TIMEOUT: Duration = LONG;
    const RETRY: Retry = Retry::FOR_EVER;
}

/// The step that waits for it has a time limit of its own. Repeated, it is done once.
impl Call for ChangeData {
    type Answer = ChangedData;
    const PATH: &'static str = "api/agent/data/change";
    const TIMEOUT: Duration = LONG;
    const RETRY: Retry = Retry::FOR_EVER;
}
