//! Takes in the body of a request: small ones into memory, for the catalogue; all others straight into a file.
//!
//! Invariant: at most two batches of a body are in memory, one arriving while the other is digested and written on a
//! blocking thread. Whatever way this ends, an unfinished file is removed.

use std::fs::File;
use std::io::{self, Write};

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use s3s::StdError;
use s3s::dto::StreamingBlob;
use tokio::task::{JoinError, JoinHandle};

use super::{Bodies, Fresh};
use crate::s3::digests::{Digests, Found};

/// Bodies up to this size may live in the catalogue: one sync instead of three.
const INLINE_BYTES: usize = 16 * 1024;

/// What is gathered before it goes to a blocking thread. Large enough that the hop costs little, small enough that
/// hundreds of uploads fit into memory.
const BATCH_BYTES: usize = 256 * 1024;

/// How to take in a body.
pub(crate) struct Plan {
    /// What to compute on the way.
    pub(crate) digests: Digests,
    /// Whether a small body may stay in memory.
    pub(crate) inline: bool,
    /// The most bytes to accept.
    pub(crate) limit: u64,
}

/// A body that has arrived and, as a file, is durable.
pub(crate) struct Received {
    pub(crate) stored: Stored,
    pub(crate) size: u64,
    pub(crate) found: Found,
}

/// Where the body is.
pub(crate) enum Stored {
    Inline(Bytes),
    File(Fresh),
}

/// Why a body was not taken in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReceiveError {
    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the body broke off or failed its signature: {0}")]
    Stream(StdError),
    #[error("the body could not be stored: {0}")]
    Io(#[from] io::Error),
    #[error("the process is shutting down")]
    Stopped(#[from] JoinError),
}

/// Reads `body` to its end.
pub(crate) async fn receive(mut body: StreamingBlob, plan: Plan, bodies: &Bodies) -> Result<Received, ReceiveError> {
    let Plan { digests, inline, limit } = plan;
    let mut pump = Pump::Idle(Box::new(Writer { file: None, digests, bodies: bodies.clone() }));
    let mut batch = Vec::new();
    let mut batch_bytes = 0;
    let mut size = 0;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(ReceiveError::Stream)?;
        size += chunk.len() as u64;
        if size > limit {
            return Err(ReceiveError::TooLarge { limit });
        }
        batch_bytes += chunk.len();
        batch.push(chunk);
        if batch_bytes >= BATCH_BYTES {
            pump = pump.push(std::mem::take(&mut batch)).await?;
            batch_bytes = 0;
        }
    }
    let mut writer = pump.into_writer().await?;
    if inline && writer.file.is_none() && batch_bytes <= INLINE_BYTES {
        let content = join(batch, batch_bytes);
        writer.digests.update(&content);
        return Ok(Received { stored: Stored::Inline(content), size, found: writer.digests.finish() });
    }
    Ok(tokio::task::spawn_blocking(move || logged(writer.finish(&batch, size))).await??)
}

/// The chunks as one piece; without a copy when there is only one.
fn join(mut chunks: Vec<Bytes>, len: usize) -> Bytes {
    if chunks.len() == 1 {
        return chunks.swap_remove(0);
    }
    let mut joined = BytesMut::with_capacity(len);
    for chunk in chunks {
        joined.extend_from_slice(&chunk);
    }
    joined.freeze()
}

/// A writer, or the task that it is busy on.
enum Pump {
    Idle(Box<Writer>),
    Busy(JoinHandle<io::Result<Box<Writer>>>),
}

impl Pump {
    async fn into_writer(self) -> Result<Box<Writer>, ReceiveError> {
        match self {
            Self::Idle(writer) => Ok(writer),
            Self::Busy(task) => Ok(task.await??),
        }
    }

    /// Waits for the batch before and starts on this one.
    async fn push(self, batch: Vec<Bytes>) -> Result<Self, ReceiveError> {
        let writer = self.into_writer().await?;
        Ok(Self::Busy(tokio::task::spawn_blocking(move || logged(writer.write(&batch)))))
    }
}

/// Digests and writes; blocks. A writer that is dropped takes its file with it.
struct Writer {
    file: Option<(File, Fresh)>,
    digests: Digests,
    bodies: Bodies,
}

impl Writer {
    fn write(mut self: Box<Self>, batch: &[Bytes]) -> io::Result<Box<Self>> {
        if self.file.is_none() {
            self.file = Some(self.bodies.create()?);
        }
        if let Some((file, _)) = &mut self.file {
            for chunk in batch {
                self.digests.update(chunk);
                file.write_all(chunk)?;
            }
        }
        Ok(self)
    }

    fn finish(self: Box<Self>, batch: &[Bytes], size: u64) -> io::Result<Received> {
        let Self { file, digests, bodies } = *self.write(batch)?;
        let (file, fresh) = file.ok_or_else(|| io::Error::other("the body has no file"))?;
        file.sync_data()?;
        bodies.seal(fresh.id())?;
        Ok(Received { stored: Stored::File(fresh), size, found: digests.finish() })
    }
}

/// Disk errors are told to the operator here: the request around it only learns that it failed.
fn logged<T>(outcome: io::Result<T>) -> io::Result<T> {
    outcome.inspect_err(|e| tracing::error!(error = %e, "could not store the body of an object"))
}
