#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use super::*;
use crate::expand;

fn job(name: &str, systems: &[&str], needs: &[&str]) -> Value {
    json!({"name": name, "needs": needs, "steps": [], "environments": [{"system": systems, "agents_group": "all"}]})
}

fn stage(jobs: &[Value]) -> StageSchema {
    StageSchema::from_value(&json!({"parent": "root", "jobs": jobs})).unwrap()
}

#[test]
fn slots_are_the_jobs_that_come_of_the_stage() {
    let stage = stage(&[job("test #{args.WHAT}", &["a", "b"], &["build"]), job("build", &["a", "b", "c"], &[])]);
    let (plans, order) = (expand(&stage), order(&stage).unwrap().unwrap());
    assert_eq!(order.slots() as usize, plans.len());
    for (plan, slot) in plans.iter().zip(1..) {
        assert_eq!(order.job_of(slot), Some(plan.job));
        assert_eq!((order.has_needs(slot), order.is_needed(slot)), (plan.job == 0, plan.job == 1));
    }
    assert_eq!(order.needed_by(1).collect::<Vec<_>>(), [3, 4, 5]);
}

#[test]
fn most_stages_have_no_order() {
    assert!(order(&stage(&[job("a", &["any"], &[]), job("b", &["any"], &[])])).unwrap().is_none());
}
