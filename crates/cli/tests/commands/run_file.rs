//! `kraken run FILE`: stages on this machine, by the agent's own code and tools.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Stdio,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use crate::program::{Said, User};

/// `kraken-tool`, built beside the program that is tested; `None` where only this crate was built.
fn tool() -> Option<String> {
    let tool = Path::new(env!("CARGO_BIN_EXE_kraken")).with_file_name("kraken-tool");
    if tool.exists() {
        return Some(tool.display().to_string());
    }
    assert!(std::env::var_os("CI").is_none(), "{} is not built", tool.display());
    eprintln!("skipped: {} is not built", tool.display());
    None
}

fn stage(jobs: &str) -> String {
    format!(
        "def job(name, steps, system = 'any', **more):\n    return dict(name = name, steps = steps, environments = \
         [dict(system = system, agents_group = 'all')], **more)\n\n\
         def sh(cmd, **more):\n    return dict(tool = 'shell', cmd = cmd, **more)\n\n\
         def stage(ctx):\n    return dict(parent = 'root', parameters = [dict(name = 'word', type = 'string', default = 'hi', description = '')], \
         jobs = [{jobs}])\n"
    )
}

fn run(user: &User, jobs: &str, args: &[&str]) -> Option<Said> {
    let tool = tool()?;
    fs::write(user.home.path().join("tests.star"), stage(jobs)).unwrap();
    Some(user.says(&[&["run", "tests.star", "--tool", &tool], args].concat()))
}

#[test]
fn jobs_run_one_after_another_and_their_output_is_shown() {
    let user = User::without_server();
    let jobs = "job('a', [sh('echo #{args.word}'), sh('echo there', name = 'second')]), job('b', [sh('echo from b')])";
    let Some(said) = run(&user, jobs, &["--arg", "word=hello"]) else { return };
    let lines: Vec<&str> = said.ends_with(0).out.lines().collect();
    let timeless: Vec<&str> = lines.iter().map(|line| line.split("  ok  ").next().unwrap()).collect();
    assert_eq!(
        timeless,
        [
            "== tests / a",
            "-- step 1: shell",
            "hello",
            "-- step 2: second",
            "there",
            "tests / a",
            "== tests / b",
            "-- step 1: shell",
            "from b",
            "tests / b",
            "ok: 2 jobs",
        ]
    );
    // Nothing is left behind.
    assert_eq!(fs::read_dir(user.home.path()).unwrap().count(), 1);
}

#[test]
fn a_job_in_error_ends_with_1_and_those_that_need_it_are_not_run() {
    let user = User::without_server();
    let jobs = "job('a', [sh('exit 3')]), job('b', [sh('echo no')], needs = ['a']), job('c', [sh('echo yes')])";
    let Some(said) = run(&user, jobs, &[]) else { return };
    let out = &said.ends_with(1).out;
    assert!(out.contains("tests / a  step error"), "{out}");
    assert!(out.contains("tests / b  not run  it needs a, which did not go well"), "{out}");
    assert!(out.contains("yes") && out.ends_with("ended in error: 2 jobs, 1 not run\n"), "{out}");
}

#[test]
fn artifacts_go_to_a_folder_and_come_back_from_it() {
    let user = User::without_server();
    let jobs = "job('make', [sh('echo content > made.txt'), dict(tool = 'artifacts', source = 'made.txt')]), \
                job('use', [dict(tool = 'artifacts', action = 'download', source = 'made.txt'), sh('cat made.txt')])";
    let Some(said) = run(&user, jobs, &["--artifacts", "kept"]) else { return };
    assert!(said.ends_with(0).out.contains("content\n"), "{}", said.out);
    assert_eq!(fs::read_to_string(user.home.path().join("kept/made.txt")).unwrap(), "content\n");
}

#[test]
fn secrets_come_from_files_that_nobody_else_can_read() {
    let user = User::without_server();
    let file = user.home.path().join("token");
    fs::write(&file, "hunter2!\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let jobs = "job('a', [sh('test #{secrets.word} = hunter2! && echo #{secrets.word}')])";
    let Some(said) = run(&user, jobs, &["--secret", "word=@token"]) else { return };
    assert!(said.err.contains("token can be read by others: it has mode 644, expected 600"), "{}", said.err);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let Some(said) = run(&user, jobs, &["--secret", "word=@token"]) else { return };
    assert!(said.ends_with(0).out.contains("******"), "{}", said.out);
    let Some(said) = run(&user, jobs, &["--secret", "word=hunter2!"]) else { return };
    assert!(said.err.contains("expected NAME=@FILE"), "{}", said.err);
}

#[test]
fn secrets_are_used_and_not_shown() {
    let user = User::without_server();
    fs::write(user.home.path().join("secrets.json"), r#"{"word": "hunter2!"}"#).unwrap();
    fs::set_permissions(user.home.path().join("secrets.json"), fs::Permissions::from_mode(0o600)).unwrap();
    let jobs = "job('a', [sh('test #{secrets.word} = hunter2! && echo #{secrets.word}')])";
    let Some(said) = run(&user, jobs, &["--secrets", "secrets.json"]) else { return };
    assert!(said.ends_with(0).out.contains("******") && !said.out.contains("hunter2"), "{}", said.out);
    run(&user, jobs, &[]).unwrap().ends_with(7);
}

#[test]
fn scripts_get_a_report() {
    let user = User::without_server();
    let jobs = "job('a', [sh('echo loud')]), job('b', [sh('true')], system = 'plan-9')";
    let Some(said) = run(&user, jobs, &["--json"]) else { return };
    let report = said.ends_with(0).json();
    assert_eq!(report["jobs"][0]["verdict"]["outcome"], "ok");
    assert_eq!(report["jobs"][0]["steps"][0]["status"], "done");
    assert!(report["jobs"][1]["not_run"].as_str().unwrap().contains("plan-9"));
    assert!(said.err.contains("loud"));
    run(&user, jobs, &["--job", "b"]).unwrap().ends_with(6);
    run(&user, jobs, &["--job", "c"]).unwrap().ends_with(3);
}

#[test]
fn ctrl_c_cancels_the_job_and_leaves_nothing_running() {
    let Some(tool) = tool() else { return };
    let user = User::without_server();
    fs::write(user.home.path().join("tests.star"), stage("job('a', [sh('echo $$; exec sleep 1000', timeout = 900)], timeout = 900)"))
        .unwrap();
    let mut child = user.command(&["run", "tests.star", "--tool", &tool]).stdout(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let sleeper: i32 = out.by_ref().map(Result::unwrap).find_map(|line| line.parse().ok()).unwrap();
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGINT).unwrap();
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{err}");
    assert!(kill(Pid::from_raw(sleeper), None).is_err(), "the job still runs");
}
