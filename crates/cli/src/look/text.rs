//! Pieces of text with a tone, painted only when they are written.

use std::fmt::Display;

/// What a piece of text wants to say by its colour. The word says it too: colours may be off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// A headline.
    Strong,
    /// Went well.
    Good,
    /// Went wrong.
    Bad,
    /// Goes on.
    Busy,
    /// Waits.
    Waiting,
    /// Of less weight.
    Muted,
}

/// Whether colours are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// Without colours.
    pub fn off() -> Self {
        Self { on: false }
    }

    /// Colours only on a terminal, and only if neither `--no-color` nor `NO_COLOR` (not empty) nor a dumb terminal speaks against it.
    pub fn choose(terminal: bool, no_color_flag: bool, no_color_env: Option<&str>, term: Option<&str>) -> Self {
        Self { on: terminal && !no_color_flag && no_color_env.is_none_or(str::is_empty) && term != Some("dumb") }
    }

    /// Whether colours are used.
    pub fn is_on(self) -> bool {
        self.on
    }

    /// `text` in the colour of `tone`.
    pub fn paint(self, text: &str, tone: Tone) -> String {
        let code = match tone {
            Tone::Plain => return text.to_owned(),
            Tone::Strong => "1",
            Tone::Good => "32",
            Tone::Bad => "31",
            Tone::Busy => "34",
            Tone::Waiting => "35",
            Tone::Muted => "2",
        };
        if self.on && !text.is_empty() { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// A piece of one line of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    text: String,
    tone: Tone,
}

impl Text {
    /// A piece with a tone. Control characters, line breaks among them, become spaces.
    pub fn new(text: impl Display, tone: Tone) -> Self {
        let text = text.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        Self { text, tone }
    }

    /// A piece without a tone.
    pub fn plain(text: impl Display) -> Self {
        Self::new(text, Tone::Plain)
    }

    /// Nothing.
    pub fn none() -> Self {
        Self::plain("")
    }

    /// How many columns it takes. Wide characters count as one.
    pub fn width(&self) -> usize {
        self.text.chars().count()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Its words alone.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Ready to be written.
    pub fn painted(&self, paint: Paint) -> String {
        paint.paint(&self.text, self.tone)
    }
}

/// Pieces beside each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(Vec<Text>);

impl Line {
    /// An empty line.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more piece at its end.
    #[must_use]
    pub fn with(mut self, piece: Text) -> Self {
        self.0.push(piece);
        self
    }

    /// Ready to be written, cut to `columns`.
    pub fn painted(&self, paint: Paint, columns: usize) -> String {
        let mut left = columns;
        let mut written = String::new();
        for piece in &self.0 {
            let cut: String = piece.text.chars().take(left).collect();
            left -= cut.chars().count();
            written.push_str(&paint.paint(&cut, piece.tone));
        }
        written
    }
}

#[cfg(test)]
mod tests;
