//! `kraken branch`.

use clap::Subcommand;
use kraken_protocol::api::{BranchView, NewBranch};

use crate::{
    client::{Pages, api},
    failure::Outcome,
    look::{Details, Look, Table, Text},
    names::{Assignment, BranchName, BranchRef},
    session::Session,
};

/// Branches of projects
#[derive(Debug, Subcommand)]
pub enum BranchCommand {
    /// List the branches of a project
    List {
        /// The project's name or id
        project: String,
        /// How much of the list.
        #[command(flatten)]
        pages: Pages,
    },
    /// Make a branch
    Create {
        /// Where and how it is called
        #[arg(value_name = "PROJECT/BRANCH")]
        name: BranchName,
        /// The name of the branch in the repositories, if it is another
        #[arg(long, value_name = "NAME")]
        branch_name: Option<String>,
        /// An environment variable of every step; may be given several times
        #[arg(long = "env", value_name = "NAME=VALUE")]
        env_vars: Vec<Assignment>,
    },
    /// Show a branch
    Show {
        /// The branch
        #[arg(value_name = "PROJECT/BRANCH|ID")]
        branch: BranchRef,
    },
    /// Delete a branch that has no stages any more; its flows are found by their ids as before
    Delete {
        /// The branch
        #[arg(value_name = "PROJECT/BRANCH|ID")]
        branch: BranchRef,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Does it.
pub async fn run(command: BranchCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        BranchCommand::List { project, pages } => {
            let branches = client.list::<BranchView>(&api(&["projects", &project, "branches"])?, &[], pages).await?;
            let nothing = format!("no branches yet; `kraken branch create {project}/NAME` makes one");
            screen.rows(&branches.rows, &nothing, |look| table(&branches.rows, look))?;
            branches.note_more(screen)
        }
        BranchCommand::Create { name, branch_name, env_vars } => {
            let env_vars = env_vars.into_iter().map(|variable| (variable.name, variable.value)).collect();
            let new = NewBranch { name: name.branch, branch_name, env_vars };
            let branch: BranchView = client.post(&api(&["projects", &name.project, "branches"])?, &new).await?;
            screen.details(&branch, |look| details(&branch, look))
        }
        BranchCommand::Show { branch } => {
            let branch = client.branch(&branch).await?;
            screen.details(&branch, |look| details(&branch, look))
        }
        BranchCommand::Delete { branch, yes } => {
            let branch = client.branch(&branch).await?;
            screen.confirm(yes, &format!("Delete branch {:?}?", branch.name))?;
            client.delete(&api(&["branches", &branch.id.to_string()])?).await?;
            super::deleted(screen, "branch", &branch.id, &branch.name)
        }
    }
}

fn table(branches: &[BranchView], look: &Look) -> Table {
    let mut table = Table::new(&["NAME", "REPOSITORY BRANCH", "ID", "CREATED"]);
    for branch in branches {
        table.row([Text::plain(&branch.name), Text::plain(&branch.branch_name), Text::plain(branch.id), look.time(branch.created_at)]);
    }
    table
}

fn details(branch: &BranchView, look: &Look) -> Details {
    let variables: Vec<String> = branch.env_vars.iter().map(|(name, value)| format!("{name}={value}")).collect();
    Details::new()
        .with("branch", Text::plain(&branch.name))
        .with("id", Text::plain(branch.id))
        .with("project", Text::plain(branch.project))
        .with("repository branch", Text::plain(&branch.branch_name))
        .with("created", look.time(branch.created_at))
        .with("environment", Text::plain(variables.join(" ")))
}
