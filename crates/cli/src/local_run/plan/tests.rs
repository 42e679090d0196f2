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

#[test]
fn what_the_code_says_of_secrets_reaches_the_agent_as_names() {
    let code = stage(&a_job("unit", "")).replace("\"echo #{args.size}\"", "\"login -u %s %s\" % (ctx.secrets.site.user, ctx.secrets.word)");
    let secrets = BTreeMap::from([("word".to_owned(), json!("hunter2")), ("site".to_owned(), json!({"user": "bot", "password": "x"}))]);
    let planned = plan(&code, &Given { secrets, ..given() }).unwrap();
    assert_eq!(planned.jobs[0].order.steps[0]["cmd"], "login -u #{secrets.site.user} #{secrets.word}");
}

#[test]
fn each_job_has_the_name_and_place_that_its_own_config_gives() {
    let configs = "\"configs\": [{\"name\": \"default\", \"level\": 1}, {\"name\": \"deep\", \"values\": {\"level\": 9}}], \"jobs\"";
    let code = stage(&a_job("level #{config.level}", "")).replace("\"jobs\"", configs);
    let environment = "{\"system\": \"any\", \"agents_group\": \"all\"}";
    let code =
        code.replace(environment, &format!("{environment}, {{\"system\": \"any\", \"agents_group\": \"all\", \"config\": \"deep\"}}"));
    let planned = plan(&code, &given()).unwrap();
    assert_eq!(names(&planned), ["level 1", "level 9"]);
    assert_eq!(planned.jobs[0].order.context["config"], json!({"level": 1}), "also of one that is written beside its name");
}

#[test]
fn none_is_as_good_as_leaving_a_key_out() {
    let code = stage(&a_job("unit", ""))
        .replace("\"tool\": \"shell\"", "\"tool\": \"shell\", \"when\": None, \"attempts\": None, \"cwd\": None, \"env\": None");
    let step = plan(&code, &given()).unwrap().jobs[0].order.steps[0].clone();
    assert_eq!((&step["when"], &step["attempts"], &step["cwd"], step.get("env")), (&json!("was_no_error"), &json!(1), &json!("."), None));
}
