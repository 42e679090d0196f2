//! `kraken env`: environment variables of branches.

use std::collections::BTreeMap;

use clap::Subcommand;
use kraken_protocol::api::{NewVariables, VariablesView};

use crate::{
    client::Client,
    failure::Outcome,
    look::{Look, Table, Text},
    names::{Assignment, BranchRef, OneBranch},
    screen::Screen,
    session::Session,
};

/// What they are called below a branch.
const VARIABLES: &str = "env";

/// Environment variables of the steps of branches
#[derive(Debug, Subcommand)]
pub enum EnvCommand {
    /// List a branch's variables
    List(OneBranch),
    /// Set variables; the others stay. For what nobody may read there are secrets
    Set {
        /// Which one.
        #[command(flatten)]
        of: OneBranch,
        /// The variables
        #[arg(value_name = "NAME=VALUE", required = true)]
        variables: Vec<Assignment>,
    },
    /// Remove variables
    Unset {
        /// Which one.
        #[command(flatten)]
        of: OneBranch,
        /// Their names
        #[arg(value_name = "NAME", required = true)]
        names: Vec<String>,
    },
}

/// Does it.
pub async fn run(command: EnvCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        EnvCommand::List(OneBranch { branch }) => {
            let view = client.get(&client.of_branch(&branch, VARIABLES).await?).await?;
            show(&view, screen)
        }
        EnvCommand::Set { of: OneBranch { branch }, variables } => {
            let set = |all: &mut BTreeMap<String, String>| all.extend(variables.iter().cloned().map(|one| (one.name, one.value)));
            show(&change(&client, &branch, set).await?, screen)
        }
        EnvCommand::Unset { of: OneBranch { branch }, names } => {
            let unset = |all: &mut BTreeMap<String, String>| all.retain(|name, _| !names.contains(name));
            show(&change(&client, &branch, unset).await?, screen)
        }
    }
}

/// Changes the variables of a branch.
async fn change(client: &Client, branch: &BranchRef, apply: impl Fn(&mut BTreeMap<String, String>)) -> Outcome<VariablesView> {
    let new = |VariablesView { version, mut variables }| {
        apply(&mut variables);
        NewVariables { version, variables }
    };
    client.rewrite(&client.of_branch(branch, VARIABLES).await?, new).await
}

fn show(view: &VariablesView, screen: &mut Screen) -> Outcome {
    let rows: Vec<(&String, &String)> = view.variables.iter().collect();
    if screen.is_json() {
        return screen.json(view);
    }
    screen.rows(&rows, "no variables yet; `kraken env set` makes some", |look| table(&rows, look))
}

fn table(rows: &[(&String, &String)], _look: &Look) -> Table {
    let mut table = Table::new(&["NAME", "VALUE"]);
    for (name, value) in rows {
        table.row([Text::plain(name), Text::plain(value)]);
    }
    table
}
