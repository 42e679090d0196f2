//! Whom to tell of what: turns, written with the runs that they are of, and the notices that follow from them.
//!
//! Invariant: a turn is in the table exactly if what happened is, until its notices are: then it goes, in the same commit. Both are in the index
//! of what needs doing.

use jiff::SignedDuration;
use kraken_domain::{
    FlowId, RunId, StageId, Timestamp,
    notice::{Channel, LastEnd, Notice, Turn},
};
use serde::{Deserialize, Serialize};

use crate::{Entity, Indexes, Key, Store, StoreError, TodoKind, Versioned, entity::Item, entity::to_item, keys};

/// The notifier hears of a turn by its event. When it has not after so many seconds, the tick looks.
const HEARD_WITHIN_S: i64 = 20;

/// The turns of one commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turns {
    /// The flow of all of them.
    pub flow: FlowId,
    /// At least one.
    pub turns: Vec<Turn>,
}

impl Entity for Turns {
    const KIND: &'static str = "turns of runs";

    fn key(&self) -> Key {
        let first = self.turns.first();
        keys::turns(self.flow, first.map_or(0, |turn| turn.run.number), first.map_or(0, |turn| turn.version))
    }

    fn indexes(&self) -> Indexes {
        let due = self.turns.first().map(|turn| turn.at.saturating_add(SignedDuration::from_secs(HEARD_WITHIN_S)).unwrap_or(turn.at));
        Indexes { todo: due.map(|due| (TodoKind::Notice, due)), ..Indexes::default() }
    }
}

impl Entity for Notice {
    const KIND: &'static str = "a notice";

    fn key(&self) -> Key {
        keys::notice(self.run, self.turn, self.channel)
    }

    fn indexes(&self) -> Indexes {
        Indexes { todo: self.due().map(|due| (TodoKind::Notice, due)), ..Indexes::default() }
    }
}

impl Entity for LastEnd {
    const KIND: &'static str = "the last end of a stage";

    fn key(&self) -> Key {
        keys::last_end(self.stage)
    }
}

/// Which run said last how a commit stands: an older one that comes later must not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusMark {
    /// SHA-256, in hexadecimal, of the address at which the status is set and of who judges.
    pub place: String,
    /// The run's number in its stage.
    pub sequence: u64,
    /// The run.
    pub run: RunId,
    /// When it may be forgotten: no run of that commit is still going on then.
    pub expires_at: Timestamp,
}

impl Entity for StatusMark {
    const KIND: &'static str = "who set a status last";

    fn key(&self) -> Key {
        keys::status_mark(&self.place)
    }

    fn indexes(&self) -> Indexes {
        Indexes { expires: Some(self.expires_at), ..Indexes::default() }
    }
}

/// The item of a commit's turns.
pub(crate) fn item(turns: Vec<Turn>) -> Result<Option<(Key, Item)>, StoreError> {
    let Some(flow) = turns.first().map(|turn| turn.run.flow) else { return Ok(None) };
    let turns = Turns { flow, turns };
    Ok(Some((turns.key(), to_item(&turns, 1)?)))
}

impl Store {
    /// The turns of a flow's runs whose notices are not written yet, by run.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed; so for every read here.
    pub async fn turns(&self, flow: FlowId) -> Result<Vec<Versioned<Turns>>, StoreError> {
        self.whole(keys::turns_of(flow)).await
    }

    /// The notices of a run, in the order in which they came about. A run has a handful for each time that it starts or ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notices(&self, run: RunId) -> Result<Vec<Versioned<Notice>>, StoreError> {
        self.whole(keys::notices_of(run)).await
    }

    /// A notice.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notice(&self, run: RunId, turn: u64, channel: Channel) -> Result<Option<Versioned<Notice>>, StoreError> {
        self.record(&keys::notice(run, turn, channel)).await
    }

    /// How the newest CI run of a stage ended, as far as somebody was to be told.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_end(&self, stage: StageId) -> Result<Option<Versioned<LastEnd>>, StoreError> {
        self.record(&keys::last_end(stage)).await
    }

    /// Who set the status of that place last.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn status_mark(&self, place: &str) -> Result<Option<Versioned<StatusMark>>, StoreError> {
        self.record(&keys::status_mark(place)).await
    }
}
