//! Watching a flow until it ends.
//!
//! On a terminal one block is drawn again and again; in a pipe every change is a line; with `--json` only the end is said. All three
//! show the same [`Picture`]; what they make of it is pure.

mod block;
mod changes;
mod ending;
mod picture;
mod view;

#[cfg(test)]
mod fixture;

use std::time::{Duration, Instant};

use kraken_domain::FlowId;

pub use ending::{Ending, ending};
pub use picture::{Picture, RunPicture};

use crate::{
    client::{Client, Patience, Verdict, Watch},
    failure::{Failure, Outcome},
    screen::Screen,
    signals::Signals,
};
use view::View;

/// How often a block on a terminal is drawn again so that its durations grow.
const TICK: Duration = Duration::from_secs(1);

/// Shows `flow` until it has ended, or until only a person can get it further.
///
/// # Errors
///
/// [`Failure::EndedInError`] when it ended in error or was cancelled; [`Failure::Interrupted`] on Ctrl-C, while the flow goes on.
pub async fn wait(client: &Client, flow: FlowId, screen: &mut Screen) -> Outcome {
    let mut interrupts = Signals::interrupts()?;
    let mut watcher = Watcher { client, flow, watch: Watch::default(), patience: Patience::default() };
    let mut view = View::new(screen);
    let mut picture: Option<Picture> = None;
    loop {
        let fresh = tokio::select! {
            fresh = watcher.next(picture.as_ref(), &mut view, screen) => fresh?,
            () = interrupts.next() => return Err(interrupted(flow)),
        };
        view.show(picture.as_ref(), &fresh, screen)?;
        if let Some(ending) = ending(&fresh) {
            return view.end(&fresh, ending, screen);
        }
        picture = Some(fresh);
    }
}

fn interrupted(flow: FlowId) -> Failure {
    let note = format!("the flow goes on; `kraken flow wait {flow}` watches it again, `kraken flow cancel {flow}` stops it");
    Failure::Interrupted { note: Some(note) }
}

/// Asks the server, politely and patiently.
struct Watcher<'a> {
    client: &'a Client,
    flow: FlowId,
    watch: Watch,
    patience: Patience,
}

impl Watcher<'_> {
    /// The flow as it is after the next change; the first time as it is now.
    async fn next(&mut self, before: Option<&Picture>, view: &mut View, screen: &mut Screen) -> Outcome<Picture> {
        let mut pause = before.map(|_| self.watch.interval());
        loop {
            if let Some(pause) = pause {
                rest(pause, before, view, screen).await?;
            }
            match self.look(before).await {
                Ok(fresh) => {
                    self.patience.restore();
                    screen.clear_progress();
                    match fresh {
                        Some(picture) => return Ok(picture),
                        None => pause = Some(self.watch.interval()),
                    }
                }
                Err(failure) => {
                    let new = !self.patience.is_tried();
                    match self.patience.judge(failure, Instant::now()) {
                        Verdict::Again(wait) => {
                            screen.trouble(&format!("{} does not answer; trying again", self.client.server()), new)?;
                            pause = Some(wait);
                        }
                        Verdict::Enough(failure) => return Err(failure),
                    }
                }
            }
        }
    }

    /// The versions first, then the facts: a change in between is seen the next time, never lost.
    async fn look(&mut self, before: Option<&Picture>) -> Outcome<Option<Picture>> {
        // A flow's version moves with those of its runs and the counts of their jobs.
        let news = self.watch.news(self.client, &format!("flow:{}", self.flow)).await?;
        if news || before.is_none() { Picture::read(self.client, self.flow, before).await.map(Some) } else { Ok(None) }
    }
}

/// Waits; on a terminal the durations go on growing.
async fn rest(pause: Duration, shown: Option<&Picture>, view: &mut View, screen: &mut Screen) -> Outcome {
    let end = tokio::time::Instant::now() + pause;
    while let Some(left) = end.checked_duration_since(tokio::time::Instant::now()).filter(|left| !left.is_zero()) {
        tokio::time::sleep(left.min(TICK)).await;
        if let Some(picture) = shown {
            view.tick(picture, screen)?;
        }
    }
    Ok(())
}
