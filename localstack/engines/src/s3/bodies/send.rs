//! Streams a body from its files into a response.
//!
//! Invariant: one chunk is being read while the one before it is being sent, and no more; reading happens on blocking
//! threads.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::pin::Pin as Pinned;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures::Stream;
use s3s::StdError;
use s3s::stream::{ByteStream, RemainingLength};
use tokio::task::JoinHandle;

use super::{Bodies, FileId, Pin};

/// What one read takes: 256 KiB reach the speed of larger ones.
const CHUNK_BYTES: u64 = 256 * 1024;

/// A stretch of one file that is still to be sent.
pub(crate) struct Span {
    /// The file.
    pub(crate) id: FileId,
    /// The file, where it is open already.
    pub(crate) file: Option<Arc<File>>,
    /// The first byte.
    pub(crate) from: u64,
    /// The number of bytes.
    pub(crate) len: u64,
}

/// A file, and a chunk that was read from it.
type Read = (Arc<File>, Bytes);

/// The rest of a body.
pub(crate) struct FileBody {
    bodies: Bodies,
    todo: VecDeque<Span>,
    reading: Option<JoinHandle<io::Result<Read>>>,
    left: u64,
    /// Keeps the files that are not open yet.
    _pin: Option<Pin>,
}

impl FileBody {
    /// A body made of `spans` in this order.
    pub(crate) fn new(bodies: Bodies, spans: Vec<Span>, pin: Option<Pin>) -> Self {
        let todo: VecDeque<Span> = spans.into_iter().filter(|span| span.len > 0).collect();
        let left = todo.iter().map(|span| span.len).sum();
        Self { bodies, todo, reading: None, left, _pin: pin }
    }

    /// Starts on the next chunk, unless all is read.
    fn read_on(&mut self) {
        let Some(span) = self.todo.front() else { return };
        let (id, file, from, len) = (span.id, span.file.clone(), span.from, span.len.min(CHUNK_BYTES));
        let bodies = self.bodies.clone();
        self.reading = Some(tokio::task::spawn_blocking(move || {
            read(&bodies, id, file, from, len)
                .inspect_err(|e| tracing::error!(file = %id, error = %e, "could not read the body of an object"))
        }));
    }

    /// Notes that the chunk at the front has been read from `file`.
    fn advance(&mut self, file: Arc<File>, read: u64) {
        self.left -= read;
        let Some(span) = self.todo.front_mut() else { return };
        if span.len == read {
            self.todo.pop_front();
        } else {
            span.file = Some(file);
            span.from += read;
            span.len -= read;
        }
    }
}

fn read(bodies: &Bodies, id: FileId, file: Option<Arc<File>>, from: u64, len: u64) -> io::Result<Read> {
    let file = match file {
        Some(file) => file,
        None => Arc::new(bodies.read(id)?),
    };
    let len = usize::try_from(len).map_err(io::Error::other)?;
    let mut chunk = vec![0; len];
    file.read_exact_at(&mut chunk, from)?;
    Ok((file, chunk.into()))
}

impl Stream for FileBody {
    type Item = Result<Bytes, StdError>;

    fn poll_next(mut self: Pinned<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.reading.is_none() {
            self.read_on();
        }
        let Some(reading) = &mut self.reading else { return Poll::Ready(None) };
        let outcome = ready!(Pinned::new(reading).poll(cx));
        self.reading = None;
        match outcome {
            Ok(Ok((file, chunk))) => {
                self.advance(file, chunk.len() as u64);
                self.read_on();
                Poll::Ready(Some(Ok(chunk)))
            }
            Ok(Err(e)) => {
                self.todo.clear();
                Poll::Ready(Some(Err(e.into())))
            }
            Err(e) => {
                self.todo.clear();
                Poll::Ready(Some(Err(e.into())))
            }
        }
    }
}

impl ByteStream for FileBody {
    fn remaining_length(&self) -> RemainingLength {
        RemainingLength::new_exact(usize::try_from(self.left).unwrap_or(usize::MAX))
    }
}
