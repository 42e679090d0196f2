//! Somebody who subscribed to all that happens.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use kraken_engines::bus::{Event, Pattern, Subscription};
use serde_json::Value;

use crate::{Home, wait_until};

/// Hears every event as long as it lives.
#[derive(Debug)]
pub struct Hearer {
    heard: Arc<Mutex<Vec<Event>>>,
    _subscription: Subscription,
}

impl Hearer {
    /// Subscribes to the bus of a home.
    ///
    /// # Errors
    /// When the server is stopped or its bus fails.
    pub async fn of(home: &Home) -> Result<Self> {
        let heard = Arc::<Mutex<Vec<Event>>>::default();
        let hears = Arc::clone(&heard);
        let handler = move |event| {
            hears.lock().unwrap_or_else(PoisonError::into_inner).push(event);
            async { Ok::<(), String>(()) }
        };
        let subscription = home.server()?.bus().subscribe("hearer", Pattern::all(), handler).await?;
        Ok(Self { heard, _subscription: subscription })
    }

    /// The details of what was heard so far, in order.
    pub fn heard(&self) -> Vec<Value> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|event| event.detail.clone()).collect()
    }

    /// What was heard of that kind.
    pub fn of_kind(&self, kind: &str) -> Vec<Value> {
        self.heard().into_iter().filter(|event| event["event"] == kind).collect()
    }

    /// Waits until so many of that kind were heard.
    ///
    /// # Errors
    /// When that does not happen.
    pub async fn hears(&self, count: usize, kind: &str) -> Result<()> {
        wait_until(&format!("{count} of {kind}"), async || Ok(self.of_kind(kind).len() == count)).await
    }
}
