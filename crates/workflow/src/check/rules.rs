//! The rules that reach beyond one value: names that must be unique, or must exist.
//!
//! They read the stage as it was returned, whatever its shape, so that a mistake in one place hides none in another.

use std::collections::{BTreeMap, BTreeSet};

use kraken_domain::{place::ALL_AGENTS, secret::check_secret_name, trigger::GitSettings};
use serde_json::Value;

use super::{
    Known,
    circles::{never_done, way},
};
use crate::{
    context::{UNKNOWN, is_unknown},
    problem::{Problem, Rule, pointer},
    references::secret_uses,
    schema::{ROOT, builtin_versions, did_you_mean, split_tool, tool_named, tool_names},
};

/// How many circles of needs are told: whoever mends those looks again.
const CIRCLES_SHOWN: usize = 50;
/// How many names of a circle are told.
const CHAIN_SHOWN: usize = 10;
/// How many problems get a hint: each is a comparison with all names that there are.
const HINTS: usize = 100;

/// What may have been meant, as long as there are not too many problems to say so.
fn hint<'k>(problems: usize, unknown: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    if problems < HINTS { did_you_mean(unknown, known) } else { "like others above".to_owned() }
}

/// Every rule that `stage` breaks.
pub(super) fn check(stage: &Value, known: &Known) -> Vec<Problem> {
    let mut problems = Vec::new();
    tools(stage, known, &mut problems);
    parents(stage, known, &mut problems);
    jobs(stage, &mut problems);
    unique(stage, "parameters", &mut problems);
    unique(stage, "configs", &mut problems);
    parameter_choices(stage, &mut problems);
    repo_trigger(stage, &mut problems);
    secrets(stage, known, &mut problems);
    groups(stage, known, &mut problems);
    problems
}

fn problem<S: AsRef<str>>(rule: Rule, path: &[S], message: String) -> Problem {
    Problem { rule, path: pointer(path), line: None, message }
}

/// The items of the list `key` of `value`, if it is one.
fn list<'v>(value: &'v Value, key: &str) -> impl Iterator<Item = (String, &'v Value)> + use<'v> {
    let items = value.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().enumerate().map(|(index, item)| (index.to_string(), item))
}

/// The texts of a text or a list of texts, each with its place below `path`.
fn texts<'v>(value: Option<&'v Value>, path: &[&str]) -> Vec<(Vec<String>, &'v str)> {
    let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
    match value {
        Some(Value::String(text)) => vec![(path, text)],
        Some(Value::Array(items)) => {
            let with_index = |(index, item): (usize, &'v Value)| Some(([path.clone(), vec![index.to_string()]].concat(), item.as_str()?));
            items.iter().enumerate().filter_map(with_index).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether a text is known as it stands: not unknown, not to be filled in.
fn is_fixed(text: &str) -> bool {
    !text.contains(UNKNOWN) && !text.contains("#{")
}

fn tools(stage: &Value, known: &Known, problems: &mut Vec<Problem>) {
    let Some(added) = &known.tools else { return };
    for (job, spec) in list(stage, "jobs") {
        for (step, spec) in list(spec, "steps") {
            let Some(tool) = spec.get("tool").and_then(Value::as_str).filter(|tool| is_fixed(tool)) else { continue };
            let (name, _) = split_tool(tool);
            if tool_named(tool).is_none() && !added.contains(name) && !name.trim().is_empty() {
                let mut names: Vec<&str> = tool_names().collect();
                names.extend(added.iter().map(String::as_str));
                let hint = hint(problems.len(), name, names);
                problems.push(problem(Rule::Tool, &["jobs", &job, "steps", &step, "tool"], format!("there is no tool {name:?}: {hint}")));
            }
        }
    }
}

fn parents(stage: &Value, known: &Known, problems: &mut Vec<Problem>) {
    let parents = texts(stage.get("parent"), &["parent"]);
    let mut seen = BTreeSet::new();
    for (path, parent) in &parents {
        let so_far = problems.len();
        let mut refuse = |message| problems.push(problem(Rule::Parent, path, message));
        if !is_fixed(parent) || parent.trim().is_empty() {
            continue;
        }
        if !seen.insert(*parent) {
            refuse(format!("the parent {parent:?} is named twice"));
        } else if *parent == ROOT {
            if parents.len() > 1 {
                refuse(format!("{ROOT:?} stands alone: a stage that waits for others is no root stage"));
            }
        } else if known.this_stage.as_deref() == Some(*parent) {
            refuse(format!("the stage {parent:?} cannot be its own parent"));
        } else if let Some(stages) = &known.stages {
            if !stages.contains_key(*parent) {
                let others = stages.keys().map(String::as_str).filter(|name| known.this_stage.as_deref() != Some(*name));
                refuse(format!("there is no stage {parent:?} in the branch: {}", hint(so_far, parent, others.chain([ROOT]))));
            } else if let Some(this) = &known.this_stage
                && let Some(chain) = way(this, parent, stages)
            {
                refuse(format!("the parents go in a circle: {this} → {}", in_short(&chain)));
            }
        }
    }
}

fn jobs(stage: &Value, problems: &mut Vec<Problem>) {
    unique(stage, "jobs", problems);
    let name = |job: &'_ Value| job.get("name").and_then(Value::as_str).map(str::to_owned);
    // Of jobs that have one name, which is another problem, the needs of all count.
    let mut needs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, job) in list(stage, "jobs") {
        if let Some(name) = name(job) {
            needs.entry(name).or_default().extend(texts(job.get("needs"), &[]).into_iter().map(|(_, need)| need.to_owned()));
        }
    }
    let never_done = never_done(&needs);
    let mut circles = 0;
    for (index, job) in list(stage, "jobs") {
        let Some(own) = name(job) else { continue };
        for (path, need) in texts(job.get("needs"), &["jobs", &index, "needs"]) {
            let so_far = problems.len();
            let mut refuse = |message| problems.push(problem(Rule::Job, &path, message));
            // What an unknown name will be is for the run to say.
            if need.contains(UNKNOWN) {
                continue;
            }
            if need == own {
                refuse(format!("the job {own:?} cannot need itself"));
            } else if !needs.contains_key(need) {
                refuse(format!("there is no job {need:?} in the stage: {}", hint(so_far, need, needs.keys().map(String::as_str))));
            } else if circles < CIRCLES_SHOWN
                && never_done.contains(own.as_str())
                && let Some(chain) = way(&own, need, &needs)
            {
                circles += 1;
                refuse(format!("the needs go in a circle: {own} → {}", in_short(&chain)));
            }
        }
    }
}

/// A chain of names, the middle of a long one left out.
fn in_short(chain: &[&str]) -> String {
    match chain {
        [first @ .., last] if first.len() > CHAIN_SHOWN => {
            format!("{} → … ({} more) → {last}", first[..CHAIN_SHOWN].join(" → "), first.len() - CHAIN_SHOWN)
        }
        _ => chain.join(" → "),
    }
}

/// The names of the items of the list `key` are unique.
fn unique(stage: &Value, key: &str, problems: &mut Vec<Problem>) {
    let mut seen = BTreeMap::new();
    for (index, item) in list(stage, key) {
        let Some(name) = item.get("name").filter(|name| !is_unknown(name)).and_then(Value::as_str) else { continue };
        if let Some(first) = seen.get(name) {
            let rule = if key == "jobs" { Rule::Job } else { Rule::Shape };
            let message = format!("the name {name:?} is taken by /{key}/{first}");
            problems.push(problem(rule, &[key, &index, "name"], message));
        } else {
            seen.insert(name.to_owned(), index);
        }
    }
}

fn parameter_choices(stage: &Value, problems: &mut Vec<Problem>) {
    for (index, parameter) in list(stage, "parameters") {
        let choices: Vec<&str> = texts(parameter.get("choices"), &[]).into_iter().map(|(_, choice)| choice).collect();
        let default = parameter.get("default").and_then(Value::as_str);
        if let Some(default) = default.filter(|default| is_fixed(default) && !choices.is_empty() && !choices.contains(default)) {
            let message = format!("the default {default:?} is not one of the choices: {}", choices.join(", "));
            problems.push(problem(Rule::Shape, &["parameters", &index, "default"], message));
        }
    }
}

/// A repository trigger says where to look: `url` and `branch`, or `repos`.
fn repo_trigger(stage: &Value, problems: &mut Vec<Problem>) {
    let Some(repo) = stage.pointer("/triggers/repo").filter(|repo| repo.is_object()) else { return };
    let has = |key: &str| repo.get(key).is_some_and(|value| !value.is_null());
    let missing = match (has("url"), has("branch"), has("repos")) {
        (true, true, _) | (false, false, true) => return,
        (true, false, _) => "\"branch\" is missing beside \"url\"",
        (false, true, _) => "\"url\" is missing beside \"branch\"",
        (false, false, false) => "expected \"url\" and \"branch\", or \"repos\"",
    };
    problems.push(problem(Rule::Shape, &["triggers", "repo"], missing.to_owned()));
}

/// What is refused while a stage is saved, and not of one that was accepted before there was the rule.
pub(super) fn check_saved(stage: &Value, problems: &mut Vec<Problem>) {
    versions(stage, problems);
    git_settings(stage, problems);
}

/// A built-in tool has the version that agents bring along.
fn versions(stage: &Value, problems: &mut Vec<Problem>) {
    let known = builtin_versions();
    for (job, spec) in list(stage, "jobs") {
        for (step, spec) in list(spec, "steps") {
            let Some(tool) = spec.get("tool").and_then(Value::as_str).filter(|tool| is_fixed(tool)) else { continue };
            let (name, Some(version)) = split_tool(tool) else { continue };
            if tool_named(tool).is_some() && !known.contains(&version) {
                let newest = known.last().copied().unwrap_or_default();
                let message =
                    format!("there is no version {version:?} of the tool {name:?}: agents have {newest}; write {name:?} alone for theirs");
                problems.push(problem(Rule::Tool, &["jobs", &job, "steps", &step, "tool"], message));
            }
        }
    }
}

/// Settings of git mean nothing without git, but for those that are understood.
fn git_settings(stage: &Value, problems: &mut Vec<Problem>) {
    let Some(repo) = stage.pointer("/triggers/repo").filter(|repo| repo.is_object()) else { return };
    let settings = repo.get("git_cfg").and_then(Value::as_object).into_iter().flatten();
    let settings = settings.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    let known: BTreeMap<String, String> = settings.filter(|(name, value)| is_fixed(name) && is_fixed(value)).collect();
    let credentials = repo.get("credentials").is_some_and(|name| !name.is_null());
    for (name, why) in GitSettings::read(&known, credentials).err().into_iter().flatten() {
        problems.push(problem(Rule::Shape, &["triggers", "repo", "git_cfg", &name], why));
    }
}

fn secrets(stage: &Value, known: &Known, problems: &mut Vec<Problem>) {
    let Some(secrets) = &known.secrets else { return };
    for used in secret_uses(stage) {
        if !is_fixed(&used.name) {
            continue;
        }
        let message = match secrets.get(&used.name) {
            // It may be the secret itself, so it is not shown.
            None if check_secret_name(&used.name, []).is_err() && used.bare => {
                "this is no name of a secret: expected its name, or #{secrets.NAME}".to_owned()
            }
            None => {
                let hint = hint(problems.len(), &used.name, secrets.keys().map(String::as_str));
                format!("neither the branch nor its project has a secret {:?}: {hint}", used.name)
            }
            Some(kind) if !used.fits.contains(kind) => {
                let wanted: Vec<String> = used.fits.iter().map(ToString::to_string).collect();
                format!("the secret {:?} is {kind}: expected {}", used.name, wanted.join(" or "))
            }
            Some(_) => continue,
        };
        problems.push(problem(Rule::Secret, &used.path, message));
    }
}

fn groups(stage: &Value, known: &Known, problems: &mut Vec<Problem>) {
    let Some(groups) = &known.groups else { return };
    for (job, spec) in list(stage, "jobs") {
        for (index, environment) in list(spec, "environments") {
            let Some(group) = environment.get("agents_group").and_then(Value::as_str) else { continue };
            if is_fixed(group) && !group.trim().is_empty() && group != ALL_AGENTS && !groups.contains(group) {
                let hint = hint(problems.len(), group, groups.iter().map(String::as_str).chain([ALL_AGENTS]));
                let path = ["jobs", &job, "environments", &index, "agents_group"];
                problems.push(problem(Rule::Group, &path, format!("there is no agents group {group:?}: {hint}")));
            }
        }
    }
}
