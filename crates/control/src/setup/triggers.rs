//! The triggers of a stage follow the stage: written with it, gone as soon as it is disabled or deleted.

use kraken_domain::{
    Timestamp,
    record::Stage,
    trigger::{CodeProblem, REPO_EVERY_S, RepoHead, Rule, Trigger},
    webhook::WebhookRule,
};
use kraken_githosts::{PathFilter, RepoUrl};
use kraken_protocol::api::FieldProblem;
use kraken_store::{Commit, Versioned};
use kraken_workflow::{Triggers, WebhookFilter, WebhookTrigger, parse_date, parse_duration};

use crate::ControlError;

/// Repositories that one trigger may look at.
const REPOS_MAX: usize = 20;
/// Bytes of the filters of webhooks, and of a trigger's repositories, that are kept with a stage.
const RULE_BYTES_MAX: usize = 8 * 1024;
/// The time zone of a cron rule that names none.
const UTC: &str = "UTC";

/// When a stage starts by the clock.
///
/// # Errors
/// [`ControlError::Invalid`] for a time that cannot be read; the check of a stage finds it first.
pub(super) fn rules(triggers: &Triggers) -> Result<Vec<Rule>, ControlError> {
    let unread = |key: &str, why: String| ControlError::invalid(format!("/triggers/{key}"), why);
    let mut rules = Vec::new();
    if let Some(interval) = &triggers.interval {
        rules.push(Rule::Interval { every_s: parse_duration(interval).map_err(|why| unread("interval", why))? });
    }
    if let Some(date) = &triggers.date {
        rules.push(Rule::Date { at: parse_date(date).map_err(|why| unread("date", why))? });
    }
    if let Some(rule) = &triggers.cron {
        rules.push(Rule::Cron { rule: rule.clone(), zone: triggers.timezone.clone().unwrap_or_else(|| UTC.to_owned()) });
    }
    if let Some(repo) = &triggers.repo {
        let repos: Vec<_> = repo.branches().into_iter().map(|repo| RepoHead { url: repo.url, branch: repo.branch, head: None }).collect();
        for (at, known) in repos.iter().enumerate() {
            let address = known.url.parse::<kraken_repos::Address>();
            address.map_err(|error| unread("repo", format!("repository {} of the trigger: {error}", at + 1)))?;
        }
        if repos.is_empty() || repos.len() > REPOS_MAX {
            return Err(unread("repo", format!("the trigger names {} repositories: expected 1 to {REPOS_MAX}", repos.len())));
        }
        let (git_cfg, credentials) = (repo.git_cfg.clone(), repo.credentials.clone());
        // The rule is kept with the stage, and again with what is found.
        let named = repos.iter().flat_map(|repo| [&repo.url, &repo.branch]);
        let texts = named.chain(git_cfg.iter().flat_map(|(key, value)| [key, value])).chain(&credentials);
        let bytes: usize = texts.map(|text| text.len() + 4).sum();
        if bytes > RULE_BYTES_MAX {
            let why = "addresses, branches and settings of git of the trigger have";
            return Err(unread("repo", format!("{why} {bytes} bytes together: at most {RULE_BYTES_MAX} are kept")));
        }
        rules.push(Rule::Repo { repos, every_s: repo.interval.unwrap_or(REPO_EVERY_S), git_cfg, credentials });
    }
    Ok(rules)
}

/// What a look at the source of a stage has met.
pub(super) struct SourceLook {
    /// The commit that was seen.
    pub(super) head: Option<String>,
    /// What was wrong with it.
    pub(super) trouble: Option<(String, Vec<CodeProblem>)>,
}

/// Which webhooks start a stage.
///
/// # Errors
/// [`ControlError::Invalid`] with every glob and address that is none.
pub(super) fn webhook(triggers: &Triggers) -> Result<WebhookRule, ControlError> {
    let filter = match &triggers.webhook {
        None => return Ok(WebhookRule::default()),
        Some(WebhookTrigger::Accepts(accepts)) => return Ok(WebhookRule { accepts: Some(*accepts), ..WebhookRule::default() }),
        Some(WebhookTrigger::Some(filter)) => filter.clone(),
    };
    let mut problems = Vec::new();
    let mut unread = |key: &str, at: usize, why: String| {
        problems.push(FieldProblem { path: format!("/triggers/webhook/{key}/{at}"), line: None, message: why });
    };
    for (key, globs) in [("paths", &filter.paths), ("paths_ignore", &filter.paths_ignore), ("tags", &filter.tags)] {
        for (at, glob) in globs.iter().enumerate() {
            if let Err(bad) = PathFilter::new(std::slice::from_ref(glob), &[]) {
                unread(key, at, bad.to_string());
            }
        }
    }
    for (at, url) in filter.repos.iter().enumerate() {
        if let Err(not_one) = url.parse::<RepoUrl>() {
            unread("repos", at, not_one.to_string());
        }
    }
    // The rule is kept in the stage's record, which has other things to say as well.
    let bytes: usize =
        [&filter.paths, &filter.paths_ignore, &filter.tags, &filter.repos].into_iter().flatten().map(|text| text.len() + 4).sum();
    if bytes > RULE_BYTES_MAX {
        let message = format!("the filters have {bytes} bytes together: at most {RULE_BYTES_MAX} are kept");
        problems.push(FieldProblem { path: "/triggers/webhook".to_owned(), line: None, message });
    }
    if !problems.is_empty() {
        return Err(ControlError::Invalid(problems));
    }
    let WebhookFilter { paths, paths_ignore, repos, tags } = filter;
    Ok(WebhookRule { accepts: Some(true), paths, paths_ignore, repos, tags })
}

/// Adds to a commit that writes `stage` what its triggers are from now on; `read` are those that it has.
pub(super) fn keep(commit: &mut Commit, stage: &Stage, read: &[Versioned<Trigger>], now: Timestamp) -> Result<(), ControlError> {
    write(commit, stage, read, now, None)
}

/// As [`keep`], after a look at the stage's source.
pub(super) fn keep_looked(
    commit: &mut Commit,
    stage: &Stage,
    read: &[Versioned<Trigger>],
    now: Timestamp,
    look: &SourceLook,
) -> Result<(), ControlError> {
    write(commit, stage, read, now, Some(look))
}

fn write(
    commit: &mut Commit,
    stage: &Stage,
    read: &[Versioned<Trigger>],
    now: Timestamp,
    look: Option<&SourceLook>,
) -> Result<(), ControlError> {
    let source = stage.source.as_ref().map(|source| source.rule());
    let wanted: Vec<Rule> = if stage.enabled { stage.rules.iter().cloned().chain(source).collect() } else { Vec::new() };
    let looked = |trigger: Trigger| match look {
        Some(look) if matches!(trigger.rule, Rule::Source { .. }) => trigger.read_source(now, look.head.clone(), look.trouble.clone()),
        _ => trigger,
    };
    for rule in &wanted {
        match read.iter().find(|trigger| trigger.rule.kind() == rule.kind()) {
            Some(trigger) => {
                let next = looked(trigger.with_rule(rule.clone(), now));
                if next != trigger.value {
                    commit.replace(trigger, &next)?;
                }
            }
            None => {
                commit.create(&looked(Trigger::new(stage.id, stage.branch, stage.project, rule.clone(), now)))?;
            }
        }
    }
    for trigger in read {
        if wanted.iter().all(|rule| rule.kind() != trigger.rule.kind()) {
            commit.delete(trigger);
        }
    }
    Ok(())
}

/// Adds to a commit that removes a stage that its triggers go with it.
pub(super) fn remove(commit: &mut Commit, read: &[Versioned<Trigger>]) {
    for trigger in read {
        commit.delete(trigger);
    }
}
