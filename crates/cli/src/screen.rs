//! The only way out: standard output for answers, standard error for everything beside them.
//!
//! Invariant: with `--json`, standard output carries JSON and nothing else. The progress line appears only when the standard error
//! is a terminal, and is gone before anything else is written.

use std::io::{self, IsTerminal, Write};

use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::{
    failure::{Failure, Outcome},
    look::{Details, Line, Look, Paint, Table, Text, failure_json, failure_text},
};

/// Where answers and remarks go.
pub struct Screen {
    json: bool,
    out_paint: Paint,
    err_paint: Paint,
    out_terminal: bool,
    err_terminal: bool,
    /// A terminal that knows no cursor movements.
    dumb: bool,
    zone: TimeZone,
    progress: bool,
}

impl Screen {
    /// The process's own standard output and standard error.
    pub fn new(json: bool, no_color: bool) -> Self {
        let variable = std::env::var("NO_COLOR").ok();
        let term = std::env::var("TERM").ok();
        let (out_terminal, err_terminal) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let paint = |terminal| Paint::choose(terminal, no_color, variable.as_deref(), term.as_deref());
        Self {
            json,
            out_paint: paint(out_terminal),
            err_paint: paint(err_terminal),
            out_terminal,
            err_terminal,
            dumb: term.as_deref() == Some("dumb"),
            zone: TimeZone::system(),
            progress: false,
        }
    }

    /// Whether answers are JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a block that refreshes itself makes sense.
    pub fn is_live(&self) -> bool {
        self.out_terminal && !self.json && !self.dumb
    }

    /// How to render for the standard output, now.
    pub fn look(&self) -> Look {
        Look { paint: self.out_paint, zone: self.zone.clone(), now: Timestamp::now() }
    }

    /// The answer: `value` as JSON, or what `human` makes of it.
    pub fn answer<T: Serialize + ?Sized>(&mut self, value: &T, human: impl FnOnce(&Look) -> String) -> Outcome {
        if self.json { self.json(value) } else { self.write(human(&self.look()).as_bytes()) }
    }

    /// The answer is a list. Without rows, people are told in words on the standard error.
    pub fn rows<T: Serialize>(&mut self, rows: &[T], nothing: &str, table: impl FnOnce(&Look) -> Table) -> Outcome {
        if rows.is_empty() && !self.json {
            return self.note(nothing);
        }
        self.answer(rows, |look| table(look).painted(look.paint))
    }

    /// The answer is one thing.
    pub fn details<T: Serialize>(&mut self, value: &T, details: impl FnOnce(&Look) -> Details) -> Outcome {
        self.answer(value, |look| details(look).painted(look.paint))
    }

    /// One JSON document on a line of its own; indented where a person may look at it.
    pub fn json<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        let text = if self.out_terminal { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
        let text = text.map_err(|error| Failure::Other(format!("cannot write the answer as JSON: {error}")))?;
        self.line(&text)
    }

    /// A line on the standard output.
    pub fn line(&mut self, text: &str) -> Outcome {
        self.write(format!("{text}\n").as_bytes())
    }

    /// Bytes on the standard output, as they are.
    pub fn write(&mut self, bytes: &[u8]) -> Outcome {
        self.clear_progress();
        let mut out = io::stdout().lock();
        out.write_all(bytes).and_then(|()| out.flush()).map_err(output_failure)
    }

    /// A remark for people, on the standard error. Scripts that ask for JSON get none.
    pub fn note(&mut self, text: &str) -> Outcome {
        if !self.json {
            self.clear_progress();
            // Nobody to read remarks is no reason to stop.
            let _ = writeln!(io::stderr(), "{text}");
        }
        Ok(())
    }

    /// A line of what is going on: part of the output for people, beside it where the output is JSON.
    pub fn remark(&mut self, line: &Line) -> Outcome {
        if self.json {
            let _ = writeln!(io::stderr(), "{}", line.painted(self.err_paint, usize::MAX));
            return Ok(());
        }
        let text = line.painted(self.out_paint, usize::MAX);
        self.line(&text)
    }

    /// What is going on, on one line that the next one overwrites.
    pub fn progress(&mut self, text: &str) {
        if self.err_terminal && !self.dumb && !self.json {
            let columns = terminal_size::terminal_size_of(io::stderr()).map_or(80, |(width, _)| usize::from(width.0));
            let text: String = Text::plain(text).as_str().chars().take(columns.saturating_sub(1)).collect();
            let mut err = io::stderr().lock();
            let _ = write!(err, "\r\x1b[2K{}", self.err_paint.paint(&text, crate::look::Tone::Muted)).and_then(|()| err.flush());
            self.progress = true;
        }
    }

    /// Something that may pass and that is waited for: the progress line on a terminal; elsewhere, where `new`, a remark.
    pub fn trouble(&mut self, text: &str, new: bool) -> Outcome {
        if self.err_terminal && !self.dumb {
            self.progress(text);
            return Ok(());
        }
        if new { self.note(text) } else { Ok(()) }
    }

    /// Takes the progress line away.
    pub fn clear_progress(&mut self) {
        if self.progress {
            let mut err = io::stderr().lock();
            let _ = write!(err, "\r\x1b[2K").and_then(|()| err.flush());
            self.progress = false;
        }
    }

    /// The end of a command that failed.
    pub fn failure(&mut self, failure: &Failure) {
        self.clear_progress();
        let text = match failure {
            Failure::EndedInError | Failure::OutputClosed => return,
            _ if self.json => format!("{}\n", failure_json(failure)),
            _ => failure_text(failure, self.err_paint),
        };
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// Asks on the terminal before something is lost for good. `--yes` answers beforehand; without a terminal it must.
    pub fn confirm(&mut self, yes: bool, question: &str) -> Outcome {
        if yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() || !self.err_terminal {
            return Err(Failure::Usage(format!("{question} Add --yes to say so where nobody can be asked")));
        }
        let _ = write!(io::stderr(), "{} [y/N] ", Text::plain(question).as_str());
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).map_err(|error| Failure::Other(format!("cannot read the answer: {error}")))?;
        if matches!(answer.trim(), "y" | "Y" | "yes") { Ok(()) } else { Err(Failure::Refused("nothing was changed".to_owned())) }
    }
}

fn output_failure(error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        Failure::OutputClosed
    } else {
        Failure::Other(format!("cannot write to the standard output: {error}"))
    }
}
