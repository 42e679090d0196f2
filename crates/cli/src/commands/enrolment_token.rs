//! `kraken enrolment-token`.

use clap::Subcommand;
use jiff::Timestamp;
use kraken_domain::TokenId;
use kraken_protocol::api::{EnrolmentTokenMade, EnrolmentTokenView, NewEnrolmentToken};

use super::input::moment;
use crate::{
    client::{Pages, api},
    failure::Outcome,
    look::{Details, Look, Table, Text},
    session::Session,
};

/// Tokens with which agents join
#[derive(Debug, Subcommand)]
pub enum EnrolmentTokenCommand {
    /// List enrolment tokens, without their secrets
    List {
        /// How much of the list.
        #[command(flatten)]
        pages: Pages,
    },
    /// Make an enrolment token; its secret is shown this once
    Create {
        /// A group that agents are put into; may be given several times
        #[arg(long = "group", value_name = "GROUP")]
        groups: Vec<String>,
        /// More than one agent may use it
        #[arg(long)]
        reusable: bool,
        /// When it ends: 12h, 30d, or a time; a day when absent
        #[arg(long, value_name = "WHEN", value_parser = moment)]
        expires: Option<Timestamp>,
    },
    /// Delete an enrolment token
    Delete {
        /// Its id
        id: TokenId,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Does it.
pub async fn run(command: EnrolmentTokenCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        EnrolmentTokenCommand::List { pages } => {
            let tokens = client.list::<EnrolmentTokenView>("/api/enrolment-tokens", &[], pages).await?;
            screen.rows(&tokens.rows, "no enrolment tokens", |look| table(&tokens.rows, look))?;
            tokens.note_more(screen)
        }
        EnrolmentTokenCommand::Create { groups, reusable, expires } => {
            let new = NewEnrolmentToken { groups, reusable, expires_at: expires };
            let made: EnrolmentTokenMade = client.post("/api/enrolment-tokens", &new).await?;
            screen.details(&made, |look| {
                Details::new()
                    .with("id", Text::plain(made.token.id))
                    .with("groups", Text::plain(made.token.groups.join(", ")))
                    .with("for", uses(&made.token))
                    .with("ends", look.time(made.token.expires_at))
                    .with("secret", Text::plain(&made.secret))
            })?;
            screen.note("the secret is not shown again; give it to `kraken-agent enrol` on the build host")
        }
        EnrolmentTokenCommand::Delete { id, yes } => {
            screen.confirm(yes, &format!("Delete enrolment token {id}?"))?;
            client.delete(&api(&["enrolment-tokens", &id.to_string()])?).await?;
            super::deleted(screen, "enrolment token", &id, &id.to_string())
        }
    }
}

fn uses(token: &EnrolmentTokenView) -> Text {
    Text::plain(if token.reusable { "any number of agents" } else { "one agent" })
}

fn table(tokens: &[EnrolmentTokenView], look: &Look) -> Table {
    let mut table = Table::new(&["ID", "GROUPS", "FOR", "CREATED", "ENDS"]);
    for token in tokens {
        table.row([
            Text::plain(token.id),
            Text::plain(token.groups.join(",")),
            uses(token),
            look.time(token.created_at),
            look.time(token.expires_at),
        ]);
    }
    table
}
