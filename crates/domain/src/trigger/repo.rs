//! What is known of repositories between two looks.
//!
//! A look that finds something new is written down before anything is started for it: whoever goes on, and however often, starts the same
//! flow for the same commits. What could not be seen keeps its last commit, so nothing is lost while a host is away.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{GitSettings, RepoHead, Rule, Trigger};

/// The longest pause between two looks while there is trouble, in seconds, unless the rule itself looks less often.
const PAUSE_MAX_S: u64 = 3_600;
/// How often the pause doubles.
const DOUBLINGS: u32 = 5;
/// Characters of a trouble that are kept.
const WHY_MAX: usize = 1_000;

/// New commits that were found, and for which nothing has been started yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// What all repositories of the trigger were at.
    pub heads: Vec<RepoHead>,
    /// When that was seen.
    pub at: Timestamp,
}

/// What keeps a look from seeing what there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// In words for whoever set it up.
    pub why: String,
    /// Since when.
    pub since: Timestamp,
    /// How many looks in a row have met it and seen nothing else.
    pub times: u32,
    /// What is wrong with the code that was found, where that is the trouble.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<CodeProblem>,
}

/// Something that is wrong with the code of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeProblem {
    /// Where in what the code gives: a JSON pointer, possibly empty.
    pub path: String,
    /// Where in the code, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What.
    pub message: String,
}

/// A repository that has something new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News<'a> {
    /// Address of the repository.
    pub url: &'a str,
    /// The branch.
    pub branch: &'a str,
    /// The commit that was known.
    pub before: &'a str,
    /// The commit that is there now.
    pub after: &'a str,
}

impl Trigger {
    /// The repositories that it looks at, with what was seen last; empty for what goes by the clock.
    pub fn repos(&self) -> &[RepoHead] {
        match &self.rule {
            Rule::Repo { repos, .. } => repos,
            Rule::Source { repo, .. } => std::slice::from_ref(repo),
            Rule::Interval { .. } | Rule::Date { .. } | Rule::Cron { .. } => &[],
        }
    }

    /// The name of the secret that looks use.
    pub fn credentials(&self) -> Option<&str> {
        match &self.rule {
            Rule::Repo { credentials, .. } | Rule::Source { credentials, .. } => credentials.as_deref(),
            Rule::Interval { .. } | Rule::Date { .. } | Rule::Cron { .. } => None,
        }
    }

    /// The settings of git for its looks. One that was saved before settings were checked has none.
    pub fn git_settings(&self) -> GitSettings {
        match &self.rule {
            Rule::Repo { git_cfg, credentials, .. } => GitSettings::read(git_cfg, credentials.is_some()).unwrap_or_default(),
            Rule::Interval { .. } | Rule::Date { .. } | Rule::Cron { .. } | Rule::Source { .. } => GitSettings::default(),
        }
    }

    /// The trigger after a look at `now` that was due at `due`. `heads` says for each repository what its branch points at, `None` where that
    /// could not be seen. New commits are kept in `found`, and it stays due until [`Trigger::after`]; a first look only remembers.
    #[must_use]
    pub fn seen(&self, due: Timestamp, now: Timestamp, heads: &[Option<String>], trouble: Option<String>) -> Self {
        let repos = self.repos().iter().zip(heads);
        let seen: Vec<RepoHead> =
            repos.map(|(repo, head)| RepoHead { head: head.clone().or_else(|| repo.head.clone()), ..repo.clone() }).collect();
        let next = self.looked(now, trouble.map(|why| (why, Vec::new())));
        if news(self.repos(), &seen).next().is_some() {
            return Self { found: Some(Found { heads: seen, at: now }), due: Some(due), ..next };
        }
        let rule = self.rule.with_heads(&seen);
        if heads.iter().any(Option::is_some) {
            // One that is away for good is not to put off the others.
            let trouble = next.trouble.map(|trouble| Trouble { times: 1, ..trouble });
            return Self { due: self.rule.next_after(self.since, now.max(due)), rule, trouble, ..next };
        }
        Self { due: next.pause(due, now), rule, ..next }
    }

    /// The same with what `other` has seen of the repositories that both look at.
    pub(super) fn knowing(self, other: &Self) -> Self {
        let known = |of: &[RepoHead]| -> Vec<RepoHead> {
            let head = |repo: &RepoHead| of.iter().find(|seen| (&seen.url, &seen.branch) == (&repo.url, &repo.branch))?.head.clone();
            self.repos().iter().map(|repo| RepoHead { head: head(repo), ..repo.clone() }).collect()
        };
        let heads = known(other.repos());
        let found = other.found.as_ref().map(|found| Found { heads: known(&found.heads), at: found.at });
        let found = found.filter(|found| news(&heads, &found.heads).next().is_some());
        Self { rule: self.rule.with_heads(&heads), found, ..self }
    }

    /// What is new of what was found.
    pub fn news(&self) -> Vec<News<'_>> {
        self.found.iter().flat_map(|found| news(self.repos(), &found.heads)).collect()
    }

    /// The trigger of a stage's source after a look: `head` is the commit of the file that was read, if one was.
    #[must_use]
    pub fn read_source(&self, now: Timestamp, head: Option<String>, trouble: Option<(String, Vec<CodeProblem>)>) -> Self {
        let next = self.looked(now, trouble);
        let heads: Vec<RepoHead> =
            self.repos().iter().map(|repo| RepoHead { head: head.clone().or_else(|| repo.head.clone()), ..repo.clone() }).collect();
        Self { due: next.pause(now, now), rule: self.rule.with_heads(&heads), ..next }
    }

    /// The same with a look that is due now.
    #[must_use]
    pub fn due_now(&self, now: Timestamp) -> Self {
        Self { due: Some(self.due.map_or(now, |due| due.min(now))), ..self.clone() }
    }

    fn looked(&self, now: Timestamp, trouble: Option<(String, Vec<CodeProblem>)>) -> Self {
        let trouble = trouble.map(|(why, problems)| {
            let (since, times) = self.trouble.as_ref().map_or((now, 0), |last| (last.since, last.times));
            Trouble { why: why.chars().take(WHY_MAX).collect(), since, times: times.saturating_add(1), problems }
        });
        Self { looked_at: Some(now), trouble, ..self.clone() }
    }

    /// The next look: later and later while there is trouble.
    fn pause(&self, due: Timestamp, now: Timestamp) -> Option<Timestamp> {
        let regular = self.rule.next_after(self.since, now.max(due));
        let (Some(trouble), Rule::Repo { every_s, .. } | Rule::Source { every_s, .. }) = (&self.trouble, &self.rule) else {
            return regular;
        };
        if !trouble.problems.is_empty() {
            // Whoever mends the code is not to wait for it.
            return regular;
        }
        let pause = every_s.saturating_mul(1 << (trouble.times.saturating_sub(1)).min(DOUBLINGS)).min(PAUSE_MAX_S);
        let later = now.checked_add(SignedDuration::from_secs(i64::try_from(pause).unwrap_or(i64::MAX))).ok();
        regular.max(later)
    }
}

impl Rule {
    /// The same with what its repositories are at.
    pub(super) fn with_heads(&self, heads: &[RepoHead]) -> Self {
        let mut rule = self.clone();
        match (&mut rule, heads) {
            (Self::Repo { repos, .. }, _) => *repos = heads.to_vec(),
            (Self::Source { repo, .. }, [head]) => *repo = head.clone(),
            _ => {}
        }
        rule
    }
}

fn news<'a>(known: &'a [RepoHead], seen: &'a [RepoHead]) -> impl Iterator<Item = News<'a>> {
    known.iter().zip(seen).filter_map(|(known, seen)| {
        let (before, after) = (known.head.as_deref()?, seen.head.as_deref()?);
        (before != after).then_some(News { url: &known.url, branch: &known.branch, before, after })
    })
}

#[cfg(test)]
mod tests;
