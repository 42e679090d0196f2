//! The keys of what is to be told: events to the bus, runs to people.

use jiff::Timestamp;
use kraken_domain::{FlowId, RunId, StageId, notice::Channel};

use super::{Key, padded, sortable};
use crate::Outbox;

/// Beginning of the sort key of events that are to be told.
pub(super) const UNTOLD: &str = "UNTOLD#";
pub(super) const TURNS: &str = "TURNS#";
pub(super) const NOTICE: &str = "NOTICE#";

fn outbox(of: Outbox) -> String {
    match of {
        Outbox::Flow(flow) => format!("FLOW#{flow}"),
        Outbox::Agent(agent) => format!("AGENT#{agent}"),
    }
}

/// In the order in which they happened. Within one millisecond their ids decide: a job's sort before its run's, and those before its flow's.
pub(crate) fn untold(of: Outbox, time: Timestamp, first_event: &str) -> Key {
    Key::new(outbox(of), format!("{UNTOLD}{}#{first_event}", sortable(time)))
}

/// Partition and beginning of the sort key of the events that wait below a flow or an agent.
pub(crate) fn untold_of(of: Outbox) -> (String, &'static str) {
    (outbox(of), UNTOLD)
}

/// In the order of their runs; those of one run in the order in which they happened.
pub(crate) fn turns(flow: FlowId, first_run: u32, version: u64) -> Key {
    Key::new(format!("FLOW#{flow}"), format!("{TURNS}{}#{version:010}", padded(first_run)))
}

/// Partition and beginning of the sort key of a flow's turns.
pub(crate) fn turns_of(flow: FlowId) -> (String, &'static str) {
    (format!("FLOW#{flow}"), TURNS)
}

pub(crate) fn notice(run: RunId, turn: u64, channel: Channel) -> Key {
    Key::new(format!("RUN#{run}"), format!("{NOTICE}{turn:010}#{}", channel.as_str()))
}

/// Partition and beginning of the sort key of a run's notices.
pub(crate) fn notices_of(run: RunId) -> (String, &'static str) {
    (format!("RUN#{run}"), NOTICE)
}

pub(crate) fn last_end(stage: StageId) -> Key {
    Key::new(format!("STAGE#{stage}"), "ENDED")
}

pub(crate) fn status_mark(place: &str) -> Key {
    Key::new(format!("STATUS#{place}"), "STATUS")
}
