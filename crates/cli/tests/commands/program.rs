//! The program as a process, in a home of its own.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// What a run of the program said, and how it ended.
pub(crate) struct Said {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) code: i32,
}

impl Said {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {:?} {:?}", self.out, self.err))
    }

    #[track_caller]
    pub(crate) fn ends_with(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }
}

/// A user with an empty home and a server.
pub(crate) struct User {
    pub(crate) home: TempDir,
    server: Option<String>,
    token: Option<String>,
}

impl User {
    pub(crate) fn of(server: &str) -> Self {
        Self { home: tempfile::tempdir().unwrap(), server: Some(server.to_owned()), token: Some("good".to_owned()) }
    }

    pub(crate) fn without_server() -> Self {
        Self { home: tempfile::tempdir().unwrap(), server: None, token: None }
    }

    pub(crate) fn with_token(self, token: Option<&str>) -> Self {
        Self { token: token.map(str::to_owned), ..self }
    }

    /// The program with these arguments, not yet started. Nothing of this machine's own configuration reaches it.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kraken"));
        command.args(args).env_clear().env("HOME", self.home.path()).env("PATH", std::env::var_os("PATH").unwrap()).env("TZ", "UTC");
        command.envs(self.server.as_ref().map(|server| ("KRAKEN_SERVER", server)));
        command.envs(self.token.as_ref().map(|token| ("KRAKEN_TOKEN", token)));
        command.current_dir(self.home.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn says(&self, args: &[&str]) -> Said {
        said(self.command(args).output().unwrap())
    }

    pub(crate) fn says_given(&self, args: &[&str], input: &str) -> Said {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        said(child.wait_with_output().unwrap())
    }
}

pub(crate) fn said(output: Output) -> Said {
    Said {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().expect("ended by itself"),
    }
}
