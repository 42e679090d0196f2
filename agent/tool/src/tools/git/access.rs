//! How git proves who it is.

use std::path::Path;
use std::process::Command;

use super::address::Address;
use crate::failure::Failure;
use crate::process::program::Surroundings;
use crate::run::Task;
use crate::tools::keys::KeyAgent;

const USER_VAR: &str = "KRAKEN_GIT_USER";
const PASSWORD_VAR: &str = "KRAKEN_GIT_PASSWORD";

/// Answers git from two environment variables. `printf` is built into every shell: what it prints becomes no argument of a process.
/// See gitcredentials(7).
const HELPER: &str = r#"!f() { test "$1" = get && printf 'username=%s\npassword=%s\n' "$KRAKEN_GIT_USER" "$KRAKEN_GIT_PASSWORD"; }; f"#;

/// The step's credentials, ready for use.
#[derive(Default)]
pub(super) struct Access {
    /// Where the login may go, and the login.
    login: Option<(String, String, String)>,
    agent: Option<KeyAgent>,
    ssh_user: Option<String>,
}

impl Access {
    /// Takes them from the step's fields, else from the address.
    pub(super) fn of(around: &mut Surroundings, task: &Task<'_>, address: &Address, folder: &Path) -> Result<Self, Failure> {
        let mut access = Self::default();
        let token = task.fields.secret("access-token", &["password", "token", "value"])?;
        match (address.http_origin(), token) {
            (Some(origin), Some(token)) => {
                let user = token.user.or_else(|| address.user.clone()).unwrap_or_else(|| user_for(origin).into());
                access.login = Some((origin.into(), user, token.value));
            }
            (Some(origin), None) => {
                if let Some(password) = address.password.clone() {
                    access.login = Some((origin.into(), address.user.clone().unwrap_or_default(), password));
                }
            }
            (None, Some(_)) => {
                return Err(Failure::step(format!("access-token: {} is not an HTTP address; use ssh-key, or https://", address.bare())));
            }
            (None, None) => {}
        }
        if let Some(key) = task.fields.secret("ssh-key", &["key"])? {
            if !address.is_ssh() {
                return Err(Failure::step(format!("ssh-key: {} is not an ssh address; use access-token, or ssh://", address.bare())));
            }
            access.ssh_user = key.user.filter(|_| address.user.is_none());
            if let Some(user) = access.ssh_user.as_ref().filter(|user| !is_plain(user)) {
                return Err(Failure::step(format!("ssh-key: {user:?} is not a user name")));
            }
            access.agent = Some(KeyAgent::start(around, folder, &key.value, None)?);
        }
        Ok(access)
    }

    /// Configuration that it takes. The login goes to its own host only; helpers of the host, which might store it, are switched off.
    pub(super) fn configuration(&self) -> Vec<(String, String)> {
        self.login
            .iter()
            .flat_map(|(origin, ..)| [("credential.helper".into(), String::new()), (format!("credential.{origin}.helper"), HELPER.into())])
            .collect()
    }

    /// Gives it to one git command.
    pub(super) fn give(&self, command: &mut Command) {
        command.env("GIT_TERMINAL_PROMPT", "0").env_remove("GIT_ASKPASS").env_remove("SSH_ASKPASS");
        if let Some((_, user, password)) = &self.login {
            command.env(USER_VAR, user).env(PASSWORD_VAR, password);
        }
        let mut ssh = String::from("ssh -o BatchMode=yes -o StrictHostKeyChecking=accept-new");
        if let Some(agent) = &self.agent {
            // Only the given key: not those that the host's user happens to have.
            ssh.push_str(" -o IdentityFile=/dev/null");
            command.env("SSH_AUTH_SOCK", agent.socket());
        }
        if let Some(user) = &self.ssh_user {
            ssh.push_str(" -l ");
            ssh.push_str(user);
        }
        let users_own = command.get_envs().any(|(name, _)| name == "GIT_SSH_COMMAND") || std::env::var_os("GIT_SSH_COMMAND").is_some();
        if self.agent.is_some() || !users_own {
            command.env("GIT_SSH_COMMAND", ssh);
        }
    }
}

/// The user that a host expects beside a token. Most take any.
fn user_for(origin: &str) -> &'static str {
    if origin.contains("gitlab") {
        "oauth2"
    } else if origin.contains("bitbucket") {
        "x-token-auth"
    } else {
        "x-access-token"
    }
}

/// The rest would have to be quoted for the shell that git runs ssh with.
fn is_plain(user: &str) -> bool {
    !user.starts_with('-') && user.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}
