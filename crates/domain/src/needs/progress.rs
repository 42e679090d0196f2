//! What the jobs of a run came to, as far as their order goes.

use serde::{Deserialize, Serialize};

use super::Graph;
use crate::{RunId, job::Outcome};

/// Where the newest job of a slot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// It waits for others.
    Held,
    /// It may run, or runs.
    Free,
    /// It is over, or will never be made.
    Ended(Outcome),
}

const LETTERS: [(Slot, char); 12] = [
    (Slot::Held, 'h'),
    (Slot::Free, '.'),
    (Slot::Ended(Outcome::Ok), '+'),
    (Slot::Ended(Outcome::StepError), 's'),
    (Slot::Ended(Outcome::JobTimeout), 't'),
    (Slot::Ended(Outcome::StepTimeout), 'p'),
    (Slot::Ended(Outcome::ExecutorError), 'x'),
    (Slot::Ended(Outcome::ToolMissing), 'm'),
    (Slot::Ended(Outcome::AgentsGroupMissing), 'g'),
    (Slot::Ended(Outcome::Cancelled), 'c'),
    (Slot::Ended(Outcome::AgentLost), 'l'),
    (Slot::Ended(Outcome::SchemaError), 'e'),
];

impl Slot {
    fn letter(self) -> char {
        LETTERS.iter().find(|(slot, _)| *slot == self).map_or('.', |(_, letter)| *letter)
    }

    fn of(letter: char) -> Option<Self> {
        LETTERS.iter().find(|(_, known)| *known == letter).map(|(slot, _)| *slot)
    }

    /// How it ended, if not well.
    pub fn failure(self) -> Option<Outcome> {
        match self {
            Self::Ended(outcome) if !outcome.is_ok() => Some(outcome),
            Self::Held | Self::Free | Self::Ended(_) => None,
        }
    }

    pub(super) fn is_ok(self) -> bool {
        self == Self::Ended(Outcome::Ok)
    }
}

/// What the jobs of a run came to: one letter for each slot, so that it stays one small record for thousands of jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The run.
    pub run: RunId,
    slots: Slots,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Slots(Vec<Slot>);

impl From<Slots> for String {
    fn from(slots: Slots) -> Self {
        slots.0.into_iter().map(Slot::letter).collect()
    }
}

impl TryFrom<String> for Slots {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let slot = |letter| Slot::of(letter).ok_or_else(|| format!("{letter:?} stands for no state of a job"));
        text.chars().map(slot).collect::<Result<_, _>>().map(Self)
    }
}

impl Progress {
    /// That of a run that begins: what needs nothing is free.
    pub fn begin(run: RunId, graph: &Graph) -> Self {
        let slots = (1..=graph.slots()).map(|slot| if graph.has_needs(slot) { Slot::Held } else { Slot::Free });
        Self { run, slots: Slots(slots.collect()) }
    }

    /// Where a slot is; one that the run never had is free.
    pub fn slot(&self, slot: u32) -> Slot {
        slot.checked_sub(1).and_then(|at| self.slots.0.get(at as usize)).copied().unwrap_or(Slot::Free)
    }

    pub(super) fn set(&mut self, slot: u32, to: Slot) {
        if let Some(place) = slot.checked_sub(1).and_then(|at| self.slots.0.get_mut(at as usize)) {
            *place = to;
        }
    }

    /// The jobs after number `made` will never be made: whoever needs them cannot run.
    #[must_use]
    pub fn half_made(&self, made: u32) -> Self {
        let mut next = self.clone();
        for slot in next.slots.0.iter_mut().skip(made as usize) {
            *slot = Slot::Ended(Outcome::Cancelled);
        }
        next
    }

    /// The first slot of a job's needs that did not end well.
    pub(super) fn failing(&self, graph: &Graph, job: usize) -> Option<(u32, Outcome)> {
        let slots = graph.needs_of(job).iter().flat_map(|need| graph.slots_of(*need));
        slots.into_iter().find_map(|slot| Some((slot, self.slot(slot).failure()?)))
    }

    /// Whether all that a job needs ended well.
    pub(super) fn is_met(&self, graph: &Graph, job: usize) -> bool {
        graph.needs_of(job).iter().flat_map(|need| graph.slots_of(*need)).all(|slot| self.slot(slot).is_ok())
    }

    /// The slots that a slot still waits for.
    pub fn open_needs<'s>(&'s self, graph: &'s Graph, slot: u32) -> impl Iterator<Item = u32> + 's {
        graph.needed_by(slot).filter(|need| !self.slot(*need).is_ok())
    }
}
