//! What people want of a running agent, said with signals or by the program around it.
//!
//! The first SIGTERM or SIGINT: finish the job and take no other. The second: cancel the job. The third: end now.

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// How urgently the agent shall end. Only ever grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wish {
    /// Work on.
    #[default]
    Work,
    /// Finish the job, take no other.
    Finish,
    /// Stop the job, then end.
    Cancel,
    /// Leave the job where it is and end.
    Kill,
}

impl Wish {
    /// What one more signal means.
    #[must_use]
    pub fn more(self) -> Self {
        match self {
            Self::Work => Self::Finish,
            Self::Finish => Self::Cancel,
            Self::Cancel | Self::Kill => Self::Kill,
        }
    }
}

/// Turns the process's signals into wishes until dropped.
///
/// # Errors
/// When signals cannot be listened to.
pub async fn heed(wishes: &watch::Sender<Wish>) -> std::io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    loop {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        wishes.send_modify(|wish| *wish = wish.more());
        let meaning = match *wishes.borrow() {
            Wish::Work | Wish::Finish => "finishing the job, taking no other; once more to cancel it",
            Wish::Cancel => "cancelling the job; once more to end at once",
            Wish::Kill => "ending at once",
        };
        tracing::info!(signal = name, "{meaning}");
    }
}
