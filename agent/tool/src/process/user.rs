//! Becoming another user: looks users up in `/etc/passwd` and `/etc/group` itself, because a static program cannot load the C library's
//! name services.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use nix::unistd::{Gid, Uid, setgid, setgroups, setuid};

/// A user of this host or container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) uid: Uid,
    pub(crate) gid: Gid,
    groups: Vec<Gid>,
    home: String,
    shell: String,
}

impl User {
    /// Finds a user by name or number.
    pub(crate) fn find(name: &str) -> Option<Self> {
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        Self::find_in(name, &read("/etc/passwd"), &read("/etc/group"))
    }

    fn find_in(name: &str, passwd: &str, group: &str) -> Option<Self> {
        let mut user = passwd.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let [user, _, uid, gid, _, home, shell] = fields[..] else { return None };
            (user == name || uid == name).then_some(())?;
            let (uid, gid) = (Uid::from_raw(uid.parse().ok()?), Gid::from_raw(gid.parse().ok()?));
            Some(Self { name: user.into(), uid, gid, groups: vec![gid], home: home.into(), shell: shell.into() })
        })?;
        for line in group.lines() {
            let fields: Vec<&str> = line.split(':').collect();
            let [_, _, gid, members] = fields[..] else { continue };
            let Ok(gid) = gid.parse().map(Gid::from_raw) else { continue };
            if gid != user.gid && members.split(',').any(|member| member == user.name) {
                user.groups.push(gid);
            }
        }
        Some(user)
    }

    /// Whether this process already is that user.
    pub(crate) fn is_me(&self) -> bool {
        Uid::effective() == self.uid
    }

    /// The same command, run as this user by way of [`exec_as_main`].
    pub(crate) fn run(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new("/proc/self/exe");
        command.arg0("kraken-tool").arg("exec-as").arg(&self.name).arg(program);
        command
    }
}

/// `kraken-tool exec-as USER PROGRAM [ARGUMENT…]`: becomes the user, then the program.
pub fn exec_as_main(arguments: Vec<OsString>) -> ExitCode {
    let [user, program, arguments @ ..] = &arguments[..] else {
        eprintln!("usage: kraken-tool exec-as USER PROGRAM [ARGUMENT…]");
        return ExitCode::from(2);
    };
    let Some(user) = user.to_str().and_then(User::find) else {
        eprintln!("user {user:?} is not in /etc/passwd");
        return ExitCode::from(126);
    };
    if !user.is_me() {
        let became = setgroups(&user.groups).and_then(|()| setgid(user.gid)).and_then(|()| setuid(user.uid));
        if let Err(error) = became {
            eprintln!("cannot become user {}: {error}", user.name);
            return ExitCode::from(126);
        }
    }
    let error = Command::new(program)
        .args(arguments)
        .env("HOME", &user.home)
        .env("USER", &user.name)
        .env("LOGNAME", &user.name)
        .env("SHELL", if user.shell.is_empty() { "/bin/sh" } else { &user.shell })
        .exec();
    eprintln!("cannot run {program:?}: {error}");
    ExitCode::from(if error.kind() == std::io::ErrorKind::NotFound { 127 } else { 126 })
}

#[cfg(test)]
mod tests;
