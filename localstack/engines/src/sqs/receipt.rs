//! Receipt handles: which delivery of which message the holder may delete or keep.
//!
//! Invariant: a new delivery makes all earlier handles of the message stale, because the handle holds the delivery's
//! number. Nothing is stored for a handle.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::fault::{Fault, FaultKind};

/// One delivery of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Receipt {
    /// The queue's row.
    pub(super) queue: i64,
    /// The message's row.
    pub(super) seq: i64,
    /// The how-manieth delivery, from 1.
    pub(super) delivery: i64,
    /// The message's id, because rows may be used again.
    pub(super) message: String,
}

impl Receipt {
    pub(super) fn encode(&self) -> String {
        let Self { queue, seq, delivery, message } = self;
        URL_SAFE_NO_PAD.encode(format!("{queue} {seq} {delivery} {message}"))
    }

    pub(super) fn decode(handle: &str) -> Result<Self, Fault> {
        if handle.is_empty() {
            return Err(Fault::missing("ReceiptHandle"));
        }
        Self::parse(handle).ok_or_else(|| invalid(handle))
    }

    fn parse(handle: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(handle).ok()?).ok()?;
        let mut parts = text.split(' ');
        let receipt = Self {
            queue: parts.next()?.parse().ok()?,
            seq: parts.next()?.parse().ok()?,
            delivery: parts.next()?.parse().ok()?,
            message: parts.next()?.to_owned(),
        };
        parts.next().is_none().then_some(receipt)
    }
}

pub(super) fn invalid(handle: &str) -> Fault {
    Fault::new(FaultKind::ReceiptHandleIsInvalid, format!("The input receipt handle \"{handle}\" is not a valid receipt handle."))
}
