//! What the spool's own bytes do not say: which lines its members hold and where steps begin, one JSON line for each.
//!
//! Only a restarted agent reads it. It is written when there is a member or a pause, so a job of a few lines never makes one.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
};

use kraken_protocol::log::{LogIndex, Member, StepMark};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Entry {
    Member(Member),
    Step(StepMark),
}

/// The file beside a spool.
pub(super) struct Sidecar {
    path: PathBuf,
    file: Option<File>,
    members: usize,
    steps: usize,
}

impl Sidecar {
    pub(super) fn beside(spool: &Path) -> Self {
        Self { path: path(spool), file: None, members: 0, steps: 0 }
    }

    /// Writes what is new in `index`.
    pub(super) fn keep(&mut self, index: &LogIndex) -> io::Result<()> {
        let mut lines = Vec::new();
        for step in &index.steps[self.steps..] {
            serde_json::to_writer(&mut lines, &Entry::Step(step.clone()))?;
            lines.push(b'\n');
        }
        for member in &index.members[self.members..] {
            serde_json::to_writer(&mut lines, &Entry::Member(member.clone()))?;
            lines.push(b'\n');
        }
        if !lines.is_empty() {
            if self.file.is_none() {
                self.file = Some(File::create(&self.path)?);
            }
            if let Some(file) = &mut self.file {
                file.write_all(&lines)?;
            }
        }
        (self.members, self.steps) = (index.members.len(), index.steps.len());
        Ok(())
    }

    /// What was kept beside `spool`; nothing if nothing was. A line that was half written is left out.
    pub(super) fn read(spool: &Path) -> io::Result<LogIndex> {
        let mut index = LogIndex::default();
        let file = match File::open(path(spool)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(index),
            Err(error) => return Err(error),
        };
        for line in BufReader::new(file).split(b'\n') {
            match serde_json::from_slice(&line?) {
                Ok(Entry::Member(member)) => {
                    index.lines += u64::from(member.lines);
                    index.members.push(member);
                }
                Ok(Entry::Step(step)) => index.steps.push(step),
                Err(_) => break,
            }
        }
        Ok(index)
    }

    /// Removes it; that there is none is fine.
    pub(super) fn remove(spool: &Path) -> io::Result<()> {
        match std::fs::remove_file(path(spool)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn path(spool: &Path) -> PathBuf {
    let mut name = spool.as_os_str().to_owned();
    name.push(".index");
    name.into()
}
