//! Forgetting the entries of single flows: at once for searches, and off the disk when their segments are written anew.
//!
//! Invariants: what was forgotten stays forgotten after a restart, because the note of it is on disk before anything goes. An entry keeps
//! its number and its origin, so that cursors stay good and what comes again is still known. The note itself goes when no segment
//! has anything of the flow any more.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use kraken_search::{Level, SearchError, Source};

use super::block::{Block, Context};
use super::seal::{seal_anew, sync_directory};
use super::segment::{Scratch, Segment};
use super::store::Store;
use super::words::{Field, exact};

/// The file that holds the notes, a line each: the flow, and the number up to which its entries are forgotten.
const GONE: &str = "gone";

/// The service of an entry of which nothing is left but its number. No program has such a name.
const NOBODY: &str = "\u{0}";

/// Segments that one call writes anew: some seconds.
const ANEW_AT_ONCE: usize = 32;

static NOTHING: LazyLock<Arc<Source>> = LazyLock::new(|| Arc::new(Source { service: NOBODY.to_owned(), ..Source::default() }));

/// The flows whose entries are forgotten, each with the number of the first entry that is not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Gone(HashMap<String, u64>);

impl Gone {
    /// Entries of this source with smaller numbers are forgotten.
    pub(super) fn before(&self, source: &Source) -> u64 {
        if source.service == NOBODY {
            return u64::MAX;
        }
        source.flow.as_ref().and_then(|flow| self.0.get(flow)).copied().unwrap_or(0)
    }

    /// The notes that the last process left.
    pub(super) fn read(directory: &Path) -> io::Result<Self> {
        let text = match std::fs::read_to_string(directory.join(GONE)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            text => text?,
        };
        let wrong = |line: &str| io::Error::new(io::ErrorKind::InvalidData, format!("{GONE}: {line:?} is no flow and number"));
        let note = |line: &str| -> io::Result<(String, u64)> {
            let (flow, number) = line.split_once(' ').ok_or_else(|| wrong(line))?;
            Ok((flow.to_owned(), number.parse().map_err(|_| wrong(line))?))
        };
        Ok(Self(text.lines().map(note).collect::<io::Result<_>>()?))
    }

    fn write(&self, directory: &Path) -> io::Result<()> {
        let beside = directory.join("gone.new");
        let mut file = BufWriter::new(File::create(&beside)?);
        for (flow, number) in &self.0 {
            writeln!(file, "{flow} {number}")?;
        }
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        std::fs::rename(&beside, directory.join(GONE))?;
        sync_directory(directory)
    }
}

/// Forgets all entries of a flow that are stored now.
pub(super) fn forget(store: &Store, flow: &str) -> Result<(), SearchError> {
    if flow.is_empty() || flow.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(SearchError::Query(format!("flow {flow:?}: expected an id")));
    }
    let _alone = store.alone();
    let (mut gone, next) = {
        let state = store.state();
        ((*state.gone).clone(), state.open.next())
    };
    gone.0.insert(flow.to_owned(), next);
    gone.write(&store.directory).map_err(|error| SearchError::Unavailable(format!("cannot note what to forget: {error}")))?;
    store.state().gone = Arc::new(gone);
    Ok(())
}

/// Takes what was forgotten off the disk, some segments at a time.
pub(super) fn clear(store: &Store) -> io::Result<()> {
    let _alone = store.alone();
    let (gone, sealed, unsealed) = {
        let state = store.state();
        (Arc::clone(&state.gone), state.sealed.clone(), state.first_unsealed())
    };
    let (mut anew, mut all) = (0, true);
    for segment in &sealed {
        let flows = gone.0.iter().filter(|(_, before)| **before > segment.index.entries.0);
        let flows: Vec<u64> = flows.map(|(flow, _)| exact(Field::Flow, flow)).collect();
        if flows.is_empty() {
            continue;
        }
        if anew == ANEW_AT_ONCE {
            all = false;
            break;
        }
        match without(store, segment, &gone, &flows) {
            Ok(written) => anew += usize::from(written),
            // Dropped meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                all = false;
                tracing::warn!(path = %segment.path.display(), %error, "what was forgotten cannot be taken out of a log segment now");
            }
        }
    }
    let left =
        Gone(gone.0.iter().filter(|(_, before)| !all || **before > unsealed).map(|(flow, before)| (flow.clone(), *before)).collect());
    if left != *gone {
        left.write(&store.directory)?;
        store.state().gone = Arc::new(left);
    }
    Ok(())
}

/// Writes a segment anew without what is gone; says whether it had any of it.
fn without(store: &Store, segment: &Arc<Segment>, gone: &Gone, flows: &[u64]) -> io::Result<bool> {
    let reader = segment.reader()?;
    let mut may_hold = false;
    for flow in flows {
        may_hold |= reader.may_hold(&[*flow])?;
    }
    if !may_hold {
        return Ok(false);
    }
    let (mut scratch, mut blocks, mut changed) = (Scratch::new()?, Vec::with_capacity(segment.index.blocks.len()), false);
    for number in 0..segment.index.blocks.len() {
        let Some(block) = reader.block(number, &mut scratch, |_| true)? else { continue };
        let emptied = emptied(&block, gone);
        changed |= emptied.is_some();
        blocks.push(Arc::new(emptied.unwrap_or(block)));
    }
    if !changed {
        return Ok(false);
    }
    let written = Arc::new(seal_anew(&store.directory, &blocks, segment)?);
    let mut state = store.state();
    match state.sealed.iter_mut().find(|one| Arc::ptr_eq(one, segment)) {
        Some(place) => {
            *place = written;
            // Searches that began before go on reading it.
            segment.supersede();
        }
        // Dropped meanwhile.
        None => written.supersede(),
    }
    Ok(true)
}

/// The block without the entries that are gone: they keep their numbers and times. `None`: it has none of them.
fn emptied(block: &Block, gone: &Gone) -> Option<Block> {
    let before: Vec<u64> = block.contexts.iter().map(|context| gone.before(&context.source)).collect();
    let is_gone = |index: usize, context: u32| block.first + (index as u64) < before[context as usize];
    // What is empty already needs no second time.
    let was = |context: u32| block.contexts[context as usize].source.service == NOBODY;
    if !block.lines.iter().enumerate().any(|(index, line)| is_gone(index, line.context) && !was(line.context)) {
        return None;
    }
    let mut left = Block { first: block.first, contexts: Vec::new(), lines: Vec::with_capacity(block.lines.len()), ..Block::default() };
    let mut known: HashMap<Option<u32>, u32> = HashMap::new();
    for (index, line) in block.lines.iter().enumerate() {
        let kept = (!is_gone(index, line.context)).then_some(line.context);
        let contexts = &mut left.contexts;
        let context = *known.entry(kept).or_insert_with(|| {
            contexts.push(match kept {
                Some(context) => block.contexts[context as usize].clone(),
                None => Context { level: Level::Debug, source: Arc::clone(&NOTHING) },
            });
            contexts.len() as u32 - 1
        });
        if kept.is_some() {
            left.text.extend_from_slice(&block.text[block.span(index)]);
        }
        let end = left.text.len() as u32;
        left.text.push(b'\n');
        left.lines.push(super::block::Line { context, end, ..*line });
    }
    left.runs.clone_from(&block.runs);
    Some(left)
}

#[cfg(test)]
mod tests;
