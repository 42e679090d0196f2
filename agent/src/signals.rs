//! What people want of a running agent, said with signals or by the program around it.
//!
//! The first SIGTERM or SIGINT: finish the job and take no other. The second: cancel the job. The third: end now. A program that started the
//! agent and holds its standard input open says by closing it, or by dying: finish the job and take no other.

use std::os::fd::AsFd;

use tokio::{
    io::AsyncReadExt,
    net::unix::pipe,
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

/// The standard input, which must be a pipe, to wait for its end.
///
/// # Errors
/// When it is none.
pub fn input() -> std::io::Result<pipe::Receiver> {
    pipe::Receiver::from_owned_fd(std::io::stdin().as_fd().try_clone_to_owned()?)
}

/// Waits until the standard input is at its end, and makes that one wish to finish: whoever held it open is gone.
///
/// # Errors
/// When the standard input is no pipe.
pub async fn until_input_ends(input: pipe::Receiver, wishes: &watch::Sender<Wish>) -> std::io::Result<()> {
    let (mut input, mut nothing) = (input, [0; 64]);
    while input.read(&mut nothing).await? > 0 {}
    wishes.send_modify(|wish| *wish = (*wish).max(Wish::Finish));
    tracing::info!("who started this agent is gone: finishing the job, taking no other");
    std::future::pending().await
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
