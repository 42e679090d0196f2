//! `kraken token`.

use std::str::FromStr;

use clap::Subcommand;
use jiff::Timestamp;
use kraken_domain::{TokenId, access::Role};
use kraken_protocol::api::{GrantView, NewToken, TokenMade, TokenView};

use super::input::moment;
use crate::{
    client::{Pages, api},
    failure::Outcome,
    look::{Details, Look, Table, Text},
    session::Session,
};

/// API tokens
#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// List tokens, without their secrets
    List {
        /// How much of the list.
        #[command(flatten)]
        pages: Pages,
    },
    /// Make a token; its secret is shown this once
    Create {
        /// What it is for
        name: String,
        /// What its bearer may do: viewer, user or admin, everywhere or in one project; may be given several times
        #[arg(long = "grant", value_name = "ROLE[:PROJECT]", required = true)]
        grants: Vec<GrantArg>,
        /// When it ends: 12h, 30d, or a time; never when absent
        #[arg(long, value_name = "WHEN", value_parser = moment)]
        expires: Option<Timestamp>,
    },
    /// Delete a token; from then on it opens nothing
    Delete {
        /// Its id
        id: TokenId,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// `ROLE[:PROJECT]`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantArg {
    /// What may be done.
    pub role: Role,
    /// Where: a project's name or id; everywhere when absent.
    pub project: Option<String>,
}

impl FromStr for GrantArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (role, project) = match text.split_once(':') {
            Some((role, project)) => (role, Some(project.to_owned())),
            None => (text, None),
        };
        let role = [Role::Viewer, Role::User, Role::Admin].into_iter().find(|known| known.as_str() == role);
        match (role, project) {
            (Some(role), project) if project.as_deref() != Some("") => Ok(Self { role, project }),
            _ => Err("expected viewer, user or admin, alone or with a project as in user:demo".to_owned()),
        }
    }
}

/// Does it.
pub async fn run(command: TokenCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        TokenCommand::List { pages } => {
            let tokens = client.list::<TokenView>("/api/tokens", &[], pages).await?;
            screen.rows(&tokens.rows, "no tokens", |look| table(&tokens.rows, look))?;
            tokens.note_more(screen)
        }
        TokenCommand::Create { name, grants, expires } => {
            let mut resolved = Vec::new();
            for grant in grants {
                let project = match grant.project {
                    Some(project) => Some(client.project(&project).await?.id),
                    None => None,
                };
                resolved.push(GrantView { project, role: grant.role });
            }
            let made: TokenMade = client.post("/api/tokens", &NewToken { name, grants: resolved, expires_at: expires }).await?;
            screen.details(&made, |look| {
                Details::new()
                    .with("token", Text::plain(&made.token.name))
                    .with("id", Text::plain(made.token.id))
                    .with("may", grants_text(&made.token))
                    .with("ends", look.maybe_time(made.token.expires_at))
                    .with("secret", Text::plain(&made.secret))
            })?;
            screen.note("the secret is not shown again")
        }
        TokenCommand::Delete { id, yes } => {
            screen.confirm(yes, &format!("Delete token {id}?"))?;
            client.delete(&api(&["tokens", &id.to_string()])?).await?;
            super::deleted(screen, "token", &id, &id.to_string())
        }
    }
}

fn grants_text(token: &TokenView) -> Text {
    let words = token.grants.iter().map(|grant| match grant.project {
        Some(project) => format!("{}:{project}", grant.role.as_str()),
        None => grant.role.as_str().to_owned(),
    });
    Text::plain(words.collect::<Vec<_>>().join(", "))
}

fn table(tokens: &[TokenView], look: &Look) -> Table {
    let mut table = Table::new(&["NAME", "MAY", "CREATED", "ENDS", "ID"]);
    for token in tokens {
        let ends = token.expires_at.map_or_else(|| Text::plain("never"), |at| look.time(at));
        table.row([Text::plain(&token.name), grants_text(token), look.time(token.created_at), ends, Text::plain(token.id)]);
    }
    table
}
