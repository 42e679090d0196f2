//! `kraken-tool run`: does the one step that is described on standard input.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use kraken_protocol::tool::{Event, Finished, PRIVATE_DIR, Reason, Started, Step};
use nix::sys::signal::SigSet;

use crate::channel::Channel;
use crate::failure::Failure;
use crate::fields::Fields;
use crate::process::children::Children;
use crate::process::program::{Surroundings, check_directory};
use crate::tools;

/// The mode's main function.
pub fn main() -> ExitCode {
    // A supervisor blocks signals that are none of its business; they are this process's.
    if let Err(error) = SigSet::empty().thread_set_mask() {
        eprintln!("kraken-tool run: cannot take signals: {error}");
        return ExitCode::from(2);
    }
    let mut channel = match Channel::open() {
        Ok(channel) => channel,
        Err(problem) => {
            eprintln!("kraken-tool run: {problem}");
            return ExitCode::from(2);
        }
    };
    let children = match Children::adopt(&[]) {
        Ok(children) => children,
        Err(error) => return finish(&mut channel, Err(Failure::executor(format!("cannot look after processes: {error}")))),
    };
    let step = match channel.step() {
        Ok(step) => step,
        Err(failure) => return finish(&mut channel, Err(failure)),
    };
    let mut around = Surroundings { children, channel, limit: None, deadline: None };
    let outcome = run(&mut around, &step);
    finish(&mut around.channel, outcome)
}

fn run(around: &mut Surroundings, step: &Step) -> Result<(), Failure> {
    let tool = tools::find(&step.tool)?;
    around.channel.say(&Event::Started(Started { tool: tool.name.into(), version: tools::VERSION.into() }));
    let fields = Fields::of(step);
    let own = match step.timeout_s {
        Some(timeout) => Some(timeout),
        None => fields.number("timeout")?.or(tool.timeout_s),
    };
    if let Some(seconds) = own {
        around.limit_to(Duration::from_secs(seconds));
    }
    (tool.run)(around, &Task { step, fields })
}

fn finish(channel: &mut Channel, outcome: Result<(), Failure>) -> ExitCode {
    let end = match outcome {
        Ok(()) => Finished { retcode: 0, reason: Reason::Ok, message: String::new() },
        Err(failure) => failure.into(),
    };
    let code = if end.reason == Reason::Ok { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    channel.say(&Event::Finished(end));
    code
}

/// What a built-in tool gets to see of its step.
pub(crate) struct Task<'step> {
    pub(crate) step: &'step Step,
    pub(crate) fields: Fields<'step>,
}

impl Task<'_> {
    /// The job's folder.
    pub(crate) fn workspace(&self) -> PathBuf {
        if self.step.workspace.is_empty() { PathBuf::from(".") } else { PathBuf::from(&self.step.workspace) }
    }

    /// Where the step works. It exists.
    pub(crate) fn cwd(&self) -> Result<PathBuf, Failure> {
        let own = self.fields.text("cwd")?;
        let path = self.workspace().join(own.as_deref().unwrap_or(&self.step.cwd));
        // Without the dots and slashes that `join` leaves at the end.
        let path: PathBuf = path.components().collect();
        check_directory("cwd", &path)?;
        Ok(path)
    }

    /// A folder for this step's scripts and keys, readable by nobody else. Goes with [`Private`].
    pub(crate) fn private(&self) -> Result<Private, Failure> {
        use std::os::unix::fs::DirBuilderExt;
        let all = self.workspace().join(PRIVATE_DIR);
        let own = all.join(format!("step-{}-{}", self.step.index, self.step.attempt));
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o711).create(&all);
        let made = made.and_then(|()| std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&own));
        made.map_err(|error| Failure::executor(format!("cannot make {}: {error}", own.display())))?;
        Ok(Private { path: own, keep: false })
    }

    /// A program of this step: in `cwd`, with the step's environment.
    pub(crate) fn prepare(&self, command: &mut Command, cwd: &Path) -> Result<(), Failure> {
        command.current_dir(cwd).envs(&self.step.env).envs(self.fields.map("env")?);
        Ok(())
    }
}

/// A step's private folder, removed when it is dropped.
pub(crate) struct Private {
    pub(crate) path: PathBuf,
    /// Leave it: something still needs it. It goes with the workspace.
    pub(crate) keep: bool,
}

impl Drop for Private {
    fn drop(&mut self) {
        if !self.keep {
            let _goes_with_the_workspace = std::fs::remove_dir_all(&self.path);
        }
    }
}
