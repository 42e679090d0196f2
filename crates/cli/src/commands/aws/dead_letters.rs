//! `kraken aws dead-letters …`: `docs/runbook.md` says when.

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use kraken_lambda::dead_letters::{DeadLetterError, DeadLetters, DeadQueue, Letter, Replayed, Which};
use serde_json::{Value, json};

use super::Where;
use crate::{
    failure::{Failure, Outcome},
    look::{Look, Table, Text, counted},
    session::Session,
};

#[derive(Debug, Subcommand)]
pub(super) enum DeadLettersCommand {
    /// Count the dead letters of every function, or list those of one
    List {
        /// Of this function; without it they are counted only
        #[arg(long, value_name = "FUNCTION")]
        queue: Option<Function>,
        /// At most so many. Of one group of a FIFO queue no more than ten can be seen
        #[arg(long, value_name = "NUMBER", default_value_t = 100)]
        limit: usize,
        /// Which deployment.
        #[command(flatten)]
        at: Where,
    },
    /// Show dead letters whole
    Show {
        /// Their ids, as `list` shows them; all that can be seen without
        #[arg(value_name = "LETTER")]
        ids: Vec<String>,
        /// Of this function
        #[arg(long, value_name = "FUNCTION")]
        queue: Function,
        /// Which deployment.
        #[command(flatten)]
        at: Where,
    },
    /// Put dead letters back into the queue that they came from: mend what they failed on first
    Replay(Chosen),
    /// Remove dead letters for good
    Drop(Chosen),
}

#[derive(Debug, Args)]
pub(super) struct Chosen {
    /// The ids of letters, as `list` shows them
    #[arg(value_name = "LETTER", required_unless_present = "all")]
    ids: Vec<String>,
    /// All of the queue
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    /// Of this function
    #[arg(long, value_name = "FUNCTION")]
    queue: Function,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Which deployment.
    #[command(flatten)]
    at: Where,
}

/// The functions that are fed by a queue.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Function {
    Scheduler,
    Results,
    Notifier,
    Indexer,
}

impl From<Function> for DeadQueue {
    fn from(function: Function) -> Self {
        match function {
            Function::Scheduler => Self::Scheduler,
            Function::Results => Self::Results,
            Function::Notifier => Self::Notifier,
            Function::Indexer => Self::Indexer,
        }
    }
}

/// Characters of a letter that a list shows.
const SHOWN: usize = 60;

pub(super) async fn run(command: DeadLettersCommand, session: &mut Session) -> Outcome {
    match command {
        DeadLettersCommand::List { queue: None, at, .. } => count(&at.account()?.dead_letters(), session).await,
        DeadLettersCommand::List { queue: Some(queue), limit, at } => {
            let letters = at.account()?.dead_letters().look(queue.into(), limit).await.map_err(failure)?;
            let rows: Vec<Value> = letters.iter().map(row).collect();
            session.screen.rows(&rows, "no dead letters", |look| table(&letters, look))?;
            if letters.is_empty() { Ok(()) } else { session.screen.note(DeadQueue::from(queue).meaning()) }
        }
        DeadLettersCommand::Show { ids, queue, at } => {
            let letters = at.account()?.dead_letters().look(queue.into(), usize::MAX).await.map_err(failure)?;
            let wanted = chosen(letters, &ids)?;
            let rows: Vec<Value> = wanted.iter().map(row).collect();
            session
                .screen
                .answer(&rows, |_| wanted.iter().map(|letter| format!("{}\n{}\n", letter.id, Text::plain(&letter.body).as_str())).collect())
        }
        DeadLettersCommand::Replay(args) => change(args, true, session).await,
        DeadLettersCommand::Drop(args) => change(args, false, session).await,
    }
}

async fn count(letters: &DeadLetters, session: &mut Session) -> Outcome {
    let mut rows = Vec::new();
    for queue in DeadQueue::ALL {
        if let Some(count) = letters.count(queue).await.map_err(failure)? {
            rows.push((queue, count));
        }
    }
    let values: Vec<Value> = rows.iter().map(|(queue, count)| json!({"queue": queue.function(), "letters": count})).collect();
    session.screen.rows(&values, "no queues: is this the region of the deployment?", |_| {
        let mut table = Table::new(&["QUEUE", "LETTERS", "WHAT THEY ARE"]);
        for (queue, count) in &rows {
            let meaning = if *count == 0 { "" } else { queue.meaning() };
            table.row([Text::plain(queue.function()), Text::plain(count), Text::plain(meaning)]);
        }
        table
    })
}

async fn change(args: Chosen, back: bool, session: &mut Session) -> Outcome {
    let queue = DeadQueue::from(args.queue);
    let letters = args.at.account()?.dead_letters();
    let doing = if back { "replayed" } else { "dropped" };
    if args.dry_run {
        let count = if args.all {
            letters.count(queue).await.map_err(failure)?.unwrap_or(0)
        } else {
            chosen(letters.look(queue, usize::MAX).await.map_err(failure)?, &args.ids)?.len() as u64
        };
        let said = format!("{} would be {doing}\n", letters_of(count, queue));
        return session.screen.answer(&json!({"queue": queue.function(), "letters": count, "dry_run": true}), |_| said);
    }
    let which = if args.all { Which::All } else { Which::These(args.ids) };
    let (count, said) = if back {
        match letters.replay(queue, &which).await.map_err(failure)? {
            Replayed::Moved(count) => (count, format!("{} went back to {}\n", letters_of(count, queue), queue.live())),
            Replayed::Moving(count) => (count, format!("about {} are going back to {}\n", letters_of(count, queue), queue.live())),
        }
    } else {
        let count = letters.drop_letters(queue, &which).await.map_err(failure)?;
        (count, format!("{} dropped\n", letters_of(count, queue)))
    };
    session.screen.answer(&json!({"queue": queue.function(), "letters": count, doing: true}), |_| said)
}

fn letters_of(count: u64, queue: DeadQueue) -> String {
    format!("{} of {}", counted(usize::try_from(count).unwrap_or(usize::MAX), "letter"), queue.function())
}

/// Those with these ids, each of which must be there; all without ids.
fn chosen(letters: Vec<Letter>, ids: &[String]) -> Outcome<Vec<Letter>> {
    if let Some(missing) = ids.iter().find(|id| letters.iter().all(|letter| letter.id != **id)) {
        return Err(failure(DeadLetterError::NoLetter(missing.clone())));
    }
    Ok(letters.into_iter().filter(|letter| ids.is_empty() || ids.contains(&letter.id)).collect())
}

fn row(letter: &Letter) -> Value {
    json!({"id": letter.id, "sent_at": sent_at(letter), "group": letter.group, "body": letter.body})
}

fn table(letters: &[Letter], look: &Look) -> Table {
    let mut table = Table::new(&["LETTER", "SENT", "GROUP", "BODY"]);
    for letter in letters {
        let body: String = letter.body.chars().take(SHOWN).collect();
        let sent = look.maybe_time(sent_at(letter));
        table.row([Text::plain(&letter.id), sent, Text::plain(letter.group.as_deref().unwrap_or_default()), Text::plain(body)]);
    }
    table
}

fn sent_at(letter: &Letter) -> Option<Timestamp> {
    Timestamp::from_millisecond(letter.sent_ms?).ok()
}

fn failure(error: DeadLetterError) -> Failure {
    match error {
        DeadLetterError::NoQueue(_) | DeadLetterError::NoLetter(_) => Failure::NotFound(error.to_string()),
        DeadLetterError::Failed { .. } => Failure::Other(error.to_string()),
    }
}
