//! The three ways to show a flow that goes on.

use std::io;

use super::{Ending, Picture, block::block, changes::changes, ending::summary};
use crate::{
    failure::{Failure, Outcome},
    look::Line,
    screen::Screen,
};

/// How a flow is shown, chosen by where the output goes.
pub(super) enum View {
    /// A terminal: one block, drawn again over itself. So many lines of it stand on the screen.
    Block(usize),
    /// A pipe: a line per change.
    Lines,
    /// A script that asked for JSON: nothing until the end.
    Silent,
}

impl View {
    pub(super) fn new(screen: &Screen) -> Self {
        if screen.is_json() {
            Self::Silent
        } else if screen.is_live() {
            Self::Block(0)
        } else {
            Self::Lines
        }
    }

    /// Shows what is new.
    pub(super) fn show(&mut self, before: Option<&Picture>, after: &Picture, screen: &mut Screen) -> Outcome {
        match self {
            Self::Silent => Ok(()),
            Self::Block(_) => self.tick(after, screen),
            Self::Lines => write_lines(&changes(before, after, &screen.look()), usize::MAX, screen),
        }
    }

    /// Shows that time passes.
    pub(super) fn tick(&mut self, picture: &Picture, screen: &mut Screen) -> Outcome {
        let Self::Block(drawn) = self else { return Ok(()) };
        let (columns, rows) =
            terminal_size::terminal_size_of(io::stdout()).map_or((80, 24), |(width, height)| (usize::from(width.0), usize::from(height.0)));
        let look = screen.look();
        // One row stays free for the cursor: what scrolls out of sight cannot be drawn over.
        let lines = block(picture, &look, rows.saturating_sub(1));
        let mut text = String::new();
        if *drawn > 0 {
            text.push_str(&format!("\x1b[{drawn}A"));
        }
        text.push_str("\r\x1b[J");
        for line in &lines {
            text.push_str(&line.painted(look.paint, columns));
            text.push('\n');
        }
        *drawn = lines.len();
        screen.write(text.as_bytes())
    }

    /// Says how it ended; the result is the command's.
    pub(super) fn end(&self, picture: &Picture, ending: Ending, screen: &mut Screen) -> Outcome {
        match self {
            Self::Silent => screen.json(&picture.flow)?,
            Self::Block(_) | Self::Lines => write_lines(&summary(picture, ending, &screen.look()), usize::MAX, screen)?,
        }
        match ending {
            Ending::Ok | Ending::Manual => Ok(()),
            Ending::Error | Ending::Cancelled => Err(Failure::EndedInError),
        }
    }
}

fn write_lines(lines: &[Line], columns: usize, screen: &mut Screen) -> Outcome {
    let paint = screen.look().paint;
    let text: String = lines.iter().map(|line| format!("{}\n", line.painted(paint, columns))).collect();
    if text.is_empty() { Ok(()) } else { screen.write(text.as_bytes()) }
}
