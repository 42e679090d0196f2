//! `kraken branch`.

use clap::Subcommand;
use kraken_protocol::api::{BranchChange, BranchFork, BranchMove, BranchView, NewBranch, Numbering};

use super::retention::{self, RetentionCommand};
use crate::{
    client::{Client, Pages, api},
    failure::Outcome,
    look::{Details, Look, Table, Text},
    names::{Assignment, BranchName, BranchRef, OneBranch},
    screen::Screen,
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
    Show(OneBranch),
    /// Rename a branch, or show its badges and feeds to everyone
    Set {
        /// Which one.
        #[command(flatten)]
        of: OneBranch,
        /// Another name
        #[arg(long)]
        name: Option<String>,
        /// Another name of the branch in the repositories
        #[arg(long, value_name = "NAME")]
        branch_name: Option<String>,
        /// Whether its badges and feeds are for everyone, without a token
        #[arg(long, value_name = "true|false")]
        public: Option<bool>,
    },
    /// Make a branch with copies of another's stages and variables
    Fork {
        /// The branch to copy
        #[arg(value_name = "PROJECT/BRANCH|ID")]
        branch: BranchRef,
        /// The new branch's name
        name: String,
        /// The name of the new branch in the repositories, if it is another
        #[arg(long, value_name = "NAME")]
        branch_name: Option<String>,
        /// Go on counting flows and runs where the old branch has got to
        #[arg(long)]
        continue_numbers: bool,
        /// Copy the old branch's own secrets, too
        #[arg(long)]
        secrets: bool,
    },
    /// Move a branch to another project, with its stages, secrets, data and flows
    Move {
        /// Which one.
        #[command(flatten)]
        of: OneBranch,
        /// The name or id of the project that it is to be in
        #[arg(long, value_name = "PROJECT")]
        project: String,
    },
    /// Put a branch away: nothing starts in it until it is restored
    Archive(OneBranch),
    /// Bring an archived branch back
    Restore(OneBranch),
    /// How long the flows of branches are kept
    Retention {
        /// What about it.
        #[command(subcommand)]
        command: RetentionCommand,
    },
    /// Delete a branch that has no stages any more; its flows are found by their ids until they are removed, a day later
    Delete {
        /// Which one.
        #[command(flatten)]
        of: OneBranch,
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
        BranchCommand::Retention { command } => retention::run(command, session).await,
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
        BranchCommand::Show(OneBranch { branch }) => {
            let branch = client.branch(&branch).await?;
            screen.details(&branch, |look| details(&branch, look))
        }
        BranchCommand::Set { of: OneBranch { branch }, name, branch_name, public } => {
            let branch = client.branch_id(&branch).await?;
            let change = BranchChange { name, branch_name, public, ..BranchChange::default() };
            let branch: BranchView = client.put(&api(&["branches", &branch.to_string()])?, &change).await?;
            screen.details(&branch, |look| details(&branch, look))
        }
        BranchCommand::Fork { branch, name, branch_name, continue_numbers, secrets } => {
            let from = client.branch_id(&branch).await?;
            let numbering = if continue_numbers { Numbering::Continue } else { Numbering::Restart };
            let fork = BranchFork { name, branch_name, numbering, secrets };
            let branch: BranchView = client.post(&api(&["branches", &from.to_string(), "fork"])?, &fork).await?;
            screen.details(&branch, |look| details(&branch, look))
        }
        BranchCommand::Move { of: OneBranch { branch }, project } => {
            let branch = client.branch_id(&branch).await?;
            let to = BranchMove { project: client.project(&project).await?.id };
            let branch: BranchView = client.post(&api(&["branches", &branch.to_string(), "move"])?, &to).await?;
            screen.details(&branch, |look| details(&branch, look))
        }
        BranchCommand::Archive(OneBranch { branch }) => archive(&client, screen, &branch, true).await,
        BranchCommand::Restore(OneBranch { branch }) => archive(&client, screen, &branch, false).await,
        BranchCommand::Delete { of: OneBranch { branch }, yes } => {
            let branch = client.branch(&branch).await?;
            screen.confirm(yes, &format!("Delete branch {:?}?", branch.name))?;
            client.delete(&api(&["branches", &branch.id.to_string()])?).await?;
            super::deleted(screen, "branch", &branch.id, &branch.name)
        }
    }
}

async fn archive(client: &Client, screen: &mut Screen, branch: &BranchRef, archived: bool) -> Outcome {
    let branch = client.branch_id(branch).await?;
    let change = BranchChange { archived: Some(archived), ..BranchChange::default() };
    let branch: BranchView = client.put(&api(&["branches", &branch.to_string()])?, &change).await?;
    screen.details(&branch, |look| details(&branch, look))
}

fn table(branches: &[BranchView], look: &Look) -> Table {
    let mut table = Table::new(&["NAME", "REPOSITORY BRANCH", "ID", "CREATED", "ARCHIVED"]);
    for branch in branches {
        table.row([
            Text::plain(&branch.name),
            Text::plain(&branch.branch_name),
            Text::plain(branch.id),
            look.time(branch.created_at),
            branch.archived_at.map_or_else(|| Text::plain(""), |at| look.time(at)),
        ]);
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
        .with("archived", branch.archived_at.map_or_else(|| Text::plain(""), |at| look.time(at)))
        .with("badges", Text::plain(if branch.public { "for everyone" } else { "with a token" }))
        .with("environment", Text::plain(variables.join(" ")))
}
