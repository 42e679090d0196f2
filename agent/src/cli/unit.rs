//! The systemd unit of an agent.

use std::path::Path;

/// What the unit of one agent says.
pub(super) struct Unit<'a> {
    pub(super) program: &'a Path,
    pub(super) server: &'a str,
    pub(super) state_dir: &'a Path,
    pub(super) user: &'a str,
}

impl Unit<'_> {
    /// The unit file.
    ///
    /// The job goes on when the agent is asked to stop, so stopping waits as long as a job may take. Everything that a job started belongs to
    /// the unit's control group and ends with it.
    pub(super) fn text(&self) -> String {
        let (program, state_dir) = (self.program.display(), self.state_dir.display());
        let Self { server, user, .. } = self;
        format!(
            "[Unit]\n\
             Description=Kraken agent\n\
             Wants=network-online.target\n\
             After=network-online.target\n\
             StartLimitIntervalSec=0\n\
             \n\
             [Service]\n\
             Type=notify\n\
             NotifyAccess=main\n\
             User={user}\n\
             Environment=KRAKEN_SERVER={server}\n\
             Environment=KRAKEN_AGENT_STATE={state_dir}\n\
             ExecStart={program} run\n\
             WatchdogSec=10min\n\
             Restart=always\n\
             RestartSec=5\n\
             RestartPreventExitStatus=3\n\
             KillMode=mixed\n\
             TimeoutStopSec=3h\n\
             Delegate=yes\n\
             \n\
             [Install]\n\
             WantedBy=multi-user.target\n"
        )
    }
}

#[cfg(test)]
mod tests;
