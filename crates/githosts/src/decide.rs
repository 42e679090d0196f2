//! Whether what a host told starts a flow in a branch, of which kind, with which root stages; or why not.
//!
//! Invariant: the answer follows from what was told and what the branch and its stages say, nothing else; so asking again gives the same.

use kraken_domain::{
    StageId,
    flow::FlowKind,
    webhook::{Candidate, Happening, PATHS_BYTES_MAX, Told},
};

use crate::{
    Event, PathFilter, Paths, Push, Repo, RepoUrl,
    skip::{mark_found, skip_mark, skipped},
    text::shorten,
};

/// What follows for one branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Follows {
    /// It is none of the branch's business.
    Unconcerned,
    /// Nothing starts, and why.
    Nothing(String),
    /// A flow starts.
    Flow {
        /// Of this kind.
        kind: FlowKind,
        /// It builds this branch or tag of the repository.
        branch_name: String,
        /// With these root stages.
        stages: Vec<StageId>,
    },
}

/// What is kept of an event until it is dealt with.
pub fn told(event: &Event) -> Told {
    let repo = event.repo().cloned().unwrap_or_default();
    let what = match event {
        Event::Push(push) => match push.git_ref.branch() {
            Some(branch) => Happening::Push { branch: branch.to_owned(), deleted: push.deleted(), paths: paths(push) },
            None => Happening::Tag { name: push.git_ref.name().to_owned(), deleted: push.deleted() },
        },
        Event::PullRequest(pull) if pull.action.is_to_be_run() => {
            let (target, source) = (pull.target_branch.clone(), pull.source_branch.clone());
            Happening::Pull { number: pull.number, target, source, paths: None }
        }
        Event::PullRequest(pull) => Happening::Nothing {
            why: format!("pull request {} was {}, which brings nothing to run", pull.number, format!("{:?}", pull.action).to_lowercase()),
        },
        Event::Ping => Happening::Nothing { why: "the host tried the webhook out".to_owned() },
        Event::Ignored { why } => Happening::Nothing { why: why.clone() },
    };
    let skip = skipped(event).map(|reason| reason.to_string());
    Told { what, repo: shorten(&repo.name, 300), urls: repo.urls.into_iter().take(6).collect(), skip }
}

/// The paths that a push touches, if they are known and few enough to be kept.
fn paths(push: &Push) -> Option<Vec<String>> {
    match push.paths() {
        Paths::Known(paths) => {
            let bytes = serde_json::to_vec(&paths).map_or(usize::MAX, |written| written.len());
            (bytes <= PATHS_BYTES_MAX).then(|| paths.into_iter().collect())
        }
        Paths::Unknown(_) => None,
    }
}

/// Whether what was told may be about a branch that builds the repository branch `tracked`: only then its stages matter.
pub fn may_concern(told: &Told, tracked: &str) -> bool {
    match &told.what {
        Happening::Push { branch, .. } => branch == tracked,
        Happening::Pull { target, .. } => target == tracked,
        Happening::Tag { .. } => true,
        Happening::Nothing { .. } => false,
    }
}

/// What follows for a branch that builds the repository branch `tracked` and has these enabled root stages.
pub fn decide(told: &Told, tracked: &str, stages: &[Candidate]) -> Follows {
    let (kind, branch_name) = match &told.what {
        Happening::Push { branch, deleted, .. } => {
            if branch != tracked {
                return Follows::Unconcerned;
            }
            if *deleted {
                return Follows::Nothing(format!("refs/heads/{branch} was deleted"));
            }
            (FlowKind::Ci, branch)
        }
        Happening::Tag { name, deleted } => {
            if stages.iter().all(|stage| stage.rule.tags.is_empty()) {
                return Follows::Unconcerned;
            }
            if *deleted {
                return Follows::Nothing(format!("refs/tags/{name} was deleted"));
            }
            (FlowKind::Ci, name)
        }
        Happening::Pull { target, source, .. } => {
            if target != tracked {
                return Follows::Unconcerned;
            }
            (FlowKind::Dev, source)
        }
        Happening::Nothing { .. } => return Follows::Unconcerned,
    };
    if let Some(why) = &told.skip {
        return Follows::Nothing(why.clone());
    }
    let mut reasons = Vec::new();
    let mut wanted = Vec::new();
    for stage in stages {
        match refusal(told, stage) {
            None => wanted.push(stage.id),
            Some(why) => reasons.push(format!("stage {}: {why}", stage.name)),
        }
    }
    if wanted.is_empty() {
        let why = if reasons.is_empty() { "the branch has no root stage that is enabled".to_owned() } else { reasons.join("; ") };
        return Follows::Nothing(shorten(&why, 400));
    }
    Follows::Flow { kind, branch_name: branch_name.clone(), stages: wanted }
}

/// Whether what follows for that branch hangs on paths that the host did not tell.
pub fn hangs_on_paths(told: &Told, tracked: &str, stages: &[Candidate]) -> bool {
    let unknown = match &told.what {
        Happening::Push { paths, deleted, .. } => paths.is_none() && !deleted,
        Happening::Pull { paths, .. } => paths.is_none(),
        Happening::Tag { .. } | Happening::Nothing { .. } => false,
    };
    let asks = |stage: &Candidate| !(stage.rule.paths.is_empty() && stage.rule.paths_ignore.is_empty()) && refusal(told, stage).is_none();
    unknown && told.skip.is_none() && may_concern(told, tracked) && stages.iter().any(asks)
}

/// What a host told, together with what a look into the repository showed: all paths that are touched, and the newest commit's message.
pub fn with_look(told: &Told, seen: Vec<String>, newest: Option<&str>) -> Told {
    let mut told = told.clone();
    if let Happening::Push { paths, .. } | Happening::Pull { paths, .. } = &mut told.what {
        *paths = Some(seen);
    }
    let mark = newest.and_then(|message| Some((skip_mark(message)?, message)));
    told.skip = told.skip.or_else(|| mark.map(|(mark, message)| mark_found(mark, message).to_string()));
    told
}

/// Why a stage does not want it.
fn refusal(told: &Told, stage: &Candidate) -> Option<String> {
    let rule = &stage.rule;
    match rule.accepts {
        Some(false) => return Some("it accepts no webhooks".to_owned()),
        None if !stage.with_flows => return Some("it does not start with each flow, and does not ask for webhooks".to_owned()),
        None | Some(true) => {}
    }
    if !rule.repos.is_empty() {
        let repo = Repo { name: told.repo.clone(), urls: told.urls.clone() };
        if !rule.repos.iter().filter_map(|url| url.parse::<RepoUrl>().ok()).any(|url| repo.is_at(&url)) {
            return Some(format!("{} is none of its repositories", told.repo));
        }
    }
    match &told.what {
        Happening::Push { paths: Some(paths), .. } | Happening::Pull { paths: Some(paths), .. } => {
            let paths = Paths::Known(paths.iter().cloned().collect());
            match PathFilter::new(&rule.paths, &rule.paths_ignore) {
                Ok(filter) => match filter.decide(&paths) {
                    crate::Verdict::Runs(_) => None,
                    crate::Verdict::Skips(why) => Some(why),
                },
                // A check finds these when the stage is saved; what was saved before runs.
                Err(_) => None,
            }
        }
        Happening::Tag { name, .. } => match PathFilter::new(&rule.tags, &[]) {
            Ok(filter) if !rule.tags.is_empty() && filter.counts(name) => None,
            _ => Some(format!("tag {name} is none of those that start it")),
        },
        // Whoever does not know runs.
        Happening::Push { paths: None, .. } | Happening::Pull { .. } | Happening::Nothing { .. } => None,
    }
}

#[cfg(test)]
mod tests;
