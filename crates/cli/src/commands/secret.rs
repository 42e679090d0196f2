//! `kraken secret`.
//!
//! Invariant: a value comes from the standard input, a file or the terminal; never from the command line, which every process can read.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use kraken_protocol::api::{NewSecret, SecretList, SecretValue, SecretView};

use super::input::read_secret;
use crate::{
    client::{Client, api},
    failure::Outcome,
    look::{Details, Look, Table, Text},
    names::BranchRef,
    session::Session,
};

/// Secrets of projects and branches
#[derive(Debug, Subcommand)]
pub enum SecretCommand {
    /// List secrets, without their values
    List {
        /// A project, or a branch of it
        #[arg(value_name = "PROJECT[/BRANCH]")]
        of: Owner,
    },
    /// Set a secret; its value is read from the standard input or a file, or asked for
    Set {
        /// A project, or a branch of it
        #[arg(value_name = "PROJECT[/BRANCH]")]
        of: Owner,
        /// Its name: letters, digits, - _
        name: String,
        /// What it holds
        #[arg(long, value_enum, default_value_t = Kind::Simple)]
        kind: Kind,
        /// The user to log in as, for an SSH key or a password
        #[arg(long, default_value = "")]
        user: String,
        /// The file with the value; - is the standard input
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// What it is for
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Delete a secret; steps that name it fail from then on
    Delete {
        /// A project, or a branch of it
        #[arg(value_name = "PROJECT[/BRANCH]")]
        of: Owner,
        /// Its name
        name: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// What a secret holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// One value
    Simple,
    /// A user and an SSH key
    SshKey,
    /// A user and a password
    Password,
}

/// Whose secrets: with a slash a branch's, else a project's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// By name or id.
    Project(String),
    /// By name.
    Branch(BranchRef),
}

impl std::str::FromStr for Owner {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "" => Err("expected a project, or PROJECT/BRANCH".to_owned()),
            branch if branch.contains('/') => branch.parse().map(Self::Branch),
            project => Ok(Self::Project(project.to_owned())),
        }
    }
}

impl Owner {
    async fn path(&self, client: &Client, name: Option<&str>) -> Outcome<String> {
        let id;
        let mut parts = match self {
            Self::Project(project) => vec!["projects", project.as_str(), "secrets"],
            Self::Branch(branch) => {
                id = client.branch_id(branch).await?.to_string();
                vec!["branches", id.as_str(), "secrets"]
            }
        };
        parts.extend(name);
        api(&parts)
    }
}

/// Does it.
pub async fn run(command: SecretCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        SecretCommand::List { of } => {
            let list: SecretList = client.get(&of.path(&client, None).await?).await?;
            screen.rows(&list.items, "no secrets yet; `kraken secret set` makes one", |look| table(&list.items, look))
        }
        SecretCommand::Set { of, name, kind, user, file, note } => {
            let path = of.path(&client, Some(&name)).await?;
            let value = read_secret(file.as_deref(), &format!("Value of {name}"))?;
            let value = match kind {
                Kind::Simple => SecretValue::Simple { value },
                Kind::SshKey => SecretValue::SshKey { user, key: value },
                Kind::Password => SecretValue::UserPassword { user, password: value },
            };
            let secret: SecretView = client.put(&path, &NewSecret { value, note }).await?;
            screen.details(&secret, |look| details(&secret, look))
        }
        SecretCommand::Delete { of, name, yes } => {
            let path = of.path(&client, Some(&name)).await?;
            screen.confirm(yes, &format!("Delete secret {name:?}?"))?;
            client.delete(&path).await?;
            super::deleted(screen, "secret", &name, &name)
        }
    }
}

fn table(secrets: &[SecretView], look: &Look) -> Table {
    let mut table = Table::new(&["NAME", "KIND", "CHANGED", "BY", "NOTE"]);
    for secret in secrets {
        table.row([
            Text::plain(&secret.name),
            Text::plain(state(secret)),
            look.time(secret.changed_at),
            secret.changed_by.as_ref().map_or_else(Text::none, Text::plain),
            Text::plain(&secret.note),
        ]);
    }
    table
}

fn details(secret: &SecretView, look: &Look) -> Details {
    Details::new()
        .with("secret", Text::plain(&secret.name))
        .with("kind", Text::plain(state(secret)))
        .with("of", Text::plain(&secret.of))
        .with("changed", look.time(secret.changed_at))
        .with("by", secret.changed_by.as_ref().map_or_else(Text::none, Text::plain))
        .with("note", Text::plain(&secret.note))
}

fn state(secret: &SecretView) -> String {
    if secret.set { secret.kind.clone() } else { format!("{}, to be set", secret.kind) }
}
