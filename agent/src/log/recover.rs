//! Brings back the log of a job whose agent died.
//!
//! The members that ended stay as they were; what of the last one reached the disk is unpacked as far as it goes and ended. The
//! spool is only replaced when that is done, so dying again in between loses nothing.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use flate2::read::MultiGzDecoder;
use jiff::Timestamp;
use kraken_protocol::log::LogIndex;

use super::{
    sidecar::Sidecar,
    writer::{LogWriter, Snapshot},
};

/// Ends the log whose spool is at `path`, with `last_words` on a line of their own. That there is no spool is an empty log.
///
/// # Errors
/// When the spool cannot be read or written; it is as it was then.
pub fn recover(path: &Path, last_words: &str, now: Timestamp) -> io::Result<Snapshot> {
    let mut spool = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            File::create(path)?;
            File::open(path)?
        }
        other => other?,
    };
    let index = ended_members(path, &mut spool)?;
    let ended = index.members.last().map_or(0, |last| last.offset + last.length);
    let read_at = spool.metadata()?.modified().ok().and_then(|time| Timestamp::try_from(time).ok()).unwrap_or(now);

    let fresh_path = path.with_extension("recovered");
    let mut fresh = File::create(&fresh_path)?;
    spool.seek(SeekFrom::Start(0))?;
    io::copy(&mut (&mut spool).take(ended), &mut fresh)?;
    let mut writer = LogWriter::continued(&fresh_path, fresh, index);
    let mut unpacked = MultiGzDecoder::new(spool);
    let mut chunk = vec![0; 64 << 10];
    // Where the packed bytes stop making sense is where the agent died.
    while let Ok(length @ 1..) = unpacked.read(&mut chunk) {
        writer.write(&chunk[..length], read_at)?;
    }
    writer.end_line()?;
    writer.write(last_words.as_bytes(), now)?;
    let log = writer.finish()?;
    std::fs::rename(&fresh_path, path)?;
    Sidecar::remove(&fresh_path)?;
    Ok(log)
}

/// What the sidecar knows, as far as the spool has it.
fn ended_members(path: &Path, spool: &mut File) -> io::Result<LogIndex> {
    let length = spool.metadata()?.len();
    let mut index = Sidecar::read(path)?;
    index.members.retain(|member| member.offset + member.length <= length);
    index.lines = 0;
    for member in &index.members {
        index.lines += u64::from(member.lines);
        // A gzip member ends with the length of what it holds.
        let mut size = [0; 4];
        spool.seek(SeekFrom::Start(member.offset + member.length - 4))?;
        spool.read_exact(&mut size)?;
        index.bytes += u64::from(u32::from_le_bytes(size));
    }
    Ok(index)
}

/// Removes a spool and what belongs to it. That there is none is fine.
///
/// # Errors
/// When a file cannot be removed.
pub fn discard(path: &Path) -> io::Result<()> {
    Sidecar::remove(path)?;
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
