#![allow(clippy::unwrap_used)]

use super::*;

fn given() -> Given {
    Given {
        stage: "tests".to_owned(),
        kind: FlowKind::Ci,
        branch_name: "main".to_owned(),
        args: BTreeMap::new(),
        secrets: BTreeMap::new(),
        only: Vec::new(),
        system: "debian-12".to_owned(),
        now: "2026-03-01T12:00:00Z".parse().unwrap(),
        random: 7,
    }
}

fn stage(jobs: &str) -> String {
    format!(
        "def stage(ctx):\n    return {{\"parent\": \"root\", \"parameters\": [{{\"name\": \"size\", \"type\": \"string\", \"default\": \"small\", \"description\": \"\"}}], \"jobs\": [{jobs}]}}\n"
    )
}

fn a_job(name: &str, more: &str) -> String {
    format!(
        "{{\"name\": \"{name}\", \"steps\": [{{\"tool\": \"shell\", \"cmd\": \"echo #{{args.size}}\"}}], \
         \"environments\": [{{\"system\": \"any\", \"agents_group\": \"all\"}}]{more}}}"
    )
}

fn names(planned: &Planned) -> Vec<&str> {
    planned.jobs.iter().map(|job| job.order.name.as_str()).collect()
}

#[test]
fn arguments_win_over_defaults() {
    let code = stage(&a_job("unit", ""));
    let planned = plan(&code, &given()).unwrap();
    assert_eq!(planned.jobs[0].order.context["args"]["size"], "small");
    let args = BTreeMap::from([("size".to_owned(), json!("big")), ("sise".to_owned(), json!("x"))]);
    let planned = plan(&code, &Given { args, ..given() }).unwrap();
    assert_eq!(planned.jobs[0].order.context["args"]["size"], "big");
    assert_eq!(planned.notes, ["the stage has no parameter \"sise\""]);
}

#[test]
fn the_code_sees_its_arguments() {
    let code = "def stage(ctx):\n    return {\"parent\": \"root\", \"parameters\": [{\"name\": \"n\", \"type\": \"string\", \"default\": \"1\", \"description\": \"\"}], \"jobs\": [{\"name\": \"job \" + ctx.args.n, \"steps\": [], \"environments\": [{\"system\": \"any\", \"agents_group\": \"all\"}]}]}\n";
    let code = code.replace("\"steps\": []", "\"steps\": [{\"tool\": \"shell\", \"cmd\": \"true\"}]");
    let args = BTreeMap::from([("n".to_owned(), json!("2"))]);
    assert_eq!(names(&plan(&code, &Given { args, ..given() }).unwrap()), ["job 2"]);
}

#[test]
fn steps_go_to_the_agent_as_they_are_written() {
    let planned = plan(&stage(&a_job("unit", "")), &given()).unwrap();
    assert_eq!(planned.jobs[0].order.steps[0]["cmd"], "echo #{args.size}");
}

#[test]
fn only_wanted_jobs_are_planned() {
    let code = stage(&format!("{}, {}", a_job("unit", ""), a_job("lint", "")));
    assert_eq!(names(&plan(&code, &Given { only: vec!["lint".to_owned()], ..given() }).unwrap()), ["lint"]);
    assert_eq!(plan(&code, &Given { only: vec!["gone".to_owned()], ..given() }).unwrap_err().exit().code(), 3);
}

#[test]
fn what_a_job_needs_comes_first() {
    let needy = a_job("a", ", \"needs\": [\"c\"]");
    let code = stage(&format!("{needy}, {}, {}", a_job("b", ""), a_job("c", "")));
    assert_eq!(names(&plan(&code, &given()).unwrap()), ["b", "c", "a"]);
}

#[test]
fn what_cannot_run_here_says_why() {
    let code = stage(&a_job("unit", "")).replace("\"any\"", "[\"any\", \"debian-12\", \"plan-9\"]");
    let planned = plan(&code, &given()).unwrap();
    let why: Vec<Option<&str>> = planned.jobs.iter().map(|job| job.not_here.as_deref()).collect();
    assert_eq!(why, [None, None, Some("it wants plan-9, and this is debian-12")]);
    let docker = stage(&a_job("unit", "")).replace("\"system\": \"any\"", "\"system\": \"alpine\", \"executor\": \"docker\"");
    assert!(plan(&docker, &given()).unwrap().jobs[0].not_here.as_deref().unwrap().contains("docker"));
}

#[test]
fn secrets_that_are_not_given_are_missed_before_anything_runs() {
    let code = stage(&a_job("unit", "")).replace("args.size", "secrets.word");
    let failure = plan(&code, &given()).unwrap_err();
    assert_eq!(failure.exit().code(), 7);
    let secrets = BTreeMap::from([("word".to_owned(), json!("hunter2"))]);
    assert!(plan(&code, &Given { secrets, ..given() }).is_ok());
}

#[test]
fn a_stage_in_error_is_refused_with_all_problems() {
    let Failure::Invalid { problems, .. } = plan(&stage("{}"), &given()).unwrap_err() else { panic!("not invalid") };
    assert!(problems.len() >= 3, "{problems:?}");
}
