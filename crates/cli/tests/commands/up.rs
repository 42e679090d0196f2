//! `kraken up`: the real server, with an agent that only says what happens to it.

use std::{
    fs,
    io::{BufRead, BufReader, Lines},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process::{Child, ChildStderr, ChildStdout},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::Value;

use crate::program::User;

/// A running `kraken up`; killed if a test forgets it.
struct Up {
    child: Child,
    document: Value,
    err: Lines<BufReader<ChildStderr>>,
    _out: BufReader<ChildStdout>,
}

impl Up {
    fn start(user: &User, args: &[&str]) -> Self {
        let args = [&["--json", "up", "--listen", "127.0.0.1:0"], args].concat();
        let mut child = user.command(&args).env("KRAKEN_LOG", "info").spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut err = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let document = serde_json::from_str(&line).unwrap_or_else(|_| panic!("not ready: {:?}", err.by_ref().last()));
        Self { child, document, err, _out: out }
    }

    fn url(&self) -> &str {
        self.document["url"].as_str().unwrap()
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), signal).unwrap();
    }

    /// Reads its log up to the line with `text`; gives that line.
    #[track_caller]
    fn says(&mut self, text: &str) -> String {
        let mut seen = Vec::new();
        for line in self.err.by_ref().map_while(Result::ok) {
            if line.contains(text) {
                return line;
            }
            seen.push(line);
        }
        panic!("{text:?} was never said: {seen:#?}");
    }

    /// Waits for its end; gives the exit code.
    fn ends(mut self) -> Option<i32> {
        let deadline = Instant::now() + Duration::from_secs(60);
        // Whatever it still says must not block it.
        for _ in self.err.by_ref() {}
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::yield_now();
        }
        panic!("it did not end");
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An agent that says what it was given; `then` is what it does.
fn agent(user: &User, then: &str) -> PathBuf {
    let program = user.home.path().join("agent.sh");
    fs::write(&program, format!("#!/bin/sh\necho \"agent: args $*\" >&2\n{then}\n")).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    program
}

#[test]
fn after_the_first_start_the_command_line_just_works() {
    let user = User::without_server();
    let up = Up::start(&user, &["--no-agent"]);
    let token = fs::read_to_string(up.document["admin_token_file"].as_str().unwrap()).unwrap();
    assert!(up.document["first_start"] == true && !up.document.to_string().contains(token.trim()));
    user.says(&["project", "create", "demo"]).ends_with(0);
    assert_eq!(user.says(&["project", "list", "--json"]).json()[0]["name"], "demo");
    assert!(user.says(&["version"]).ends_with(0).out.contains(up.url()));

    let second = user.says(&["up", "--no-agent", "--listen", "127.0.0.1:0"]);
    let owner = format!("process {}", up.child.id());
    assert!(second.ends_with(6).err.contains(&owner), "{}", second.err);
    let taken = user.says(&["up", "--no-agent", "--data-dir", "other", "--listen", up.url().trim_start_matches("http://")]);
    assert!(taken.ends_with(6).err.contains("cannot listen"), "{}", taken.err);

    up.signal(Signal::SIGTERM);
    assert_eq!(up.ends(), Some(0));
    user.says(&["project", "list"]).ends_with(5);

    // On another port, with the same data: the command line follows, as does the token.
    let up = Up::start(&user, &["--no-agent"]);
    assert!(up.document["first_start"] == false);
    assert_eq!(user.says(&["project", "list", "--json"]).json()[0]["name"], "demo");
    up.signal(Signal::SIGINT);
    assert_eq!(up.ends(), Some(0));
}

#[test]
fn the_agent_gets_its_token_unseen_and_is_stopped_first() {
    let user = User::without_server();
    let program = agent(
        &user,
        "trap 'echo agent: told to stop >&2; exit 0' TERM\n\
         read -r token; echo \"agent: token of ${#token} characters\" >&2\n\
         while :; do sleep 1 & wait $!; done",
    );
    let mut up = Up::start(&user, &["--agent", program.to_str().unwrap()]);
    let args = up.says("agent: args");
    let state_dir = user.home.path().join(".local/share/kraken/agent");
    let expected = format!("run --server {} --state-dir {} --tied-to-input --enrolment-token-file -", up.url(), state_dir.display());
    assert!(args.ends_with(&expected), "{args}");
    let token = up.says("agent: token of");
    assert!(!token.contains(" 0 characters"), "{token}");
    up.signal(Signal::SIGINT);
    up.says("agent: told to stop");
    assert_eq!(up.ends(), Some(0));
}

#[test]
fn an_agent_that_dies_is_started_again() {
    let user = User::without_server();
    let program = agent(&user, "exit 9");
    let mut up = Up::start(&user, &["--agent", program.to_str().unwrap()]);
    up.says("agent: args");
    assert!(up.says("starting it again").contains("wait_s=1"));
    up.says("agent: args");
    up.signal(Signal::SIGTERM);
    assert_eq!(up.ends(), Some(0));
}

#[test]
fn an_agent_that_is_turned_away_is_left_and_the_server_goes_on() {
    let user = User::without_server();
    let program = agent(&user, "exit 3");
    let mut up = Up::start(&user, &["--agent", program.to_str().unwrap()]);
    up.says("turned away");
    user.says(&["project", "list"]).ends_with(0);
    up.signal(Signal::SIGTERM);
    assert_eq!(up.ends(), Some(0));
}

#[test]
fn the_second_and_third_wish_are_harder() {
    let user = User::without_server();
    let program = agent(&user, "trap 'echo agent: no >&2' TERM\necho agent: deaf >&2\nwhile :; do sleep 1 & wait $!; done");
    let mut up = Up::start(&user, &["--agent", program.to_str().unwrap()]);
    up.says("agent: deaf");
    up.signal(Signal::SIGINT);
    up.says("agent: no");
    up.signal(Signal::SIGINT);
    up.says("agent: no");
    up.signal(Signal::SIGINT);
    assert_eq!(up.ends(), Some(0));
}

#[test]
fn an_agent_does_not_outlive_a_server_that_was_killed() {
    let user = User::without_server();
    let program = agent(&user, "read -r token; echo agent: up >&2; read -r more; echo agent: input ended >&2");
    let mut up = Up::start(&user, &["--agent", program.to_str().unwrap()]);
    up.says("agent: up");
    up.signal(Signal::SIGKILL);
    up.says("agent: input ended");
}
