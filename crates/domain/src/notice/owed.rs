//! Which notices a turn owes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Channel, Happened, Notice, NoticeState, Occasion, Turn};
use crate::{StageId, run::RunResult};

/// A channel that the stage names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which.
    pub channel: Channel,
    /// What it wants to hear of; empty: the usual ([`Channel::usual`]).
    pub on: BTreeSet<Occasion>,
}

/// How the newest CI run of a stage ended, as far as somebody was to be told: what later ones are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastEnd {
    /// The stage.
    pub stage: StageId,
    /// The run's number in its stage.
    pub sequence: u64,
    /// The version of the run.
    pub version: u64,
    /// How it ended; never `cancelled`, which says nothing.
    pub result: RunResult,
}

impl LastEnd {
    /// What is to be remembered after a turn, `None` if nothing new: only runs of CI flows make history, cancelled ones none, and an older run
    /// that ends late changes nothing.
    pub fn after(known: Option<&Self>, turn: &Turn) -> Option<Self> {
        let Happened::Ended { result, .. } = turn.happened else { return None };
        let newer = known.is_none_or(|known| (turn.sequence, turn.version) > (known.sequence, known.version));
        let tells = turn.kind == crate::flow::FlowKind::Ci && result != RunResult::Cancelled;
        (tells && newer).then_some(Self { stage: turn.stage, sequence: turn.sequence, version: turn.version, result })
    }

    /// What a turn is compared with: what came before it. Numbers of a stage are those of all its runs, so of two the higher is the newer.
    fn before(&self, turn: &Turn) -> Option<RunResult> {
        ((self.sequence, self.version) < (turn.sequence, turn.version)).then_some(self.result)
    }
}

/// The notices that a turn owes: for each channel that wants to hear of it one, for the occasion that says most.
pub fn owed(turn: &Turn, wanted: &[Wanted], earlier: Option<&LastEnd>) -> Vec<Notice> {
    let occasions = occasions(&turn.happened, earlier.and_then(|earlier| earlier.before(turn)));
    let notice = |wanted: &Wanted| {
        let usual: BTreeSet<Occasion> = wanted.channel.usual().iter().copied().collect();
        let on = if wanted.on.is_empty() { &usual } else { &wanted.on };
        let occasion = occasions.intersection(on).max().copied()?;
        Some(Notice {
            run: turn.run,
            project: turn.project,
            branch: turn.branch,
            turn: turn.version,
            channel: wanted.channel,
            occasion,
            happened: turn.happened.clone(),
            at: turn.at,
            state: NoticeState::Owed { attempts: 0, next_at: turn.at, under_way: false, answer: None },
        })
    };
    wanted.iter().filter_map(notice).collect()
}

/// All that a turn is.
fn occasions(happened: &Happened, earlier: Option<RunResult>) -> BTreeSet<Occasion> {
    let Happened::Ended { result, .. } = happened else { return BTreeSet::from([Occasion::Start]) };
    let mut occasions = BTreeSet::from([Occasion::End]);
    match (result, earlier) {
        (RunResult::Error, Some(RunResult::Ok)) => occasions.extend([Occasion::Failure, Occasion::Regression]),
        (RunResult::Error, _) => _ = occasions.insert(Occasion::Failure),
        (RunResult::Ok, Some(RunResult::Error)) => _ = occasions.insert(Occasion::Fixed),
        (RunResult::Ok | RunResult::Cancelled, _) => {}
    }
    occasions
}
