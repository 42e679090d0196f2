#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::SecretKind;

/// A stage whose `jobs` are these, and the rest as given.
fn stage(rest: &str, jobs: &str) -> String {
    format!("def stage(ctx):\n    return {{\n        {rest}\n        \"jobs\": {jobs},\n    }}\n")
}

const JOB: &str =
    r#"[{"name": "j", "steps": [{"tool": "shell", "cmd": "true"}], "environments": [{"system": "any", "agents_group": "all"}]}]"#;

fn known() -> Known {
    let stages = [("build", vec!["root"]), ("test", vec!["build"]), ("deploy", vec!["test", "lint"]), ("lint", vec!["build"])];
    Known {
        this_stage: Some("build".to_owned()),
        stages: Some(stages.map(|(name, parents)| (name.to_owned(), parents.into_iter().map(str::to_owned).collect())).into()),
        groups: Some(BTreeSet::from(["linux".to_owned(), "mac".to_owned()])),
        secrets: Some(BTreeMap::from([
            ("token".to_owned(), SecretKind::Simple),
            ("key".to_owned(), SecretKind::SshKey),
            ("login".to_owned(), SecretKind::UserPassword),
        ])),
        tools: Some(BTreeSet::from(["scan".to_owned()])),
    }
}

fn problems(code: &str) -> Vec<(Rule, String, Option<u32>, String)> {
    let checked = check(code, &known());
    assert_eq!(checked.schema.is_some(), checked.problems.is_empty());
    checked.problems.into_iter().map(|problem| (problem.rule, problem.path, problem.line, problem.message)).collect()
}

fn only(code: &str) -> (Rule, String, Option<u32>, String) {
    let mut found = problems(code);
    assert_eq!(found.len(), 1, "{found:#?}\n{code}");
    found.remove(0)
}

#[test]
fn a_good_stage_has_no_problems() {
    let checked = check(&stage(r#""parent": "root","#, JOB), &known());
    assert_eq!(checked.problems, []);
    assert_eq!(checked.schema.unwrap().jobs.len(), 1);
    assert_eq!(check(&stage(r#""parent": "whatever","#, JOB), &Known::default()).problems, []);
}

#[test]
fn code_that_gives_no_result_has_one_problem_with_its_line() {
    let (rule, path, line, message) = only("def stage(ctx):\n    return {\n");
    assert_eq!((rule, path.as_str(), line), (Rule::Syntax, "", Some(3)), "{message}");
    let (rule, _, line, message) = only("import os\n");
    assert_eq!((rule, line), (Rule::Syntax, Some(1)));
    assert!(message.contains("no `import`"), "{message}");
    let (rule, _, line, _) = only("def stage(ctx):\n    return {'a': [1][2]}\n");
    assert_eq!((rule, line), (Rule::Evaluation, Some(2)));
    let (rule, path, _, _) = only("def stage(ctx):\n    return {'a': len}\n");
    assert_eq!((rule, path.as_str()), (Rule::Evaluation, "/a"));
    let runaway = "def stage(ctx):\n    for i in range(9999999):\n        for j in range(9999999): pass\n    return {}\n";
    let (rule, _, _, message) = only(runaway);
    assert_eq!(rule, Rule::Evaluation);
    assert!(message.contains("was stopped"), "{message}");
}

#[test]
fn parents_exist_and_go_in_no_circle() {
    let cases = [
        (r#""build""#, "/parent", "cannot be its own parent"),
        (r#""tset""#, "/parent", "no stage \"tset\" in the branch: did you mean \"test\"?"),
        (r#""deploy""#, "/parent", "in a circle: build → deploy → "),
        (r#"["root", "other"]"#, "/parent/0", "stands alone"),
        (r#"["lint", "lint"]"#, "/parent/0", "in a circle: build → lint → build"),
    ];
    for (parent, path, part) in cases {
        let found = problems(&stage(&format!("\"parent\": {parent},"), JOB));
        let (rule, at, line, message) = &found[0];
        assert_eq!((*rule, at.as_str(), *line), (Rule::Parent, path, Some(3)), "{found:?}");
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn jobs_have_names_of_their_own_and_needs_that_exist() {
    let job = |name: &str, more: &str| format!("{{\n\"name\": \"{name}\",{more} \"steps\": [], \"environments\": []}}");
    let jobs = |jobs: &[String]| stage(r#""parent": "root","#, &format!("[{}]", jobs.join(",\n")));

    let twice = jobs(&[job("a", ""), job("b", ""), job("a", "")]);
    assert_eq!(only(&twice), (Rule::Job, "/jobs/2/name".into(), Some(9), "the name \"a\" is taken by /jobs/0".into()));

    let missing = jobs(&[job("build", ""), job("test", r#" "needs": ["biuld"],"#)]);
    let (rule, path, _, message) = only(&missing);
    assert_eq!((rule, path.as_str()), (Rule::Job, "/jobs/1/needs/0"));
    assert!(message.contains("no job \"biuld\" in the stage: did you mean \"build\"?"), "{message}");

    let (_, path, _, message) = only(&jobs(&[job("a", r#" "needs": ["a"],"#)]));
    assert_eq!((path.as_str(), message.as_str()), ("/jobs/0/needs/0", "the job \"a\" cannot need itself"));

    let circle = jobs(&[job("a", r#" "needs": ["b"],"#), job("b", r#" "needs": ["c"],"#), job("c", r#" "needs": ["a"],"#)]);
    let found = problems(&circle);
    assert_eq!(found.len(), 3);
    assert!(found[0].3.contains("in a circle: a → b → c → a"), "{}", found[0].3);
}

#[test]
fn tools_groups_and_secrets_exist() {
    let jobs = r##"[{
        "name": "j",
        "steps": [
            {"tool": "shel", "cmd": "x"},
            {"tool": "scan", "anything": 1},
            {"tool": "git", "checkout": "u", "ssh-key": "kye", "access-token": "key"},
            {"tool": "shell", "cmd": "a #{secrets.token} #{secrets.login} #{secrets.key.password} #{KK_SECRET_SIMPLE_none}"},
            {"tool": "shell", "cmd": "b", "env": {"A": ctx.secrets.token, "B": ctx.secrets.key.key, "C": ctx.secrets.absent}},
        ],
        "environments": [
            {"system": "any", "agents_group": "linus"},
            {"system": "any", "agents_group": "linux"},
            {"system": "any", "agents_group": "#{args.GROUP}"},
        ],
    }]"##;
    let found = problems(&stage(r#""parent": "root","#, jobs));
    let expected = [
        (Rule::Tool, "/jobs/0/steps/0/tool", Some(7), "no tool \"shel\": did you mean \"shell\"?"),
        (Rule::Secret, "/jobs/0/steps/2/access-token", Some(9), "\"key\" is an SSH key: expected a simple secret"),
        (Rule::Secret, "/jobs/0/steps/2/ssh-key", Some(9), "has a secret \"kye\": did you mean \"key\"?"),
        (Rule::Secret, "/jobs/0/steps/3/cmd", Some(10), "\"login\" is a user and password: expected a simple secret"),
        (Rule::Secret, "/jobs/0/steps/3/cmd", Some(10), "\"key\" is an SSH key: expected a user and password"),
        (Rule::Secret, "/jobs/0/steps/3/cmd", Some(10), "has a secret \"none\""),
        (Rule::Secret, "/jobs/0/steps/4/env/C", Some(11), "has a secret \"absent\""),
        (Rule::Group, "/jobs/0/environments/0/agents_group", Some(14), "no agents group \"linus\": did you mean \"linux\"?"),
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for ((rule, path, line, message), (expected_rule, expected_path, expected_line, part)) in found.iter().zip(expected) {
        assert_eq!((*rule, path.as_str(), *line), (expected_rule, expected_path, expected_line), "{message}");
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn problems_of_all_rules_come_at_once_in_their_order() {
    let code = stage(
        r#""parent": "nobody", "triggers": {"interval": "soon"}, "colour": 1,"#,
        r##"[
            {"name": "a", "steps": [{"tool": "nope"}, {"tool": "shell", "cmd": "#{1 +}", "ssh-key": "gone"}], "environments": []},
            {"name": "a", "steps": [], "environments": [{"system": "any", "agents_group": "gone"}]},
        ]"##,
    );
    let rules: Vec<Rule> = problems(&code).into_iter().map(|(rule, ..)| rule).collect();
    let expected = [Rule::Shape, Rule::Tool, Rule::Parent, Rule::Job, Rule::Secret, Rule::Group, Rule::Expression, Rule::Time];
    assert_eq!(rules, expected);
}

#[test]
fn parameters_configs_and_repositories_make_sense() {
    let cases = [
        (r#""parameters": [{"name": "A"}, {"name": "A"}],"#, "/parameters/1/name", "taken"),
        (r#""configs": [{"name": "c"}, {"name": "c"}],"#, "/configs/1/name", "taken"),
        (
            r#""parameters": [{"name": "A", "default": "x", "choices": ["a", "b"]}],"#,
            "/parameters/0/default",
            "not one of the choices: a, b",
        ),
        (r#""triggers": {"repo": {"interval": "1d"}},"#, "/triggers/repo", "expected \"url\" and \"branch\", or \"repos\""),
        (r#""triggers": {"repo": {"url": "u", "interval": "1d"}},"#, "/triggers/repo", "\"branch\" is missing"),
    ];
    for (more, path, part) in cases {
        let (rule, at, _, message) = only(&stage(&format!("\"parent\": \"root\", {more}"), JOB));
        assert_eq!((rule, at.as_str()), (Rule::Shape, path));
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn what_only_a_run_can_know_is_no_problem() {
    let code = r##"
def stage(ctx):
    jobs = [{
        "name": "tests %s" % ts,
        "steps": [{"tool": "shell", "cmd": "run " + ts}],
        "environments": [{"system": "any", "agents_group": "all"}],
    } for ts in ctx.flow.data.tests]
    jobs.append({
        "name": "on " + ctx.flow.data.host,
        "timeout": ctx.flow.data.timeout,
        "needs": [ctx.flow.data.first],
        "steps": [{"tool": ctx.flow.data.tool, "cmd": "#{" + ctx.flow.data.expression + "}", "attempts": ctx.args.N, "env": ctx.flow.data.env}],
        "environments": [{"system": ctx.flow.data.systems, "agents_group": ctx.flow.data.group, "executor": ctx.flow.data.executor}],
    })
    jobs.append({"name": "on " + ctx.flow.data.host, "steps": ctx.flow.data.steps, "environments": ctx.flow.data.environments})
    return {
        "parent": ctx.flow.data.parent, "jobs": jobs, "triggers": {"interval": ctx.flow.data.interval}, "configs": ctx.flow.data.configs,
        "flow_label": "v" + str(ctx.flow.seq.own), "notification": ctx.flow.data.notification,
    }
"##;
    let checked = check(code, &known());
    assert_eq!(checked.problems, []);
    let schema = checked.schema.unwrap();
    assert!(!serde_json::to_string(&schema).unwrap().contains('\u{1}'));
    assert_eq!(schema.jobs[0].name, "unknown");
}

#[test]
fn defaults_of_parameters_are_the_arguments_of_a_check() {
    let code = r#"
def stage(ctx):
    return {
        "parent": "root",
        "parameters": [{"name": "COUNT", "type": "string", "default": "3", "description": "how many"}],
        "jobs": [{"name": "j%d" % i, "steps": [], "environments": []} for i in range(int(ctx.args.COUNT))],
    }
"#;
    let checked = check(code, &known());
    assert_eq!(checked.problems, []);
    assert_eq!(checked.schema.unwrap().jobs.len(), 3);

    let ctx = Context { args: serde_json::json!({"COUNT": "5"}), ..Context::placeholder("p", "b", "s") };
    assert_eq!(check_in(code, &known(), ctx, &Limits::default()).schema.unwrap().jobs.len(), 5);
}

#[test]
fn a_line_is_given_only_where_it_is_certain() {
    let loops = r#"
def stage(ctx):
    return {
        "parent": "root",
        "jobs": [{"name": "j%d" % i, "timeout": 5, "steps": [], "environments": []} for i in range(2)],
    }
"#;
    let found = problems(loops);
    assert_eq!(
        found.iter().map(|(_, path, line, _)| (path.as_str(), *line)).collect::<Vec<_>>(),
        [("/jobs/0/timeout", None), ("/jobs/1/timeout", None)]
    );
    let written = r#"
def stage(ctx):
    return {
        "parent": "root",
        "jobs": [
            {"name": "a", "timeout": 60, "steps": [], "environments": []},
            {"name": "b", "timeout": 5, "steps": [], "environments": []},
            {"name": "c", "steps": [], "environments": [{}]},
        ],
    }
"#;
    let lines: Vec<(String, Option<u32>)> = problems(written).into_iter().map(|(_, path, line, _)| (path, line)).collect();
    assert_eq!(lines[0], ("/jobs/1/timeout".into(), Some(7)));
    assert_eq!(lines[1], ("/jobs/2/environments/0".into(), Some(8)));
}

#[test]
fn what_the_code_prints_is_kept() {
    let code = stage(r#""parent": "root","#, JOB).replace("    return", "    print(\"hello\", 1)\n    return");
    assert_eq!(check(&code, &known()).printed, ["hello 1"]);
}

#[test]
fn parameters_are_found_in_code_that_cannot_do_without_them() {
    let code = r#"
IMAGES = {"deb": "debian:12", "rpm": "fedora:40"}
DEFAULT = "rpm"

def stage(ctx):
    image = IMAGES[ctx.args.SYSTEM]
    return {
        "parent": "root",
        "parameters": [
            {"name": "SYSTEM", "default": DEFAULT, "choices": sorted(IMAGES)},
        ],
        "jobs": [{"name": "j", "steps": [], "environments": [{"system": image, "agents_group": "all", "executor": "docker"}]}],
    }
"#;
    let checked = check(code, &known());
    assert_eq!(checked.problems, []);
    assert_eq!(checked.schema.unwrap().jobs[0].environments[0].system, ["fedora:40"]);
    // Without a default there is nothing to look up.
    let (rule, _, line, message) = only(&code.replace("DEFAULT,", "\"\","));
    assert_eq!((rule, line), (Rule::Evaluation, Some(6)), "{message}");
}

#[test]
fn settings_of_git_are_refused_while_saving_and_not_of_what_runs_already() {
    let trigger =
        r#""parent": "root", "triggers": {"repo": {"url": "https://example.com/x.git", "branch": "main", "git_cfg": {"a.b": "c"}}},"#;
    let code = stage(trigger, JOB);
    let (_, path, _, _) = only(&code);
    assert_eq!(path, "/triggers/repo/git_cfg/a.b");
    let returned = eval::evaluate(&code, &Context::placeholder("shop", "main", "build"), &Limits::default()).unwrap();
    let (schema, problems) = check_value(&returned, &Known::default());
    assert_eq!(problems, []);
    assert!(schema.is_some());
}

/// Limits that leave out how fast the machine is.
fn patient() -> Limits {
    Limits { cpu: std::time::Duration::from_secs(60), patience: std::time::Duration::from_secs(300), ..Limits::default() }
}

fn many(job: &str) -> Checked {
    let code = format!("def stage(ctx):\n    return {{\"parent\": \"root\", \"jobs\": [{job} for i in range(10000)]}}\n");
    check_in(&code, &known(), Context::placeholder("shop", "main", "build"), &patient())
}

#[test]
fn ten_thousand_jobs_are_checked_however_they_depend() {
    let ends = r#""steps": [{"tool": "shell", "cmd": "make"}], "environments": [{"system": "any", "agents_group": "all"}]"#;
    for needs in ["[]", "[\"j%d\" % (i - 1)] if i else []", "[\"j0\"] if i else []"] {
        let checked = many(&format!("{{\"name\": \"j%d\" % i, \"needs\": {needs}, {ends}}}"));
        assert_eq!(checked.problems, []);
        assert_eq!(crate::expand(&checked.schema.unwrap()).len(), 10_000);
    }
}

#[test]
fn ten_thousand_wrong_jobs_are_told_without_end_in_time_or_words() {
    let ends = r#""steps": [], "environments": []"#;
    let circle = many(&format!("{{\"name\": \"j%d\" % i, \"needs\": [\"j%d\" % ((i + 1) % 10000)], {ends}}}"));
    assert_eq!(circle.problems.len(), 50);
    assert!(circle.problems.iter().all(|problem| problem.message.contains("in a circle") && problem.message.len() < 200));
    let missing = many(&format!("{{\"name\": \"j%d\" % i, \"needs\": [\"k%d\" % i], {ends}}}"));
    assert_eq!(missing.problems.len(), 10_000);
    assert!(missing.problems[0].message.contains("did you mean"), "{}", missing.problems[0]);
    let unknown = many(&format!("{{\"name\": \"j%d\" % i, \"key%d\" % i: 1, \"timeout\": 5, {ends}}}"));
    assert_eq!(unknown.problems.len(), 20_000);
    let long = many("{\"name\": str(i), \"needs\": [\"x\" * 100], \"steps\": [], \"environments\": []}");
    assert_eq!(long.problems.len(), 10_000);
}
