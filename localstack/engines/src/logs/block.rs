//! A few thousand entries in a row: the unit of compression, of the line index and of the journal.
//!
//! Texts lie end to end, each followed by a line feed, so that one pass searches them all; what else an entry has
//! lies apart, with each source written once. Invariant: a decoded block has every line inside its text, and every line
//! in one run.

use std::collections::HashMap;
use std::sync::Arc;

use kraken_search::{Entry, Level, Source};

use super::origins::{Origin, Run};
use super::time::{nanoseconds, timestamp};
use super::varint::{Reader, put, put_text, unzigzag, zigzag};

/// Added to the level of each context: the block has projects, branches and runs. Blocks written before those were kept
/// have plain levels.
const WITH_ORIGINS: u64 = 16;

/// What entries share: a level and a source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Context {
    pub(super) level: Level,
    pub(super) source: Arc<Source>,
}

/// One entry without its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// Nanoseconds since 1970.
    pub(super) time: i64,
    /// Index into the block's contexts.
    pub(super) context: u32,
    /// Where its text ends; the line feed comes next.
    pub(super) end: u32,
}

/// Entries with consecutive numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// The number of the first entry.
    pub(super) first: u64,
    pub(super) contexts: Vec<Context>,
    pub(super) lines: Vec<Line>,
    pub(super) text: Vec<u8>,
    /// Which lines of which origins these are, in the order of the lines.
    pub(super) runs: Vec<Run>,
}

impl Block {
    /// The bytes of line `index` within the text.
    pub(super) fn span(&self, index: usize) -> std::ops::Range<usize> {
        let start = match index.checked_sub(1) {
            Some(before) => self.lines[before].end as usize + 1,
            None => 0,
        };
        start..self.lines[index].end as usize
    }

    /// Entry `index`, whole.
    pub(super) fn entry(&self, index: usize) -> Entry {
        let line = self.lines[index];
        let context = &self.contexts[line.context as usize];
        let text = String::from_utf8_lossy(&self.text[self.span(index)]).into_owned();
        Entry { time: timestamp(line.time), level: context.level, source: Arc::clone(&context.source), text }
    }

    /// The number of entry `index` within its origin, where that was noted.
    pub(super) fn number(&self, index: usize) -> Option<u64> {
        let mut left = index as u64;
        for run in &self.runs {
            match left.checked_sub(run.lines) {
                Some(beyond) => left = beyond,
                None => return (run.origin != Origin::UNKNOWN).then(|| run.first.saturating_add(left)),
            }
        }
        None
    }

    /// The earliest and the latest time. The block must not be empty.
    pub(super) fn times(&self) -> (i64, i64) {
        let times = self.lines.iter().map(|line| line.time);
        times.fold((i64::MAX, i64::MIN), |(least, most), time| (least.min(time), most.max(time)))
    }

    /// All but the text, as bytes.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64 + self.lines.len() * 8);
        put(&mut bytes, self.first);
        put(&mut bytes, self.contexts.len() as u64);
        for Context { level, source } in &self.contexts {
            put(&mut bytes, *level as u64 + WITH_ORIGINS);
            put_text(&mut bytes, &source.service);
            for id in [&source.flow, &source.run, &source.job, &source.step, &source.agent, &source.project, &source.branch] {
                put(&mut bytes, u64::from(id.is_some()));
                put_text(&mut bytes, id.as_deref().unwrap_or_default());
            }
        }
        put(&mut bytes, self.lines.len() as u64);
        let (mut time, mut start) = (0_i64, 0);
        for line in &self.lines {
            put(&mut bytes, zigzag(line.time.wrapping_sub(time)));
            put(&mut bytes, line.context.into());
            put(&mut bytes, u64::from(line.end - start));
            (time, start) = (line.time, line.end + 1);
        }
        put(&mut bytes, self.runs.len() as u64);
        for run in &self.runs {
            [run.origin.0, run.first, run.lines].into_iter().for_each(|number| put(&mut bytes, number));
        }
        bytes
    }

    /// The block that [`encode`](Self::encode) wrote, or `None` when the bytes are not those of a block.
    pub(super) fn decode(bytes: &[u8], text: Vec<u8>) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let first = reader.number()?;
        let mut with_origins = false;
        let contexts = (0..reader.count(12)?).map(|_| context(&mut reader, &mut with_origins)).collect::<Option<Vec<_>>>()?;
        let count = reader.count(3)?;
        let mut lines = Vec::with_capacity(count);
        let (mut time, mut start) = (0_i64, 0_u32);
        for _ in 0..count {
            time = time.wrapping_add(unzigzag(reader.number()?));
            let context = u32::try_from(reader.number()?).ok()?;
            let end = start.checked_add(u32::try_from(reader.number()?).ok()?)?;
            if context as usize >= contexts.len() || text.get(end as usize) != Some(&b'\n') {
                return None;
            }
            lines.push(Line { time, context, end });
            start = end + 1;
        }
        let runs = if with_origins { runs(&mut reader, count)? } else { unknown(count) };
        (reader.is_empty() && start as usize == text.len()).then_some(Self { first, contexts, lines, text, runs })
    }
}

/// The runs of a block of `count` lines.
fn runs(reader: &mut Reader<'_>, count: usize) -> Option<Vec<Run>> {
    let run_count = reader.count(3)?;
    let mut left = count as u64;
    let mut run = || {
        let run = Run { origin: Origin(reader.number()?), first: reader.number()?, lines: reader.number()? };
        left = left.checked_sub(run.lines)?;
        Some(run)
    };
    let runs = (0..run_count).map(|_| run()).collect::<Option<Vec<_>>>()?;
    (left == 0).then_some(runs)
}

/// The runs of a block from before there were any.
fn unknown(count: usize) -> Vec<Run> {
    let all = Run { origin: Origin::UNKNOWN, first: 0, lines: count as u64 };
    if count == 0 { Vec::new() } else { vec![all] }
}

fn context(reader: &mut Reader<'_>, with_origins: &mut bool) -> Option<Context> {
    let level = reader.number()?;
    *with_origins = level >= WITH_ORIGINS;
    let level = *Level::ALL.get(usize::try_from(level % WITH_ORIGINS).ok()?)?;
    let service = reader.text()?.to_owned();
    let mut id = || {
        let given = reader.number()? == 1;
        let text = reader.text()?;
        Some(given.then(|| text.to_owned()))
    };
    let mut source = Source { service, flow: id()?, run: id()?, job: id()?, step: id()?, agent: id()?, ..Source::default() };
    if *with_origins {
        (source.project, source.branch) = (id()?, id()?);
    }
    Some(Context { level, source: Arc::new(source) })
}

/// Collects entries into a block.
#[derive(Default)]
pub(super) struct BlockBuilder {
    block: Block,
    known: HashMap<Context, u32>,
}

impl BlockBuilder {
    /// A block whose first entry gets the number `first`.
    pub(super) fn new(first: u64) -> Self {
        Self { block: Block { first, ..Block::default() }, known: HashMap::new() }
    }

    /// What was collected so far.
    pub(super) fn block(&self) -> &Block {
        &self.block
    }

    /// Adds the entry that has this number within `origin`.
    pub(super) fn push(&mut self, entry: &Entry, origin: Origin, number: u64) {
        let context = self.context(entry);
        self.block.text.extend_from_slice(entry.text.as_bytes());
        let end = self.block.text.len() as u32;
        self.block.text.push(b'\n');
        self.block.lines.push(Line { time: nanoseconds(entry.time), context, end });
        match self.block.runs.last_mut() {
            Some(run) if run.origin == origin && run.numbers().end == number => run.lines += 1,
            _ => self.block.runs.push(Run { origin, first: number, lines: 1 }),
        }
    }

    /// The index of the entry's context. Entries mostly come in runs of one source, so the last is tried first.
    fn context(&mut self, entry: &Entry) -> u32 {
        let same = |context: &Context| context.level == entry.level && Arc::ptr_eq(&context.source, &entry.source);
        if let Some(last) = self.block.lines.last()
            && same(&self.block.contexts[last.context as usize])
        {
            return last.context;
        }
        let context = Context { level: entry.level, source: Arc::clone(&entry.source) };
        let next = self.block.contexts.len() as u32;
        *self.known.entry(context).or_insert_with_key(|context| {
            self.block.contexts.push(context.clone());
            next
        })
    }

    /// The number of the entry that comes next.
    pub(super) fn next(&self) -> u64 {
        self.block.first + self.block.lines.len() as u64
    }

    /// The collected block; the builder goes on with the next number.
    pub(super) fn take(&mut self) -> Block {
        let next = Self::new(self.next());
        std::mem::replace(self, next).block
    }
}

#[cfg(test)]
mod tests;
