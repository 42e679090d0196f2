//! Lines of logs on the screen.

use kraken_protocol::api::LogLine;
use serde_json::json;

use super::Source;
use crate::{commands::logs::LogOptions, failure::Outcome, look::Tone, names::Subject, screen::Screen};

/// How lines are written.
pub struct LinePrinter {
    prefix: bool,
    timestamps: bool,
    json: bool,
    /// Whether the lines' own colours may pass.
    colours: bool,
}

impl LinePrinter {
    /// For the logs of `of`: lines of more than one job begin with the job.
    pub fn new(of: Subject, options: &LogOptions, screen: &Screen) -> Self {
        Self {
            prefix: !matches!(of, Subject::Job(_)),
            timestamps: options.timestamps,
            json: screen.is_json(),
            colours: screen.look().paint.is_on(),
        }
    }

    /// Writes `lines`. As JSON, a document for each.
    pub fn print(&self, source: &Source, lines: &[LogLine], screen: &mut Screen) -> Outcome {
        if lines.is_empty() {
            return Ok(());
        }
        let look = screen.look();
        let mut text = String::new();
        for line in lines {
            if self.json {
                let document = json!({"job": source.job, "number": line.number, "time": line.time, "text": line.text});
                text.push_str(&format!("{document}\n"));
                continue;
            }
            if self.prefix {
                text.push_str(&look.paint.paint(&source.label, Tone::Busy));
                text.push_str(" | ");
            }
            if self.timestamps {
                text.push_str(&look.paint.paint(&look.clock(line.time), Tone::Muted));
                text.push_str("  ");
            }
            text.push_str(if self.prefix && !self.colours { line.text.trim_end_matches('\r') } else { &line.text });
            // A job that leaves its colours on must not paint the lines of others.
            text.push_str(if self.colours && line.text.contains('\x1b') { "\x1b[0m\n" } else { "\n" });
        }
        screen.write(text.as_bytes())
    }
}
