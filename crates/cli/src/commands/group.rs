//! `kraken group`.

use clap::Subcommand;
use kraken_protocol::api::{GroupView, NewGroup};

use crate::{
    client::{Pages, api},
    failure::Outcome,
    look::{Details, Look, Table, Text},
    session::Session,
};

/// Agents groups
#[derive(Debug, Subcommand)]
pub enum GroupCommand {
    /// List groups
    List {
        /// How much of the list.
        #[command(flatten)]
        pages: Pages,
    },
    /// Make a group
    Create {
        /// Its name: letters, digits, - _ .
        name: String,
        /// The one project that may use it; without it, all may
        #[arg(long)]
        project: Option<String>,
        /// What it is about
        #[arg(long, default_value = "")]
        description: String,
    },
    /// Delete a group; its agents stay
    Delete {
        /// Its name
        name: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Does it.
pub async fn run(command: GroupCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        GroupCommand::List { pages } => {
            let groups = client.list::<GroupView>("/api/groups", &[], pages).await?;
            screen.rows(&groups.rows, "no groups yet besides `all`", |look| table(&groups.rows, look))?;
            groups.note_more(screen)
        }
        GroupCommand::Create { name, project, description } => {
            let project = match project {
                Some(project) => Some(client.project(&project).await?.id),
                None => None,
            };
            let group: GroupView = client.post("/api/groups", &NewGroup { name, project, description }).await?;
            screen.details(&group, |look| {
                Details::new()
                    .with("group", Text::plain(&group.name))
                    .with("project", group.project.map_or_else(Text::none, Text::plain))
                    .with("description", Text::plain(&group.description))
                    .with("created", look.time(group.created_at))
            })
        }
        GroupCommand::Delete { name, yes } => {
            screen.confirm(yes, &format!("Delete group {name:?}?"))?;
            client.delete(&api(&["groups", &name])?).await?;
            super::deleted(screen, "group", &name, &name)
        }
    }
}

fn table(groups: &[GroupView], look: &Look) -> Table {
    let mut table = Table::new(&["NAME", "PROJECT", "CREATED", "DESCRIPTION"]);
    for group in groups {
        table.row([
            Text::plain(&group.name),
            group.project.map_or_else(|| Text::plain("all"), Text::plain),
            look.time(group.created_at),
            Text::plain(&group.description),
        ]);
    }
    table
}
