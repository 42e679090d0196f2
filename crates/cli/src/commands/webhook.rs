//! `kraken webhook`.

use clap::{Subcommand, ValueEnum};
use kraken_protocol::api::{DeliveryView, RotateWebhook, WebhookMade, WebhookView};
use serde_json::json;

use crate::{
    client::{Client, Pages, api},
    failure::Outcome,
    look::{Details, Look, Table, Text},
    session::Session,
};

/// Webhooks: git hosts tell a project what was pushed
#[derive(Debug, Subcommand)]
pub enum WebhookCommand {
    /// Set up the webhook for a kind of git host; its key is shown this once
    Add {
        /// The project's name or id
        project: String,
        /// The kind of git host
        #[arg(value_enum)]
        host: Host,
    },
    /// List the webhooks of a project, without their keys
    List {
        /// The project's name or id
        project: String,
    },
    /// Make another key for a webhook; the one before is good for a while
    Rotate {
        /// The project's name or id
        project: String,
        /// The kind of git host
        #[arg(value_enum)]
        host: Host,
        /// Seconds for which the key before is still good; a day when absent
        #[arg(long, value_name = "SECONDS")]
        keep: Option<u32>,
    },
    /// Remove a webhook: what is sent to it from then on is refused
    Delete {
        /// The project's name or id
        project: String,
        /// The kind of git host
        #[arg(value_enum)]
        host: Host,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// List what a git host told in the last seven days, and what came of it, newest first
    Deliveries {
        /// The project's name or id
        project: String,
        /// The kind of git host
        #[arg(value_enum)]
        host: Host,
        /// How much of the list.
        #[command(flatten)]
        pages: Pages,
    },
}

/// A kind of git host
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Host {
    /// github.com and GitHub Enterprise Server
    Github,
    /// gitlab.com and GitLab of one's own
    Gitlab,
    /// Gitea
    Gitea,
    /// Forgejo, Codeberg among them
    Forgejo,
    /// bitbucket.org
    Bitbucket,
    /// Bitbucket Server and Data Center
    BitbucketServer,
}

impl Host {
    fn slug(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            Self::Gitea => "gitea",
            Self::Forgejo => "forgejo",
            Self::Bitbucket => "bitbucket",
            Self::BitbucketServer => "bitbucket-server",
        }
    }
}

/// Does it.
pub async fn run(command: WebhookCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        WebhookCommand::Add { project, host } => {
            let path = api(&["projects", &id(&client, &project).await?, "webhooks", host.slug()])?;
            let made: WebhookMade = client.put(&path, &json!({})).await?;
            screen.details(&made, |look| with_key(&client, &made, look))?;
            screen.note("the key is not shown again; set it as the webhook's secret at the git host")
        }
        WebhookCommand::List { project } => {
            let webhooks: Vec<WebhookView> = client.get(&api(&["projects", &id(&client, &project).await?, "webhooks"])?).await?;
            screen.rows(&webhooks, "no webhooks; `kraken webhook add PROJECT HOST` sets one up", |look| table(&client, &webhooks, look))
        }
        WebhookCommand::Rotate { project, host, keep } => {
            let path = api(&["projects", &id(&client, &project).await?, "webhooks", host.slug(), "rotate"])?;
            let made: WebhookMade = client.post(&path, &RotateWebhook { keep_s: keep }).await?;
            screen.details(&made, |look| with_key(&client, &made, look))?;
            screen.note("the key is not shown again; set it at the git host before the one before ends")
        }
        WebhookCommand::Delete { project, host, yes } => {
            let path = api(&["projects", &id(&client, &project).await?, "webhooks", host.slug()])?;
            screen.confirm(yes, &format!("Delete the webhook of project {project:?} for {}?", host.slug()))?;
            client.delete(&path).await?;
            super::deleted(screen, "webhook", &host.slug(), host.slug())
        }
        WebhookCommand::Deliveries { project, host, pages } => {
            let path = api(&["projects", &id(&client, &project).await?, "webhooks", host.slug(), "deliveries"])?;
            let deliveries = client.list::<DeliveryView>(&path, &[], pages).await?;
            screen.rows(&deliveries.rows, "nothing was delivered in the last seven days", |look| told(&deliveries.rows, look))?;
            deliveries.note_more(screen)
        }
    }
}

async fn id(client: &Client, project: &str) -> Outcome<String> {
    Ok(client.project(project).await?.id.to_string())
}

fn address(client: &Client, webhook: &WebhookView) -> String {
    format!("{}{}", client.server().to_string().trim_end_matches('/'), webhook.path)
}

fn with_key(client: &Client, made: &WebhookMade, look: &Look) -> Details {
    let before = made.webhook.keys.get(1).and_then(|key| key.ends_at);
    let details = Details::new()
        .with("host", Text::plain(&made.webhook.host))
        .with("address", Text::plain(address(client, &made.webhook)))
        .with("content type", Text::plain("application/json"))
        .with("key", Text::plain(&made.secret));
    match before {
        Some(ends) => details.with("key before ends", look.time(ends)),
        None => details,
    }
}

fn table(client: &Client, webhooks: &[WebhookView], look: &Look) -> Table {
    let mut table = Table::new(&["HOST", "ADDRESS", "CREATED", "BY", "KEYS"]);
    for webhook in webhooks {
        table.row([
            Text::plain(&webhook.host),
            Text::plain(address(client, webhook)),
            look.time(webhook.created_at),
            Text::plain(webhook.created_by.as_deref().unwrap_or_default()),
            match webhook.keys.iter().any(|key| key.must_be_rotated) {
                true => Text::plain("must be rotated"),
                false => Text::plain(webhook.keys.len()),
            },
        ]);
    }
    table
}

fn told(deliveries: &[DeliveryView], look: &Look) -> Table {
    let mut table = Table::new(&["CAME", "EVENT", "REPOSITORY", "WHAT CAME OF IT", "ID"]);
    for delivery in deliveries {
        let words: Vec<&str> = delivery.outcomes.iter().map(|outcome| outcome.words.as_str()).collect();
        table.row([
            look.time(delivery.received_at),
            Text::plain(&delivery.event),
            Text::plain(&delivery.repo),
            Text::plain(if delivery.pending { "waits".to_owned() } else { words.join("; ") }),
            Text::plain(&delivery.id),
        ]);
    }
    table
}
