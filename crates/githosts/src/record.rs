//! The record of a change that started a flow: what is stored, shown, and seen by stages as `ctx.flow.trigger`.
//!
//! Invariant: written as JSON it has at most [`RECORD_BYTES_MAX`] bytes, so that it fits into an item of the table with what stands around it.
//! What had to go is said in `note`; the newest commits and their first lines go last.

use serde::{Deserialize, Serialize};

use crate::{Commit, Event, GitHost, Person, PullAction, PullRequest, Push, text::shorten};

/// The bytes that a record has at most, as JSON. An item may have 64 KB, and the flow's own fields need some.
pub const RECORD_BYTES_MAX: usize = 48 * 1024;

/// A change that started a flow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRecord {
    /// Who told of it, and what: `github-push`, `gitlab-pull_request`.
    pub trigger: String,
    /// The address of the repository to check out: of a pull request, the one that it goes to, or the fork where that offers no ref for it.
    pub repo: String,
    /// The branch: of a pull request, the one that it comes from. A tag's name where a tag was pushed.
    pub branch: String,
    /// `refs/pull/7/head` and the like: where the repository offers `after` if no branch of it does; `refs/tags/…` for tags.
    #[serde(default, rename = "ref", skip_serializing_if = "Option::is_none")]
    pub git_ref: Option<String>,
    /// The commit before; absent for a new branch.
    pub before: Option<String>,
    /// The commit to run; absent for a branch that is gone.
    pub after: Option<String>,
    /// What is new, oldest first.
    pub commits: Vec<Commit>,
    /// Who pushed, or opened the pull request.
    #[serde(default)]
    pub by: Person,
    /// A page that shows the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The pull request, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<PullFacts>,
    /// What is not in here because it was too much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a pull request is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PullFacts {
    /// What happened to it.
    pub action: PullAction,
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: String,
    /// The branch that it goes to.
    pub target_branch: String,
    /// `owner/name` of where it comes from; absent when that is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_repo: Option<String>,
    /// It comes from another repository.
    pub from_fork: bool,
    /// Its labels.
    #[serde(default)]
    pub labels: Vec<String>,
    /// It is a draft.
    pub draft: bool,
}

impl ChangeRecord {
    /// The record of an event; `None` for what starts nothing.
    pub fn of(host: GitHost, event: &Event) -> Option<Self> {
        match event {
            Event::Push(push) => Some(Self::of_push(host, push)),
            Event::PullRequest(pull) => Some(Self::of_pull_request(host, pull)),
            Event::Ping | Event::Ignored { .. } => None,
        }
    }

    /// The record of a push.
    pub fn of_push(host: GitHost, push: &Push) -> Self {
        let note = (!push.complete && !push.commits.is_empty()).then(|| "there are more commits than are listed".to_owned());
        let record = Self {
            trigger: format!("{host}-push"),
            repo: push.repo.clone_url().unwrap_or(&push.repo.name).to_owned(),
            branch: push.git_ref.name().to_owned(),
            git_ref: push.git_ref.branch().is_none().then(|| format!("refs/tags/{}", push.git_ref.name())),
            before: push.before.clone(),
            after: push.after.clone(),
            commits: push.commits.clone(),
            by: push.pusher.clone(),
            url: push.compare_url.clone(),
            pull_request: None,
            note,
        };
        record.bounded(RECORD_BYTES_MAX)
    }

    /// The record of a pull request. Its commits are not told by the hosts, but for the newest by GitLab.
    pub fn of_pull_request(host: GitHost, pull: &PullRequest) -> Self {
        let source = pull.source_repo.as_ref();
        // Where the target offers no ref, the branch is fetched from where it is.
        let from = if pull.fetch_ref.is_some() { &pull.repo } else { source.unwrap_or(&pull.repo) };
        let newest = pull.head_sha.as_ref().zip(pull.head_message.as_ref()).map(|(id, message)| Commit {
            id: id.clone(),
            message: message.clone(),
            paths_cut: true,
            ..Commit::default()
        });
        let record = Self {
            trigger: format!("{host}-pull_request"),
            repo: from.clone_url().unwrap_or(&from.name).to_owned(),
            branch: pull.source_branch.clone(),
            git_ref: pull.fetch_ref.clone(),
            before: pull.base_sha.clone(),
            after: pull.head_sha.clone(),
            commits: newest.into_iter().collect(),
            by: pull.author.clone(),
            url: pull.url.clone(),
            pull_request: Some(PullFacts {
                action: pull.action,
                number: pull.number,
                title: pull.title.clone(),
                target_branch: pull.target_branch.clone(),
                source_repo: source.map(|repo| repo.name.clone()),
                from_fork: pull.from_fork,
                labels: pull.labels.clone(),
                draft: pull.draft,
            }),
            note: None,
        };
        record.bounded(RECORD_BYTES_MAX)
    }

    /// The record, cut until it has at most `max` bytes as JSON: first long messages, then lists of paths, then the oldest commits.
    ///
    /// Below some 20 KB the fields that are never cut may not fit.
    pub fn bounded(mut self, max: usize) -> Self {
        // Room for the note itself.
        let max = max.saturating_sub(300);
        let mut cut = Cut::default();
        for (message, paths) in [(usize::MAX, usize::MAX), (2_000, 200), (500, 50), (200, 10), (200, 0), (80, 0)] {
            self.commits.iter_mut().for_each(|commit| cut.shorten(commit, message, paths));
            if self.bytes() <= max {
                self.add_note(cut.note());
                return self;
            }
        }
        self.add_note(cut.note());
        if let Some(pull) = &mut self.pull_request {
            pull.labels.truncate(10);
        }
        let mut dropped = 0;
        while self.bytes() > max && !self.commits.is_empty() {
            // A quarter at a time: measuring is not free.
            let some = self.commits.len().div_ceil(4);
            self.commits.drain(..some);
            dropped += some;
        }
        if dropped > 0 {
            self.add_note(Some(format!("{dropped} older commits are left out")));
        }
        self
    }

    /// How many bytes it has as JSON.
    pub fn bytes(&self) -> usize {
        // Texts and numbers always serialise; if they did not, the record would not fit anywhere.
        serde_json::to_vec(self).map_or(usize::MAX, |bytes| bytes.len())
    }

    fn add_note(&mut self, note: Option<String>) {
        let Some(note) = note else { return };
        self.note = Some(match self.note.take() {
            Some(known) => format!("{known}; {note}"),
            None => note,
        });
    }
}

/// What had to be cut.
#[derive(Default)]
struct Cut {
    messages: bool,
    paths: bool,
}

impl Cut {
    fn shorten(&mut self, commit: &mut Commit, message: usize, paths: usize) {
        let shorter = shorten(&commit.message, message);
        self.messages |= shorter != commit.message;
        commit.message = shorter;
        for list in [&mut commit.added, &mut commit.modified, &mut commit.removed] {
            if list.len() > paths {
                list.truncate(paths);
                commit.paths_cut = true;
                self.paths = true;
            }
        }
    }

    fn note(&self) -> Option<String> {
        match (self.messages, self.paths) {
            (true, true) => Some("long messages and lists of paths are cut".to_owned()),
            (true, false) => Some("long messages are cut".to_owned()),
            (false, true) => Some("lists of paths are cut".to_owned()),
            (false, false) => None,
        }
    }
}

#[cfg(test)]
mod tests;
