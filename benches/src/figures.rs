//! Figures beside their targets: as a table for people, as JSON for the rest.

use std::fmt;

use serde::Serialize;

use crate::{machine::Machine, rows::Row};

/// What is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    AtMost(f64),
    AtLeast(f64),
    Exactly(f64),
}

/// One measured thing.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    target: Option<Target>,
    factor: Option<f64>,
    met: Option<bool>,
}

impl Figure {
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, target: None, factor: None, met: None }
    }

    pub(crate) fn at_most(self, target: f64) -> Self {
        self.aimed(Target::AtMost(target))
    }

    pub(crate) fn at_least(self, target: f64) -> Self {
        self.aimed(Target::AtLeast(target))
    }

    pub(crate) fn exactly(self, target: f64) -> Self {
        self.aimed(Target::Exactly(target))
    }

    fn aimed(mut self, target: Target) -> Self {
        let value = self.value;
        (self.factor, self.met) = match target {
            Target::AtMost(most) => (Some(most / value), Some(value <= most)),
            Target::AtLeast(least) => (Some(value / least), Some(value >= least)),
            Target::Exactly(wanted) => (None, Some(value == wanted)),
        };
        self.target = Some(target);
        self
    }

    fn cells(&self) -> [String; 5] {
        let target = match self.target {
            None => String::new(),
            Some(Target::AtMost(most)) => format!("≤ {}", number(most)),
            Some(Target::AtLeast(least)) => format!("≥ {}", number(least)),
            Some(Target::Exactly(wanted)) => number(wanted),
        };
        let factor = match (self.factor, self.met) {
            (Some(factor), Some(met)) => format!("{factor:.2}{}", if met { "" } else { " missed" }),
            (None, Some(true)) => "met".to_owned(),
            (None, Some(false)) => "missed".to_owned(),
            (_, None) => String::new(),
        };
        [self.name.clone(), number(self.value), target, self.unit.to_owned(), factor]
    }
}

/// Three digits that count, and no more.
fn number(value: f64) -> String {
    let places = match value.abs() {
        size if size >= 100.0 || value == value.trunc() => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    format!("{value:.places$}")
}

#[derive(Clone, Debug, Serialize)]
struct Measured {
    row: String,
    what: &'static str,
    figures: Vec<Figure>,
}

/// All that was measured.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    machine: Machine,
    rows: Vec<Measured>,
}

impl Report {
    pub(crate) fn new(machine: Machine) -> Self {
        Self { machine, rows: Vec::new() }
    }

    pub(crate) fn add(&mut self, row: Row, figures: Vec<Figure>) {
        self.rows.push(Measured { row: row.name(), what: row.what(), figures });
    }

    pub(crate) fn finish(&mut self) {
        self.machine.look_again();
    }
}

const HEADINGS: [&str; 5] = ["what", "ours", "target", "unit", "factor"];

impl fmt::Display for Report {
    /// A table in Markdown. A factor of 2 is twice as good as the target.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines: Vec<(String, [String; 5])> = vec![("row".to_owned(), HEADINGS.map(str::to_owned))];
        for row in &self.rows {
            let mut label = row.row.clone();
            for figure in &row.figures {
                let mut cells = figure.cells();
                cells[0] = format!("{}: {}", row.what, cells[0]);
                lines.push((std::mem::take(&mut label), cells));
            }
        }
        let width = |cell: usize| lines.iter().map(|(_, cells)| cells[cell].chars().count()).max().unwrap_or_default();
        let widths: [usize; 5] = std::array::from_fn(width);
        writeln!(f, "{}\n", self.machine)?;
        for (at, (row, cells)) in lines.iter().enumerate() {
            let [what, ours, target, unit, factor] = cells;
            let [w, o, t, u, x] = widths;
            writeln!(f, "| {row:>8} | {what:w$} | {ours:>o$} | {target:>t$} | {unit:u$} | {factor:x$} |")?;
            if at == 0 {
                let rule = widths.map(|width| "-".repeat(width)).join(" | ");
                writeln!(f, "| -------- | {rule} |")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
