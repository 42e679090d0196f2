//! Sends parcels: requests and mails, each within bounds of time and size.
//!
//! Invariants: nothing that a far side says or does is worse than an answer of "later"; no reason given here shows an address, a header or a
//! body that was sent, for each may hold a secret; no redirect is followed, for what is sent is meant for one address.

mod http;
mod mail;
mod reach;

use kraken_control::notices::{Parcel, Sender};
use kraken_domain::notice::Answer;

pub use reach::Reach;

/// The way out.
#[derive(Clone, Debug)]
pub struct Post {
    client: reqwest::Client,
    reach: Reach,
}

/// The way out could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("no connection to other servers can be made: {0}")]
pub struct NoWayOut(String);

impl Post {
    /// Opens the way out to where `reach` lets it.
    ///
    /// # Errors
    /// [`NoWayOut`] when this machine has no roots of trust.
    pub fn new(reach: Reach) -> Result<Self, NoWayOut> {
        Ok(Self { client: http::client(reach, http::WITHIN).map_err(NoWayOut)?, reach })
    }
}

impl Sender for Post {
    async fn send(&self, parcel: Parcel) -> Answer {
        match parcel {
            Parcel::Http { request, credentials, from } => http::send(&self.client, self.reach, request, credentials, from).await,
            Parcel::Mail { server, to, key, mail } => mail::send(&server, &to, &key, mail).await,
            Parcel::Never(why) => Answer::Never(why),
        }
    }
}
