//! `kraken-agent install`: the agent as a system service.

use std::{
    fs,
    os::unix::fs::chown,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, ensure};
use clap::Args;
use nix::unistd::User;

use super::{Join, enrol, unit::Unit};
use kraken_agent::identity::peek;

const UNIT_FILE: &str = "/etc/systemd/system/kraken-agent.service";

/// How to set the service up.
#[derive(Debug, Args)]
pub(super) struct Install {
    #[command(flatten)]
    join: Join,
    /// The user that the agent and its jobs run as; made when missing.
    #[arg(long, default_value = "kraken-agent")]
    user: String,
    /// Only print the unit.
    #[arg(long)]
    dry_run: bool,
}

impl Install {
    pub(super) async fn act(&self) -> anyhow::Result<()> {
        let place = &self.join.place;
        let program = std::env::current_exe().context("where is this program?")?;
        let unit = Unit { program: &program, server: &place.server, state_dir: &place.state_dir, user: &self.user };
        if self.dry_run {
            print!("{}", unit.text());
            return Ok(());
        }
        ensure!(nix::unistd::geteuid().is_root(), "only root can set up a service; --dry-run shows what would be done");
        let user = self.user(&place.state_dir)?;
        if peek(&place.state_dir)?.is_none() {
            enrol(&self.join).await?;
        }
        give(&place.state_dir, &user)?;
        fs::write(UNIT_FILE, unit.text()).with_context(|| format!("cannot write {UNIT_FILE}"))?;
        perform("systemctl", &["daemon-reload"])?;
        perform("systemctl", &["enable", "--now", "kraken-agent.service"])?;
        println!("the agent runs; `systemctl status kraken-agent` and `journalctl -u kraken-agent` say how it is");
        Ok(())
    }

    fn user(&self, home: &Path) -> anyhow::Result<User> {
        if let Some(user) = User::from_name(&self.user)? {
            return Ok(user);
        }
        let home = home.to_str().context("the state directory's path is not UTF-8")?;
        perform("useradd", &["--system", "--user-group", "--home-dir", home, "--shell", "/usr/sbin/nologin", &self.user])?;
        User::from_name(&self.user)?.with_context(|| format!("the user {} was made and is not there", self.user))
    }
}

/// Gives a folder and all in it to the user. Nothing in it is a link: only the agent has written there.
fn give(path: &Path, user: &User) -> anyhow::Result<()> {
    let mut todo = vec![PathBuf::from(path)];
    while let Some(path) = todo.pop() {
        chown(&path, Some(user.uid.as_raw()), Some(user.gid.as_raw())).with_context(|| format!("cannot give {} away", path.display()))?;
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                todo.push(entry?.path());
            }
        }
    }
    Ok(())
}

fn perform(program: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let status = Command::new(program).args(arguments).status().with_context(|| format!("cannot run {program}"))?;
    ensure!(status.success(), "{program} {} failed: {status}", arguments.join(" "));
    Ok(())
}
