//! `kraken export` and `kraken import`.
//!
//! The file is the server's stream of lines, packed with gzip. It appears under its name only when it is whole: its last line
//! counts what came before.

use std::{
    fs::File,
    io::{BufReader, Read, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use clap::Args;
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use serde_json::{Value, json};

use crate::{
    failure::{Failure, Outcome},
    look::size,
    session::Session,
};

/// Save everything of a server: projects, flows, logs, artifacts, agents, tokens (as hashes)
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The file to make
    file: PathBuf,
}

/// Bring everything that was saved to a new server
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The file that `kraken export` made
    file: PathBuf,
}

/// Bytes that are read from a file at once.
const PIECE: usize = 256 << 10;
/// The last line is short; an export whose end is not in so many bytes has none.
const END_MAX: usize = 256;

/// Saves everything.
pub async fn export(args: &ExportArgs, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let mut answer = client.download("/api/export").await?;
    let failed = |error| Failure::file("write", &args.file, error);
    let folder = args.file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    // There are secrets' hashes in it, and whatever the jobs wrote.
    std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    let mut packed = GzEncoder::new(file, Compression::fast());
    let (mut bytes, mut end) = (0_u64, Vec::new());
    while let Some(piece) = client.piece(&mut answer).await? {
        let piece = piece.as_ref();
        packed.write_all(piece).map_err(failed)?;
        bytes += piece.len() as u64;
        end.extend_from_slice(&piece[piece.len().saturating_sub(END_MAX)..]);
        end.drain(..end.len().saturating_sub(END_MAX));
        session.screen.progress(&format!("exported {}", size(bytes)));
    }
    let counted =
        last_line(&end).ok_or_else(|| Failure::Other("the export was cut off: the server did not send its end; try again".to_owned()))?;
    let file = packed.finish().map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(&args.file).map_err(|error| failed(error.error))?;
    let summary = json!({"file": args.file, "items": counted["items"], "objects": counted["objects"], "bytes": bytes});
    session.screen.answer(&summary, |_| {
        format!("{} records and {} objects, {}, in {}\n", counted["items"], counted["objects"], size(bytes), args.file.display())
    })
}

/// What the stream's last line counts; `None` when it has no such line.
fn last_line(end: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(end.strip_suffix(b"\n")?.rsplit(|byte| *byte == b'\n').next()?).ok()?;
    let line: Value = serde_json::from_str(text).ok()?;
    line.get("end").cloned()
}

/// Brings everything back.
pub async fn import(args: &ImportArgs, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let file = File::open(&args.file).map_err(|error| Failure::file("read", &args.file, error))?;
    // A bounded channel: the file is read no faster than the server takes it in.
    let (sender, receiver) = tokio::sync::mpsc::channel::<std::io::Result<Vec<u8>>>(4);
    let reading = tokio::task::spawn_blocking(move || {
        let mut unpacked = MultiGzDecoder::new(BufReader::new(file));
        loop {
            let mut piece = vec![0; PIECE];
            let sent = match unpacked.read(&mut piece) {
                Ok(0) => return,
                Ok(length) => {
                    piece.truncate(length);
                    sender.blocking_send(Ok(piece))
                }
                Err(error) => sender.blocking_send(Err(error)),
            };
            if sent.is_err() {
                return;
            }
        }
    });
    let pieces = futures::stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|piece| (piece, receiver)) });
    session.screen.progress("importing");
    client.upload("/api/import", "application/x-ndjson", reqwest::Body::wrap_stream(pieces)).await?;
    reading.await.map_err(|error| Failure::Other(format!("the file could not be read: {error}")))?;
    session.screen.answer(&json!({"imported": args.file}), |_| format!("imported {}\n", args.file.display()))
}

#[cfg(test)]
mod tests;
