//! Following logs while they grow: of one job, or of all jobs of a run or flow.
//!
//! A log's end is known from two facts, asked in this order: the job is over, and then nothing more comes. So a log whose agent
//! vanished, and which nobody will ever mark as complete, ends as well.

mod printer;
mod source;
mod subject;

use std::time::{Duration, Instant};

pub use printer::LinePrinter;
pub use source::Source;
pub use subject::jobs_of;

use crate::{
    client::{Client, Patience, Verdict, Watch},
    commands::logs::LogOptions,
    failure::{Failure, Outcome},
    names::Subject,
    screen::Screen,
    signals::Signals,
};
use subject::State;

/// A log that grows is read at least this often; growing alone is no news that the server tells.
const SLOWEST: Duration = Duration::from_secs(2);

/// Shows the logs of `of` until all is over.
///
/// # Errors
///
/// [`Failure::EndedInError`] when the job, run or flow ended in error; [`Failure::Interrupted`] on Ctrl-C.
pub async fn follow(client: &Client, of: Subject, options: &LogOptions, screen: &mut Screen) -> Outcome {
    let mut interrupts = Signals::interrupts()?;
    let mut follower = Follower {
        client,
        of,
        from: options.from.unwrap_or(0),
        tail: options.tail,
        printer: LinePrinter::new(of, options, screen),
        sources: Vec::new(),
        watch: Watch::default(),
        patience: Patience::default(),
    };
    tokio::select! {
        done = follower.run(screen) => done,
        () = interrupts.next() => Err(Failure::Interrupted { note: None }),
    }
}

struct Follower<'a> {
    client: &'a Client,
    of: Subject,
    from: u64,
    tail: Option<u64>,
    printer: LinePrinter,
    sources: Vec<Source>,
    watch: Watch,
    patience: Patience,
}

impl Follower<'_> {
    async fn run(&mut self, screen: &mut Screen) -> Outcome {
        loop {
            let pause = match self.round(screen).await {
                Ok(Some(state)) => return self.end(&state, screen),
                Ok(None) => {
                    self.patience.restore();
                    self.watch.interval().min(SLOWEST)
                }
                Err(failure) => {
                    let new = !self.patience.is_tried();
                    match self.patience.judge(failure, Instant::now()) {
                        Verdict::Again(pause) => {
                            screen.trouble(&format!("{} does not answer; trying again", self.client.server()), new)?;
                            pause
                        }
                        Verdict::Enough(failure) => return Err(failure),
                    }
                }
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Reads what is new of everything. The state comes back when nothing more will ever come.
    async fn round(&mut self, screen: &mut Screen) -> Outcome<Option<State>> {
        // Only for its interval: the server knows how busy it is.
        self.watch.news(self.client, &self.of.watch_key()).await?;
        let state = State::read(self.client, self.of).await?;
        for job in state.jobs().filter(|job| job.covered_by.is_none()) {
            if !self.sources.iter().any(|source| source.job == job.id) {
                self.sources.push(Source::new(job));
            }
        }
        for source in &mut self.sources {
            let Some(job) = state.jobs().find(|job| job.id == source.job) else { continue };
            if !source.is_done() && !matches!(job.state.as_str(), "queued" | "assigned") {
                source.read_on(self.client, self.from, self.tail, &self.printer, screen).await?;
                if job.state == "completed" {
                    source.finish();
                }
            }
        }
        if state.is_over() {
            return Ok(Some(state));
        }
        match state.waiting(self.client).await? {
            Some(reason) => screen.progress(&reason),
            None => screen.clear_progress(),
        }
        Ok(None)
    }

    fn end(&self, state: &State, screen: &mut Screen) -> Outcome {
        screen.note(&state.summary(&screen.look()))?;
        if state.is_ok() { Ok(()) } else { Err(Failure::EndedInError) }
    }
}
