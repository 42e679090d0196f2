//! `kraken project`.

use clap::Subcommand;
use kraken_protocol::api::{NewProject, ProjectView};

use crate::{
    client::{Pages, api},
    failure::Outcome,
    look::{Details, Look, Table, Text},
    session::Session,
};

/// Projects
#[derive(Debug, Subcommand)]
pub enum ProjectCommand {
    /// List projects
    List {
        /// How much of the list.
        #[command(flatten)]
        pages: Pages,
    },
    /// Make a project
    Create {
        /// Its name, unique
        name: String,
        /// What it is about
        #[arg(long, default_value = "")]
        description: String,
    },
    /// Show a project
    Show {
        /// Its name or id
        project: String,
    },
    /// Delete a project that has no branches any more
    Delete {
        /// Its name or id
        project: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Does it.
pub async fn run(command: ProjectCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        ProjectCommand::List { pages } => {
            let projects = client.list::<ProjectView>("/api/projects", &[], pages).await?;
            screen.rows(&projects.rows, "no projects yet; `kraken project create NAME` makes one", |look| table(&projects.rows, look))?;
            projects.note_more(screen)
        }
        ProjectCommand::Create { name, description } => {
            let project: ProjectView = client.post("/api/projects", &NewProject { name, description }).await?;
            screen.details(&project, |look| details(&project, look))
        }
        ProjectCommand::Show { project } => {
            let project = client.project(&project).await?;
            screen.details(&project, |look| details(&project, look))
        }
        ProjectCommand::Delete { project, yes } => {
            let project = client.project(&project).await?;
            screen.confirm(yes, &format!("Delete project {:?}?", project.name))?;
            client.delete(&api(&["projects", &project.id.to_string()])?).await?;
            super::deleted(screen, "project", &project.id, &project.name)
        }
    }
}

fn table(projects: &[ProjectView], look: &Look) -> Table {
    let mut table = Table::new(&["NAME", "ID", "CREATED", "DESCRIPTION"]);
    for project in projects {
        table.row([Text::plain(&project.name), Text::plain(project.id), look.time(project.created_at), Text::plain(&project.description)]);
    }
    table
}

fn details(project: &ProjectView, look: &Look) -> Details {
    Details::new()
        .with("project", Text::plain(&project.name))
        .with("id", Text::plain(project.id))
        .with("created", look.time(project.created_at))
        .with("description", Text::plain(&project.description))
}
