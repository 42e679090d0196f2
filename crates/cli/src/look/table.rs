//! Aligned rows, and aligned pairs of name and value.

use super::{Paint, Text, Tone};

/// Rows under a heading, each column as wide as its widest cell.
#[derive(Clone, Debug)]
pub struct Table {
    head: Vec<&'static str>,
    rows: Vec<Vec<Text>>,
}

impl Table {
    /// No rows yet.
    pub fn new(head: &[&'static str]) -> Self {
        Self { head: head.to_vec(), rows: Vec::new() }
    }

    /// One more row; its cells stand under the headings in order.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Text>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// With line ends; empty when there are no rows.
    pub fn painted(&self, paint: Paint) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        let head: Vec<Text> = self.head.iter().map(|name| Text::new(name, Tone::Muted)).collect();
        let lines = || std::iter::once(&head).chain(&self.rows);
        let widths: Vec<usize> =
            (0..self.head.len()).map(|column| lines().filter_map(|line| line.get(column)).map(Text::width).max().unwrap_or(0)).collect();
        lines().map(|line| aligned(line, &widths, paint)).collect()
    }
}

/// One line, its end not padded.
fn aligned(cells: &[Text], widths: &[usize], paint: Paint) -> String {
    let mut line = String::new();
    let mut owed = 0;
    for (cell, width) in cells.iter().zip(widths) {
        if !cell.is_empty() {
            line.extend(std::iter::repeat_n(' ', owed));
            line.push_str(&cell.painted(paint));
            owed = 0;
        }
        owed += width - cell.width() + 2;
    }
    line.push('\n');
    line
}

/// `name: value` pairs below each other.
#[derive(Clone, Debug, Default)]
pub struct Details(Vec<(&'static str, Text)>);

impl Details {
    /// No pairs yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One more pair; left out when the value is empty.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Text) -> Self {
        if !value.is_empty() {
            self.0.push((name, value));
        }
        self
    }

    /// With line ends.
    pub fn painted(&self, paint: Paint) -> String {
        let width = self.0.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        self.0
            .iter()
            .map(|(name, value)| {
                let gap = " ".repeat(width - name.len());
                format!("{}{gap}  {}\n", paint.paint(name, Tone::Muted), value.painted(paint))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
