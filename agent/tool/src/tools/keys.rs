//! An ssh-agent that offers one key to one step. The key goes in through a pipe: it is on no disk and in no argument.

use std::io::Write;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::failure::Failure;
use crate::process::children::Exit;
use crate::process::program::{Surroundings, start};
use crate::process::tree::children;
use crate::process::user::User;

const GET_SSH: &str = "install the OpenSSH client, e.g. `apt-get install openssh-client` or `apk add openssh-client`";

/// How long the agent may take to listen.
const PATIENCE: Duration = Duration::from_secs(5);

/// The running agent: a child of this process that goes when this value does.
pub(super) struct KeyAgent {
    socket: PathBuf,
    process: Child,
}

impl KeyAgent {
    /// Starts an agent that listens in `folder` and gives it the key.
    pub(super) fn start(around: &mut Surroundings, folder: &Path, key: &str, user: Option<&User>) -> Result<Self, Failure> {
        let socket = folder.join("agent");
        let as_user = |program: &str| user.map_or_else(|| Command::new(program), |user| user.run(program));
        let mut command = as_user("ssh-agent");
        command.arg("-D").arg("-a").arg(&socket).stdin(Stdio::null()).stdout(Stdio::null());
        let process = start(&mut command, GET_SSH)?;
        let agent = Self { socket, process };
        let patience = Instant::now() + PATIENCE;
        // The socket is there a moment before anybody listens on it.
        while UnixStream::connect(&agent.socket).is_err() {
            if Instant::now() >= patience {
                return Err(around.end_all(Failure::executor("ssh-agent does not listen; the log may say why")));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        agent.add(around, as_user("ssh-add"), key)?;
        Ok(agent)
    }

    fn add(&self, around: &mut Surroundings, mut command: Command, key: &str) -> Result<(), Failure> {
        command.arg("-q").arg("-").env("SSH_AUTH_SOCK", &self.socket).stdin(Stdio::piped());
        let mut adding = start(&mut command, GET_SSH)?;
        if let Some(mut input) = adding.stdin.take() {
            // ssh-add that ends before it read all has said why in the log.
            let _ended = input.write_all(key.trim().as_bytes()).and_then(|()| input.write_all(b"\n"));
        }
        match around.finish(&adding, None)? {
            (Exit::Code(0), _) => Ok(()),
            (exit, _) => Err(around
                .end_all(Failure::step(format!("ssh-key: ssh-add did not take the key ({exit}); a key with a passphrase cannot be used")))),
        }
    }

    /// Where it listens.
    pub(super) fn socket(&self) -> &Path {
        &self.socket
    }

    /// Leaves it to the job.
    pub(super) fn detach(self) {
        std::mem::forget(self);
    }
}

impl Drop for KeyAgent {
    fn drop(&mut self) {
        let process = i32::try_from(self.process.id()).map(Pid::from_raw);
        // If it ended by itself it is reaped already, and the number may be somebody else's.
        for child in children(Pid::this()).into_iter().filter(|child| Ok(*child) == process) {
            let _gone = kill(child, Signal::SIGKILL);
        }
    }
}
