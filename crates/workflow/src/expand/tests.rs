#![allow(clippy::unwrap_used)]

use kraken_domain::place::Executor;
use serde_json::json;

use super::*;
use crate::Context;

fn stage() -> StageSchema {
    StageSchema::from_value(&json!({
        "parent": "root",
        "configs": [{"name": "small", "values": {"n": 1}}],
        "jobs": [
            {
                "name": "build #{args.WHAT}", "timeout": 120, "retry_on_agent_loss": false,
                "steps": [{"tool": "git", "checkout": "u"}, {"tool": "shell", "cmd": "make", "name": "make"}],
                "environments": [
                    {"system": ["debian-12", "ubuntu-22.04"], "agents_group": "all", "config": "small"},
                    {"system": "krakenci/#{args.WHAT}", "agents_group": "g-#{args.WHAT}", "executor": "docker"},
                ],
            },
            {
                "name": "test", "needs": ["build #{args.WHAT}"], "steps": [],
                "environments": [{"system": "any", "agents_group": "all"}],
            },
        ],
    }))
    .unwrap()
}

#[test]
fn a_job_for_each_environment_and_system() {
    let plans = expand(&stage());
    let seen: Vec<(usize, usize, &str, Executor)> =
        plans.iter().map(|plan| (plan.job, plan.environment, plan.place.system.as_str(), plan.place.executor)).collect();
    assert_eq!(
        seen,
        [
            (0, 0, "debian-12", Executor::Local),
            (0, 0, "ubuntu-22.04", Executor::Local),
            (0, 1, "krakenci/#{args.WHAT}", Executor::Docker),
            (1, 0, "any", Executor::Local),
        ]
    );
    assert_eq!((plans[0].timeout_s, plans[0].retry_on_agent_loss), (120, false));
    assert_eq!((plans[3].timeout_s, plans[3].retry_on_agent_loss), (300, true));
    assert_eq!(Value::Object(plans[1].config.clone()), json!({"n": 1}));
    assert!(plans[2].config.is_empty());
    let steps: Vec<(&str, &str)> = plans[0].steps.iter().map(|step| (step.name.as_str(), step.tool.as_str())).collect();
    assert_eq!(steps, [("git", "git"), ("make", "shell")]);
}

#[test]
fn names_and_places_are_filled_in() {
    let ctx = Context { args: json!({"WHAT": "lib"}), ..Context::placeholder("p", "b", "s") };
    let interpolator = Interpolator::new(&ctx);
    let mut plans = expand(&stage());
    plans.iter_mut().try_for_each(|plan| plan.fill(&interpolator)).unwrap();
    assert_eq!((plans[2].place.system.as_str(), plans[2].place.group.as_str()), ("krakenci/lib", "g-lib"));
    assert_eq!((plans[0].name.as_str(), plans[3].needs[0].as_str()), ("build lib", "build lib"));

    let nothing = Interpolator::new(&Context::placeholder("p", "b", "s"));
    let error = expand(&stage())[0].fill(&nothing).unwrap_err();
    assert_eq!(error.field.as_deref(), Some("/name"));
}

#[test]
fn each_plan_is_filled_in_with_its_own_config() {
    let environment = |config: &str| json!({"system": "python:#{config.python}", "agents_group": "g#{config.python}", "config": config});
    let stage = StageSchema::from_value(&json!({
        "parent": "root",
        "configs": [{"name": "old", "python": "3.10"}, {"name": "new", "values": {"python": "3.12"}}],
        "jobs": [{
            "name": "tests #{config.python} for #{flow.branch_name}", "steps": [],
            "environments": [environment("old"), environment("new")],
        }],
    }));
    let of_run = Interpolator::new(&Context::placeholder("p", "main", "s"));
    let mut plans = expand(&stage.unwrap());
    plans.iter_mut().try_for_each(|plan| plan.fill(&of_run)).unwrap();
    let seen: Vec<[&str; 3]> =
        plans.iter().map(|plan| [plan.name.as_str(), plan.place.system.as_str(), plan.place.group.as_str()]).collect();
    assert_eq!(seen, [["tests 3.10 for main", "python:3.10", "g3.10"], ["tests 3.12 for main", "python:3.12", "g3.12"]]);
}

#[test]
fn no_jobs_no_plans() {
    let empty = StageSchema::from_value(&json!({"parent": "root", "jobs": []})).unwrap();
    assert!(expand(&empty).is_empty());
}
