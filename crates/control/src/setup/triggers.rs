//! The triggers of a stage follow the stage: written with it, gone as soon as it is disabled or deleted.

use kraken_domain::{
    Timestamp,
    record::Stage,
    trigger::{Rule, Trigger},
};
use kraken_store::{Commit, Versioned};
use kraken_workflow::{Triggers, parse_date, parse_duration};

use crate::ControlError;

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
    Ok(rules)
}

/// Adds to a commit that writes `stage` what its triggers are from now on; `read` are those that it has.
pub(super) fn keep(commit: &mut Commit, stage: &Stage, read: &[Versioned<Trigger>], now: Timestamp) -> Result<(), ControlError> {
    let wanted: &[Rule] = if stage.enabled { &stage.rules } else { &[] };
    for rule in wanted {
        match read.iter().find(|trigger| trigger.rule.kind() == rule.kind()) {
            Some(trigger) => {
                let next = trigger.with_rule(rule.clone(), now);
                if next != trigger.value {
                    commit.replace(trigger, &next)?;
                }
            }
            None => {
                commit.create(&Trigger::new(stage.id, stage.branch, stage.project, rule.clone(), now))?;
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
