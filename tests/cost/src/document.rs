//! The counted part of `docs/cost.md`: written from a run of the stories, and read back to see what has grown since.

use std::{collections::BTreeMap, fmt::Write};

use anyhow::{Context, Result};

use crate::{
    path::Path,
    prices::{DATE, PRICES, REGION},
    rows::{self, Figure, Part},
    stories::{Count, Counts, Idle, Jobs, Story},
    usage::cost,
};

const BEGIN: &str = "<!-- counted: KRAKEN_REWRITE=1 cargo test --workspace --test cost writes it anew -->";
const END: &str = "<!-- end of what is counted -->";

/// All that was counted.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Jobs.
    pub jobs: Jobs,
    /// Idleness.
    pub idle: Idle,
    /// Row 18.
    pub path: Path,
}

impl Counted {
    /// The rows.
    pub fn figures(&self) -> Vec<Figure> {
        rows::figures(&self.jobs, &self.idle, &self.path)
    }

    /// The stories by their headings.
    fn stories(&self) -> [(&'static str, &Story); 6] {
        [
            ("A job of a minute in a flow of its own", &self.jobs.alone),
            ("One of many jobs of no time in one run", &self.jobs.of_many),
            ("What a minute of work adds to a job", &self.jobs.minute),
            ("A minute's ticks", &self.idle.tick),
            ("A heartbeat of an idle agent", &self.idle.heartbeat),
            ("A renewal of an agent's session", &self.idle.session),
        ]
    }

    /// The part of the document that is made from this.
    pub fn to_markdown(&self) -> String {
        let mut text = format!("{BEGIN}\n\n## Rows\n\n| # | what | counted | target |\n|---|---|---|---|\n");
        for figure in self.figures() {
            let _infallible = writeln!(text, "{figure}");
        }
        self.by_service(&mut text);
        parts(&mut text, "A month with no jobs and no agents", &rows::idle_month(&self.idle));
        parts(&mut text, "A month of an agent that waits", &rows::idle_agent_month(&self.idle));
        self.path(&mut text);
        prices(&mut text);
        text.push_str("\n## Counts\n");
        for (heading, story) in self.stories() {
            counts(&mut text, heading, story);
        }
        let _infallible = write!(text, "\n{END}");
        text
    }

    fn by_service(&self, text: &mut String) {
        text.push_str("\n## 1,000 one-minute jobs by service\n\nIn US dollars.\n\n| service | of one run | each in a flow of its own |\n|---|--:|--:|\n");
        let many = rows::thousand(&self.jobs.of_many_minutes().usage).by_service();
        let alone = rows::thousand(&self.jobs.alone.usage).by_service();
        for (service, usd) in &alone {
            let of_many = many.get(service).copied().unwrap_or_default();
            let _infallible = writeln!(text, "| {service} | {} | {} |", fixed(of_many, 4), fixed(*usd, 4));
        }
    }

    fn path(&self, text: &mut String) {
        text.push_str("\n## From the trigger to the first command\n\n| who | what it waits for | ms by the model |\n|---|---|--:|\n");
        for step in &self.path.steps {
            let _infallible = writeln!(text, "| {} | {} | {} |", step.who, step.what, step.takes.as_millis());
        }
        let _infallible = writeln!(text, "| **all** | | **{:.0}** |", self.path.ms());
    }

    /// What has grown since `document` was written, in words; and whether anything has shrunk.
    pub fn grown_since(&self, document: &str) -> (Vec<String>, bool) {
        let recorded = read_counts(document);
        let (mut grown, mut shrunk) = (Vec::new(), false);
        for (heading, story) in self.stories() {
            let nothing = Counts::new();
            let before = recorded.get(heading).unwrap_or(&nothing);
            for (key, now) in &story.counts {
                let was = before.get(key).copied().unwrap_or_default();
                let slack = slack(&key.0, heading);
                let figures = [("calls", now.calls, was.calls), ("read units", now.read, was.read), ("write units", now.write, was.write)];
                for (what, now, was) in figures {
                    if now > was + slack + was * 0.05 {
                        grown.push(format!("{heading}: {} {}: {now:.2} {what}, recorded {was:.2}", key.0, key.1));
                    }
                    shrunk |= now < was - slack - was * 0.05;
                }
            }
            shrunk |= before.iter().any(|(key, was)| !story.counts.contains_key(key) && was.calls > slack(&key.0, heading));
        }
        (grown, shrunk)
    }
}

/// How far counts may be apart without anything having changed: what comes by the clock falls into a minute once more or less.
fn slack(who: &str, heading: &str) -> f64 {
    let by_the_clock = who == "agent" || who.contains("heartbeat");
    match (by_the_clock, heading.starts_with("One of many")) {
        (true, false) => 8.0,
        (false, false) => 0.5,
        (_, true) => 0.15,
    }
}

/// The document with its counted part replaced.
///
/// # Errors
/// When the document has no such part.
pub fn replaced(document: &str, part: &str) -> Result<String> {
    let (head, rest) = document.split_once(BEGIN).context("docs/cost.md has lost the mark where the counted part begins")?;
    let (_, tail) = rest.split_once(END).context("docs/cost.md has lost the mark where the counted part ends")?;
    Ok(format!("{head}{part}{tail}"))
}

fn parts(text: &mut String, heading: &str, parts: &[Part]) {
    let _infallible = writeln!(text, "\n## {heading}\n\n| what | USD |\n|---|--:|");
    for part in parts {
        let _infallible = writeln!(text, "| {} | {} |", part.what, fixed(part.usage.usd(), 4));
    }
    let _infallible = writeln!(text, "| **all** | **{}** |", fixed(rows::usd(parts), 3));
}

fn prices(text: &mut String) {
    let _infallible =
        writeln!(text, "\n## Prices\n\nList prices of {REGION}, {DATE}, without any free tier.\n\n| service | what | USD |\n|---|---|---|");
    for price in &PRICES {
        let per = match price.per {
            1.0 => String::new(),
            per if per >= 1e6 => " per million".to_owned(),
            per => format!(" per {per}"),
        };
        let _infallible = writeln!(text, "| {} | {} | {}{per} |", price.service, price.what, price.usd);
    }
}

fn counts(text: &mut String, heading: &str, story: &Story) {
    let _infallible = writeln!(text, "\n### {heading}\n\n| who | what | calls | read units | write units |\n|---|---|--:|--:|--:|");
    for ((who, what), Count { calls, read, write }) in &story.counts {
        if calls.abs() >= 0.005 || read.abs() >= 0.005 || write.abs() >= 0.005 {
            let [calls, read, write] = [calls, read, write].map(|number| fixed(*number, 2));
            let _infallible = writeln!(text, "| {who} | {what} | {calls} | {read} | {write} |");
        }
    }
    text.push_str("\n| billed | amount | µUSD |\n|---|--:|--:|\n");
    for (item, amount) in story.usage.items() {
        let price = item.price();
        let (amount, cost) = (fixed(amount, 4), fixed(cost(item, amount) * 1e6, 2));
        let _infallible = writeln!(text, "| {}: {} | {amount} | {cost} |", price.service, price.what);
    }
    let _infallible = writeln!(text, "| **all** | | **{:.1}** |", story.usage.usd() * 1e6);
}

/// A number with so many places; one that rounds to nothing is nothing, whichever side it came from: a difference of two stories may be
/// less than none.
fn fixed(number: f64, places: usize) -> String {
    let text = format!("{number:.places$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.bytes().all(|byte| matches!(byte, b'0' | b'.')) => rest.to_owned(),
        _ => text,
    }
}

/// The counts that a document holds, by heading.
fn read_counts(document: &str) -> BTreeMap<String, Counts> {
    let mut stories: BTreeMap<String, Counts> = BTreeMap::new();
    let mut heading = String::new();
    for line in document.lines() {
        if let Some(next) = line.strip_prefix("### ") {
            next.clone_into(&mut heading);
        }
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        if let [who, what, calls, read, write] = cells[..]
            && let (Ok(calls), Ok(read), Ok(write)) = (calls.parse(), read.parse(), write.parse())
        {
            stories.entry(heading.clone()).or_default().insert((who.to_owned(), what.to_owned()), Count { calls, read, write });
        }
    }
    stories
}

#[cfg(test)]
mod tests;
