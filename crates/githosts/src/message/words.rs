//! The sentences that all channels share.

use super::{Change, Counts, Occasion, RunNews, RunResult};
use crate::text::{first_line, one_line, shorten, web_link};

/// Changes that are shown; of more, the newest.
pub(super) const CHANGES_MAX: usize = 10;

/// `Regression in Kraken / main: unit tests 12 has new failing tests`.
pub(super) fn headline(news: &RunNews) -> String {
    let what = match (news.occasion, news.result) {
        (Occasion::Start, _) => "started",
        (_, RunResult::Running) => "is running",
        (Occasion::Fixed, RunResult::Passed) => "is fixed",
        (_, RunResult::Passed) => "passed",
        (_, RunResult::NewFailures) => "has new failing tests",
        (_, RunResult::JobErrors) => "has jobs in error",
        (_, RunResult::Broken) => "broke",
        (_, RunResult::Cancelled) => "was cancelled",
    };
    let name = |text: &str| shorten(&one_line(text), 60);
    format!("{} / {}: {} {} {what}", name(&news.project), name(&news.branch), name(&news.stage), name(&news.run))
}

/// `CI flow 12., run 7.`
pub(super) fn place(news: &RunNews) -> String {
    let name = |text: &str| shorten(&one_line(text), 100);
    format!("{} flow {}, run {}", name(&news.flow_kind).to_uppercase(), name(&news.flow), name(&news.run))
}

/// What was counted, as names and sentences: jobs always, the rest where there is any.
pub(super) fn counts(news: &RunNews) -> Vec<(&'static str, String)> {
    let Counts { jobs, jobs_in_error, tests, tests_passed, tests_failed, tests_newly_failed, tests_fixed, issues, issues_new } =
        news.counts;
    let mut lines = vec![("Jobs", some(&[(jobs, ""), (jobs_in_error, "in error")]))];
    if tests > 0 {
        let kinds =
            [(tests, ""), (tests_passed, "passed"), (tests_failed, "failed"), (tests_newly_failed, "newly failed"), (tests_fixed, "fixed")];
        lines.push(("Tests", some(&kinds)));
    }
    if issues > 0 {
        lines.push(("Issues", some(&[(issues, ""), (issues_new, "new")])));
    }
    if let Some(seconds) = news.duration_s {
        lines.push(("Duration", duration(seconds)));
    }
    lines
}

/// The first number, and after it those that are not zero.
fn some(kinds: &[(u64, &str)]) -> String {
    let shown = kinds.iter().enumerate().filter(|(at, (count, _))| *at == 0 || *count > 0);
    shown.map(|(_, (count, name))| format!("{count} {name}").trim().to_owned()).collect::<Vec<_>>().join(", ")
}

/// `1 h 2 min 3 s`.
pub(super) fn duration(seconds: u64) -> String {
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let shown = parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count} {unit}")).collect::<Vec<_>>();
    if shown.is_empty() { "0 s".to_owned() } else { shown.join(" ") }
}

/// A change as channels show it.
pub(super) struct Line {
    /// The first digits of the commit's name.
    pub(super) id: String,
    pub(super) title: String,
    pub(super) author: String,
    pub(super) url: Option<String>,
}

/// The newest changes, newest first, and how many more there are.
pub(super) fn changes(news: &RunNews) -> (Vec<Line>, usize) {
    let line = |change: &Change| Line {
        id: one_line(&change.id).chars().take(8).collect(),
        title: shorten(&first_line(&change.message), 100),
        author: shorten(&one_line(&change.author), 60),
        url: change.url.as_deref().and_then(web_link).filter(|url| url.len() <= 500).map(str::to_owned),
    };
    let shown = news.changes.iter().rev().take(CHANGES_MAX).map(line).collect();
    (shown, news.changes.len().saturating_sub(CHANGES_MAX))
}

/// Why it broke, on one line.
pub(super) fn note(news: &RunNews) -> Option<String> {
    let note = shorten(&one_line(news.note.as_deref()?), 500);
    (!note.is_empty()).then_some(note)
}
