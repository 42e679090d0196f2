//! `kraken env`: environment variables of branches.

use std::collections::BTreeMap;

use clap::Subcommand;
use kraken_protocol::api::{NewVariables, VariablesView};

use crate::{
    client::{Client, api},
    failure::{Failure, Outcome},
    look::{Look, Table, Text},
    names::{Assignment, BranchRef},
    screen::Screen,
    session::Session,
};

/// Somebody else may change the branch at the same moment: so often it is read and changed again.
const TRIES: usize = 5;
/// The HTTP status of a refusal because of that.
const CONFLICT: u16 = 409;

/// Environment variables of the steps of branches
#[derive(Debug, Subcommand)]
pub enum EnvCommand {
    /// List a branch's variables
    List {
        /// The branch
        #[arg(value_name = "PROJECT/BRANCH|ID")]
        branch: BranchRef,
    },
    /// Set variables; the others stay. For what nobody may read there are secrets
    Set {
        /// The branch
        #[arg(value_name = "PROJECT/BRANCH|ID")]
        branch: BranchRef,
        /// The variables
        #[arg(value_name = "NAME=VALUE", required = true)]
        variables: Vec<Assignment>,
    },
    /// Remove variables
    Unset {
        /// The branch
        #[arg(value_name = "PROJECT/BRANCH|ID")]
        branch: BranchRef,
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
        EnvCommand::List { branch } => {
            let view = client.get(&path(&client, &branch).await?).await?;
            show(&view, screen)
        }
        EnvCommand::Set { branch, variables } => {
            let set = |all: &mut BTreeMap<String, String>| all.extend(variables.iter().cloned().map(|one| (one.name, one.value)));
            show(&change(&client, &branch, set).await?, screen)
        }
        EnvCommand::Unset { branch, names } => {
            let unset = |all: &mut BTreeMap<String, String>| all.retain(|name, _| !names.contains(name));
            show(&change(&client, &branch, unset).await?, screen)
        }
    }
}

async fn path(client: &Client, branch: &BranchRef) -> Outcome<String> {
    api(&["branches", &client.branch_id(branch).await?.to_string(), "env"])
}

async fn change(client: &Client, branch: &BranchRef, apply: impl Fn(&mut BTreeMap<String, String>)) -> Outcome<VariablesView> {
    let path = path(client, branch).await?;
    let mut tries = TRIES;
    loop {
        let VariablesView { version, mut variables } = client.get(&path).await?;
        apply(&mut variables);
        tries -= 1;
        match client.put(&path, &NewVariables { version, variables }).await {
            Err(Failure::Problem(problem)) if problem.status == CONFLICT && tries > 0 => {}
            done => return done,
        }
    }
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
