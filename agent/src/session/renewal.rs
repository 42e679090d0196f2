//! Keeps the session alive.

use std::time::Duration;

use jiff::Timestamp;
use kraken_domain::agent::HostFacts;
use kraken_protocol::agent::{Session, SessionRequest};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep_until},
};

use super::{Cloud, ServerClock};
use crate::api::{Api, ApiError};

/// Credentials that the cloud refuses are not renewed more often than this: they may be refused for another reason.
const RENEWALS_APART: Duration = Duration::from_secs(5);

/// Asks for sessions.
pub struct Sessions {
    api: Api,
    installation: String,
    facts: Box<dyn Fn() -> HostFacts + Send + Sync>,
    clock: ServerClock,
    refused: Notify,
}

impl Sessions {
    /// Will speak for this installation. `facts` says what the host is like at the moment.
    pub fn new(api: Api, installation: String, facts: impl Fn() -> HostFacts + Send + Sync + 'static) -> Self {
        Self { api, installation, facts: Box::new(facts), clock: ServerClock::default(), refused: Notify::new() }
    }

    /// The server's clock.
    pub fn clock(&self) -> &ServerClock {
        &self.clock
    }

    /// Says that the cloud refused the credentials, so that they are renewed before their time.
    pub fn report_refused(&self) {
        self.refused.notify_one();
    }

    /// Asks for a session.
    ///
    /// # Errors
    /// What the server refused. It is asked until it can be reached.
    pub async fn ask(&self) -> Result<Session, ApiError> {
        let request = SessionRequest { facts: (self.facts)(), installation: self.installation.clone(), probe: false };
        let session = self.api.call(&request).await?;
        if let Some(off) = self.clock.learn(session.server_time, Timestamp::now()) {
            tracing::warn!(off_ms = off.as_millis(), "this host's clock is off; signing with the server's time");
        }
        Ok(session)
    }

    /// Looks whether a session can be had, beside an agent that may be running, and makes its clients.
    ///
    /// # Errors
    /// What the server refused, or why it cannot be reached.
    pub async fn probe(&self) -> Result<Cloud, ApiError> {
        let request = SessionRequest { facts: (self.facts)(), installation: self.installation.clone(), probe: true };
        Ok(Cloud::new(self.api.once(&request).await?, &self.clock))
    }

    /// Asks for a session and makes its clients, keeping those of `before` where they fit.
    ///
    /// # Errors
    /// What the server refused.
    pub async fn cloud(&self, before: Option<&Cloud>) -> Result<Cloud, ApiError> {
        let session = self.ask().await?;
        Ok(match before {
            Some(before) => before.renewed(session, &self.clock),
            None => Cloud::new(session, &self.clock),
        })
    }
}

/// How long after its beginning a session is renewed: after two thirds of its credentials' life, by the server's clock alone.
fn renew_after(session: &Session) -> Duration {
    let life_s = session.credentials.expires.as_second() - session.server_time.as_second();
    Duration::from_secs(life_s.max(0).unsigned_abs() * 2 / 3).max(RENEWALS_APART)
}

/// Renews the session for as long as somebody uses it.
///
/// # Errors
/// What the server refused for good.
pub async fn keep_renewing(sessions: &Sessions, newest: &watch::Sender<Cloud>) -> Result<(), ApiError> {
    let mut begun = Instant::now();
    loop {
        let due = begun + renew_after(newest.borrow().session());
        tokio::select! {
            () = sleep_until(due) => {}
            () = sessions.refused.notified() => sleep_until(begun + RENEWALS_APART).await,
        }
        let before = newest.borrow().clone();
        match sessions.cloud(Some(&before)).await {
            Ok(cloud) => {
                begun = Instant::now();
                newest.send_replace(cloud);
                tracing::debug!("session renewed");
            }
            Err(error) if error.is_final() => return Err(error),
            Err(error) => {
                begun = Instant::now();
                tracing::warn!(%error, "the session cannot be renewed yet");
            }
        }
    }
}
