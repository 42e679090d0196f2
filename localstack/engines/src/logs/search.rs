//! Finds the entries of a page.
//!
//! Blocks are looked at in the order in which they could contribute to the answer, and no further than the page needs;
//! a segment's filter is asked before its first block is unpacked.

mod best;

use std::io;
use std::sync::Arc;

use kraken_search::{Level, Matcher, Order, Page, Query, SearchError};

use self::best::Best;
use super::block::{Block, Context};
use super::gone::Gone;
use super::place::Place;
use super::segment::{Scratch, Segment};
use super::store::Snapshot;
use super::time::nanoseconds;
use super::words::{Field, exact, words_of};

/// Answers `query` from `snapshot`.
pub(super) fn search(snapshot: &Snapshot, query: &Query) -> Result<Page, SearchError> {
    query.check()?;
    let filter = Filter::new(query, snapshot)?;
    let mut segments: Vec<Probed<'_>> = snapshot.sealed.iter().map(|segment| Probed { segment, promising: None }).collect();
    let mut scratch = Scratch::new().map_err(|error| SearchError::Unavailable(error.to_string()))?;
    let mut best = Best::new(query.limit, filter.after);
    for candidate in candidates(snapshot, &filter) {
        if !best.admits(candidate.rank) {
            break;
        }
        match candidate.place {
            In::Memory(block) => filter.gather(block, &mut best),
            In::Segment(number, block) => {
                if let Some(block) = segments[number].block(block, &filter, &mut scratch) {
                    filter.gather(&block, &mut best);
                }
            }
        }
    }
    Ok(best.page())
}

/// A block, and the best rank that any of its entries can have.
struct Candidate<'a> {
    rank: u128,
    place: In<'a>,
}

enum In<'a> {
    Memory(&'a Arc<Block>),
    /// The segment's place in the snapshot, and the block's in the segment.
    Segment(usize, usize),
}

/// The blocks that overlap the times asked for and reach beyond the cursor, best first.
fn candidates<'a>(snapshot: &'a Snapshot, filter: &Filter) -> Vec<Candidate<'a>> {
    let mut found = Vec::new();
    let mut consider = |times: (i64, i64), place| {
        let (least, most) = (Place { time: times.0, number: 0 }, Place { time: times.1, number: u64::MAX });
        let (first, last) = match filter.order {
            Order::NewestFirst => (most, least),
            Order::OldestFirst => (least, most),
        };
        let beyond = filter.after.is_none_or(|after| last.rank(filter.order) > after);
        if times.1 >= filter.times.0 && times.0 < filter.times.1 && beyond {
            found.push(Candidate { rank: first.rank(filter.order), place });
        }
    };
    for (number, segment) in snapshot.sealed.iter().enumerate() {
        for (block, index) in segment.index.blocks.iter().enumerate() {
            consider(index.times, In::Segment(number, block));
        }
    }
    for block in &snapshot.blocks {
        consider(block.times(), In::Memory(block));
    }
    found.sort_unstable_by_key(|candidate| candidate.rank);
    found
}

/// A segment, and whether its filter was asked already.
struct Probed<'a> {
    segment: &'a Segment,
    promising: Option<bool>,
}

impl Probed<'_> {
    /// Block `number`, unless it can't hold what `filter` asks for.
    fn block(&mut self, number: usize, filter: &Filter, scratch: &mut Scratch) -> Option<Block> {
        if self.promising == Some(false) {
            return None;
        }
        let mut read = || -> io::Result<Option<Block>> {
            let reader = self.segment.reader()?;
            let promising = match self.promising {
                Some(known) => known,
                None => *self.promising.insert(reader.may_hold(&filter.words)?),
            };
            match promising {
                true => reader.block(number, scratch, |text| filter.matcher.may_be_in(text)),
                false => Ok(None),
            }
        };
        read().unwrap_or_else(|error| {
            // Gone: forgotten since the search began. Anything else costs this block only.
            if error.kind() != io::ErrorKind::NotFound {
                tracing::error!(path = %self.segment.path.display(), %error, "a log segment cannot be read; its entries are not found");
            }
            None
        })
    }
}

/// A query made ready.
struct Filter {
    matcher: Matcher,
    /// Hashes that an entry's segment must have.
    words: Vec<u64>,
    /// From, up to but not including.
    times: (i64, i64),
    /// The rank of the last entry of the page before.
    after: Option<u128>,
    order: Order,
    level: Option<Level>,
    /// Exact values asked for.
    fields: Vec<(Field, String)>,
    gone: Arc<Gone>,
}

impl Filter {
    fn new(query: &Query, snapshot: &Snapshot) -> Result<Self, SearchError> {
        let matcher = Matcher::new(&query.text)?;
        let asked = [
            (Field::Service, &query.service),
            (Field::Project, &query.project),
            (Field::Branch, &query.branch),
            (Field::Flow, &query.flow),
            (Field::Run, &query.run),
            (Field::Job, &query.job),
            (Field::Step, &query.step),
            (Field::Agent, &query.agent),
        ];
        let fields: Vec<_> = asked.into_iter().filter_map(|(field, value)| Some((field, value.clone()?))).collect();
        let mut words = words_of(&query.text);
        words.extend(fields.iter().map(|(field, value)| exact(*field, value)));
        let since = query.since.map_or(i64::MIN, nanoseconds);
        let until = query.until.map_or(i64::MAX, nanoseconds);
        let after = query.cursor.as_deref().map(Place::parse).transpose()?.map(|place| place.rank(query.order));
        Ok(Self {
            matcher,
            words,
            times: (since.max(snapshot.floor), until),
            after,
            order: query.order,
            level: query.level,
            fields,
            gone: Arc::clone(&snapshot.gone),
        })
    }

    fn fits(&self, context: &Context) -> bool {
        let source = &context.source;
        let value = |field| match field {
            Field::Service => Some(source.service.as_str()),
            Field::Project => source.project.as_deref(),
            Field::Branch => source.branch.as_deref(),
            Field::Flow => source.flow.as_deref(),
            Field::Run => source.run.as_deref(),
            Field::Job => source.job.as_deref(),
            Field::Step => source.step.as_deref(),
            Field::Agent => source.agent.as_deref(),
        };
        self.level.is_none_or(|level| context.level >= level) && self.fields.iter().all(|(field, wanted)| value(*field) == Some(wanted))
    }

    /// Adds what fits in `block` to `best`.
    fn gather(&self, block: &Block, best: &mut Best) {
        let fitting: Vec<bool> = block.contexts.iter().map(|context| self.fits(context)).collect();
        if !fitting.contains(&true) {
            return;
        }
        let gone_before: Vec<u64> = block.contexts.iter().map(|context| self.gone.before(&context.source)).collect();
        let mut take = |index: usize| {
            let line = block.lines[index];
            if block.first + (index as u64) < gone_before[line.context as usize] {
                return;
            }
            let place = Place { time: line.time, number: block.first + index as u64 };
            let rank = place.rank(self.order);
            let wanted = fitting[line.context as usize] && line.time >= self.times.0 && line.time < self.times.1;
            if wanted && best.wants(rank) {
                best.add(rank, place, block.entry(index), block.number(index));
            }
        };
        let mut lines: Vec<usize> = match self.matcher.is_empty() {
            true => (0..block.lines.len()).collect(),
            false => self.lines_with_text(block),
        };
        // Within a block the numbers mostly follow the times: from the right end, the best come first.
        if self.order == Order::NewestFirst {
            lines.reverse();
        }
        lines.into_iter().for_each(&mut take);
    }

    /// The lines of `block` that have the text, found in one pass over all of them.
    fn lines_with_text(&self, block: &Block) -> Vec<usize> {
        let mut lines = Vec::new();
        let mut from = 0;
        while let Some(found) = self.matcher.next(&block.text, from) {
            let index = block.lines.partition_point(|line| (line.end as usize) < found.start);
            let span = block.span(index);
            // A phrase with a line feed may seem to stand across two entries.
            if self.matcher.matches(&block.text[span.clone()]) {
                lines.push(index);
            }
            from = span.end + 1;
        }
        lines
    }
}

#[cfg(test)]
mod tests;
