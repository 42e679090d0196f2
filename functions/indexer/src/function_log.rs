//! What functions logged, as CloudWatch brings it. Source: CloudWatch Logs User Guide, "Log group-level subscription filters".

use std::io::Read;

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::read::GzDecoder;
use jiff::Timestamp;
use serde::Deserialize;

use crate::{
    IndexError, Indexer,
    filing::Filing,
    line::{self, Writer},
};

/// CloudWatch sends far less at once; unpacked, a delivery is cut here.
const UNPACKED_MAX: u64 = 64 << 20;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivery {
    /// `CONTROL_MESSAGE` only tries whether somebody listens.
    message_type: String,
    #[serde(default)]
    log_group: String,
    #[serde(default)]
    log_stream: String,
    #[serde(default)]
    log_events: Vec<Logged>,
}

#[derive(Debug, Deserialize)]
struct Logged {
    id: String,
    /// Milliseconds since 1970.
    timestamp: i64,
    message: String,
}

impl Indexer {
    /// Indexes one delivery: `data` is base64 of gzip of JSON. One that comes twice has the same first and last events.
    ///
    /// # Errors
    /// [`IndexError`]: bring it again.
    pub async fn function_log(&self, data: &str) -> Result<(), IndexError> {
        let delivery = unpacked(data)?;
        let (Some(first), Some(last)) = (delivery.log_events.first(), delivery.log_events.last()) else { return Ok(()) };
        if delivery.message_type != "DATA_MESSAGE" {
            return Ok(());
        }
        let Delivery { log_group, log_stream, .. } = &delivery;
        let origin = format!("{log_group}/{log_stream}/{}/{}", first.id, last.id);
        let writer = Writer { service: Some(log_group.rsplit('/').next().unwrap_or_default().to_owned()), agent: None };
        let mut filing = Filing::new(&*self.search, origin, time(last));
        for event in delivery.log_events.iter().filter(|event| !is_metric(&event.message)) {
            filing.add(line::entry(event.message.trim_end().as_bytes(), &writer, time(event))).await?;
        }
        filing.finish().await.map(drop)
    }
}

/// Numbers for CloudWatch, in its embedded metric format: nothing to read.
fn is_metric(line: &str) -> bool {
    line.starts_with('{') && line.contains("\"_aws\":")
}

fn time(event: &Logged) -> Timestamp {
    Timestamp::from_millisecond(event.timestamp).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn unpacked(data: &str) -> Result<Delivery, IndexError> {
    let wrong = |what: &str, why: String| IndexError::NoMessage(format!("what functions logged is not {what}: {why}"));
    let packed = STANDARD.decode(data).map_err(|error| wrong("base64", error.to_string()))?;
    let mut json = Vec::new();
    GzDecoder::new(&packed[..]).take(UNPACKED_MAX).read_to_end(&mut json).map_err(|error| wrong("gzip", error.to_string()))?;
    serde_json::from_slice(&json).map_err(|error| wrong("a delivery of CloudWatch", error.to_string()))
}

#[cfg(test)]
mod tests;
