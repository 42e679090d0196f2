//! `shell`: a command or a script of the user's.

use std::os::unix::fs::{OpenOptionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::unistd::Uid;

use super::Tool;
use super::keys::KeyAgent;
use crate::failure::Failure;
use crate::process::children::Exit;
use crate::process::program::{Surroundings, is_there, start};
use crate::process::user::User;
use crate::run::{Private, Task};

pub(super) const TOOL: Tool = Tool {
    name: "shell",
    description: "Runs a shell command or script",
    fields: &[
        ("cmd", "the command, run by `/bin/sh -c`; this or `script` must be there"),
        ("script", "a script, run with `set -ex` by bash, or by sh where there is no bash"),
        ("cwd", "where to run it (.)"),
        ("user", "who runs it (the agent's user)"),
        ("env", "environment variables to add"),
        ("timeout", "seconds it may take (60)"),
        ("background", "start it, go on, and end it with the job (false)"),
        ("shell_exe", "another shell"),
        ("ssh-key", "a secret with a private key, offered by an ssh-agent while the step runs"),
    ],
    timeout_s: Some(60),
    run,
};

const GET_A_SHELL: &str = "correct `shell_exe`, or install that shell";

fn run(around: &mut Surroundings, task: &Task<'_>) -> Result<(), Failure> {
    let what = What::of(task)?;
    let cwd = task.cwd()?;
    let user = user(task)?;
    let background = task.fields.truth("background")?;
    let key = task.fields.secret("ssh-key", &["key"])?;
    let needs_folder = what.needs_file() || key.is_some();
    let mut private = if needs_folder { Some(private_of(task, user.as_ref())?) } else { None };

    let agent = match (&key, &private) {
        (Some(key), Some(private)) => Some(KeyAgent::start(around, &private.path, &key.value, user.as_ref())?),
        _ => None,
    };
    let shell = Shell { task, cwd: &cwd, user: user.as_ref(), private: private.as_ref(), agent: agent.as_ref() };
    let child = what.start(&shell)?;
    if background {
        println!("started in the background as process {}", child.id());
        if let Some(private) = &mut private {
            private.keep = true;
        }
        if let Some(agent) = agent {
            agent.detach();
        }
        return Ok(());
    }
    let (exit, _) = around.finish(&child, None)?;
    match exit {
        Exit::Code(0) => Ok(()),
        Exit::Code(127) => Err(Failure::returned(127, "exit code 127: the shell did not find a program; the log names it")),
        exit => Err(Failure::returned(exit.retcode(), exit.to_string())),
    }
}

/// Who runs it, if not the user that this process already is.
fn user(task: &Task<'_>) -> Result<Option<User>, Failure> {
    let Some(name) = task.fields.text("user")? else { return Ok(None) };
    let user = User::find(&name).ok_or_else(|| Failure::step(format!("user: {name:?} is not a user here")))?;
    if user.is_me() {
        Ok(None)
    } else if Uid::effective().is_root() {
        Ok(Some(user))
    } else {
        let me = Uid::effective();
        Err(Failure::step(format!("user: the agent runs as user {me} and cannot become {name:?}; run the agent as root")))
    }
}

/// The step's private folder, owned by whoever runs the command.
fn private_of(task: &Task<'_>, user: Option<&User>) -> Result<Private, Failure> {
    let private = task.private()?;
    give(&private.path, user)?;
    Ok(private)
}

fn give(path: &Path, user: Option<&User>) -> Result<(), Failure> {
    let Some(user) = user else { return Ok(()) };
    chown(path, Some(user.uid.as_raw()), Some(user.gid.as_raw()))
        .map_err(|error| Failure::executor(format!("cannot give {} to {}: {error}", path.display(), user.name)))
}

/// What to run.
enum What {
    /// As an argument of the shell.
    Argument { shell: String, text: String },
    /// From a file, because it holds a secret and arguments can be read by everybody.
    Hidden { shell: String, text: String },
    /// From a file with `-ex`, by the first of these shells that is there.
    Script { shells: Vec<String>, text: String },
}

impl What {
    fn of(task: &Task<'_>) -> Result<Self, Failure> {
        let own_shell = task.fields.text("shell_exe")?;
        match (task.fields.text("cmd")?, task.fields.text("script")?) {
            (Some(text), None) => {
                let shell = own_shell.unwrap_or_else(|| "/bin/sh".into());
                Ok(if task.fields.is_sensitive("cmd") { Self::Hidden { shell, text } } else { Self::Argument { shell, text } })
            }
            (None, Some(text)) => {
                let shells = own_shell.map_or_else(|| vec!["bash".into(), "/bin/sh".into()], |shell| vec![shell]);
                Ok(Self::Script { shells, text })
            }
            (None, None) => Err(Failure::step("field `cmd` or `script` is missing")),
            (Some(_), Some(_)) => Err(Failure::step("fields `cmd` and `script` are both there; only one can be run")),
        }
    }

    fn needs_file(&self) -> bool {
        !matches!(self, Self::Argument { .. })
    }

    fn start(&self, shell: &Shell<'_>) -> Result<Child, Failure> {
        match self {
            Self::Argument { shell: program, text } => shell.start(program, |command| command.arg("-c").arg(text)),
            Self::Hidden { shell: program, text } => {
                let file = shell.write(text)?;
                shell.start(program, |command| command.arg(file))
            }
            Self::Script { shells, text } => {
                let file = shell.write(text)?;
                // A user's shell is started by a process that already runs, so whether it is there is looked up before.
                let there = shells.iter().find(|shell| is_there(shell)).or(shells.last());
                shell.start(there.map_or("/bin/sh", String::as_str), |command| command.arg("-ex").arg(file))
            }
        }
    }
}

/// What a command is started with.
struct Shell<'step> {
    task: &'step Task<'step>,
    cwd: &'step Path,
    user: Option<&'step User>,
    private: Option<&'step Private>,
    agent: Option<&'step KeyAgent>,
}

impl Shell<'_> {
    fn start(&self, program: &str, arguments: impl FnOnce(&mut Command) -> &mut Command) -> Result<Child, Failure> {
        let mut command = self.user.map_or_else(|| Command::new(program), |user| user.run(program));
        self.task.prepare(arguments(&mut command), self.cwd)?;
        if let Some(agent) = self.agent {
            command.env("SSH_AUTH_SOCK", agent.socket());
        }
        start(command.stdin(Stdio::null()), GET_A_SHELL)
    }

    /// Writes the commands to a file that only the one who runs them can read.
    fn write(&self, text: &str) -> Result<PathBuf, Failure> {
        use std::io::Write;
        let folder = self.private.ok_or_else(|| Failure::executor("no folder for the step's script"))?;
        let path = folder.path.join("script");
        let file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")))
            .map_err(|error| Failure::executor(format!("cannot write {}: {error}", path.display())))?;
        give(&path, self.user)?;
        Ok(path)
    }
}
