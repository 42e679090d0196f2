//! Removes files that no row names any more, on a thread of its own: unlinking a large file takes milliseconds that
//! neither a request nor the next commit should wait for. What is left undone at the end is an orphan and is swept at
//! the next open.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};

use super::pins::Pins;
use super::{FileId, path_of};

/// Starts the thread. It ends when the last sender is dropped.
pub(super) fn start(root: Arc<Path>, pins: Arc<Pins>) -> io::Result<Sender<FileId>> {
    let (unwanted, inbox) = channel::<FileId>();
    std::thread::Builder::new().name("s3-reclaim".to_owned()).spawn(move || {
        for id in inbox {
            if pins.defers(id) {
                continue;
            }
            match std::fs::remove_file(path_of(&root, id)) {
                Err(e) if e.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(file = %id, error = %e, "could not remove the body of a deleted object; the next start tries again");
                }
                _ => {}
            }
        }
    })?;
    Ok(unwanted)
}
