//! `kraken settings`: what administrators set for the whole system.
//!
//! Invariant: no secret is on the command line, where everybody on the machine could read it: it comes from a file or the standard input.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use kraken_domain::settings::SmtpSecurity;
use kraken_protocol::api::{NewSettings, NewSlack, NewSmtp, SettingsView};

use super::input::read_code;
use crate::{
    failure::{Failure, Outcome},
    look::{Details, Text},
    screen::Screen,
    session::Session,
};

/// Settings of the whole system: mail server, Slack, address
#[derive(Debug, Subcommand)]
pub enum SettingsCommand {
    /// Show the settings; of secrets only whether they are set
    Show,
    /// Change settings; what is not named stays as it is
    Set(Box<SetArgs>),
}

/// What to change.
#[derive(Debug, Args)]
pub struct SetArgs {
    /// The address under which people reach the web UI; "" for none
    #[arg(long, value_name = "URL")]
    pub public_url: Option<String>,
    /// The mail server's name or address
    #[arg(long, value_name = "HOST")]
    pub smtp_server: Option<String>,
    /// Its port; 587, and 465 for `tls`
    #[arg(long, value_name = "PORT")]
    pub smtp_port: Option<u16>,
    /// How the connection to it is kept from being read
    #[arg(long, value_name = "HOW")]
    pub smtp_security: Option<Security>,
    /// As whom to log in there; "" for nobody
    #[arg(long, value_name = "USER")]
    pub smtp_user: Option<String>,
    /// The file with the password; - for the standard input
    #[arg(long, value_name = "FILE")]
    pub smtp_password_file: Option<PathBuf>,
    /// Whom mails are from
    #[arg(long, value_name = "MAILBOX")]
    pub smtp_from: Option<String>,
    /// Send no mails any more
    #[arg(long)]
    pub no_smtp: bool,
    /// The file with a Slack bot's token; - for the standard input
    #[arg(long, value_name = "FILE")]
    pub slack_token_file: Option<PathBuf>,
    /// The file with the address of a Slack webhook; - for the standard input
    #[arg(long, value_name = "FILE")]
    pub slack_webhook_file: Option<PathBuf>,
    /// The address of Slack's API, where it is not Slack's own
    #[arg(long, value_name = "URL")]
    pub slack_api: Option<String>,
    /// Tell Slack nothing any more
    #[arg(long)]
    pub no_slack: bool,
}

/// How the connection to a mail server is kept from being read.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Security {
    /// TLS from the first byte
    Tls,
    /// TLS after a plain greeting
    Starttls,
    /// Not at all: for a server on the same machine
    None,
}

/// Does it.
pub async fn run(command: SettingsCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let known: SettingsView = client.get(PATH).await?;
    match command {
        SettingsCommand::Show => show(&known, &mut session.screen),
        SettingsCommand::Set(args) => {
            let set: SettingsView = client.put(PATH, &changed(known, *args)?).await?;
            show(&set, &mut session.screen)
        }
    }
}

const PATH: &str = "/api/settings";

fn changed(known: SettingsView, args: SetArgs) -> Outcome<NewSettings> {
    let smtp = if args.no_smtp { None } else { smtp(&known, &args)? };
    let slack = if args.no_slack { None } else { slack(&known, &args)? };
    Ok(NewSettings { version: Some(known.version), public_url: args.public_url.or(known.public_url), smtp, slack })
}

fn smtp(known: &SettingsView, args: &SetArgs) -> Outcome<Option<NewSmtp>> {
    let password = secret(args.smtp_password_file.as_ref())?;
    let security = args.smtp_security.map(|security| match security {
        Security::Tls => SmtpSecurity::Tls,
        Security::Starttls => SmtpSecurity::Starttls,
        Security::None => SmtpSecurity::None,
    });
    if let Some(known) = &known.smtp {
        return Ok(Some(NewSmtp {
            server: args.smtp_server.clone().unwrap_or_else(|| known.server.clone()),
            port: args.smtp_port.or(Some(known.port)),
            security: security.unwrap_or(known.security),
            user: args.smtp_user.clone().or_else(|| known.user.clone()),
            password,
            from: args.smtp_from.clone().unwrap_or_else(|| known.from.clone()),
        }));
    }
    let (Some(server), Some(from)) = (&args.smtp_server, &args.smtp_from) else {
        let named = args.smtp_server.is_some()
            || args.smtp_from.is_some()
            || args.smtp_port.is_some()
            || args.smtp_user.is_some()
            || security.is_some()
            || password.is_some();
        let usage = || Failure::Usage("no mail server is set yet: --smtp-server and --smtp-from are needed".to_owned());
        return if named { Err(usage()) } else { Ok(None) };
    };
    let (server, from) = (server.clone(), from.clone());
    Ok(Some(NewSmtp { server, port: args.smtp_port, security: security.unwrap_or_default(), user: args.smtp_user.clone(), password, from }))
}

fn slack(known: &SettingsView, args: &SetArgs) -> Outcome<Option<NewSlack>> {
    let (token, webhook) = (secret(args.slack_token_file.as_ref())?, secret(args.slack_webhook_file.as_ref())?);
    let api = args.slack_api.clone().or_else(|| known.slack.as_ref()?.api.clone());
    let named = known.slack.is_some() || token.is_some() || webhook.is_some() || api.is_some();
    Ok(named.then_some(NewSlack { api, token, webhook }))
}

fn secret(file: Option<&PathBuf>) -> Outcome<Option<String>> {
    file.map(|file| Ok(read_code(file)?.trim().to_owned())).transpose()
}

fn show(settings: &SettingsView, screen: &mut Screen) -> Outcome {
    screen.details(settings, |_| {
        let maybe = |text: &Option<String>| text.as_ref().map_or_else(Text::none, Text::plain);
        let set = |is: bool| Text::plain(if is { "set" } else { "not set" });
        let mut details = Details::new().with("public address", maybe(&settings.public_url));
        details = match &settings.smtp {
            None => details.with("mail server", Text::none()),
            Some(smtp) => details
                .with("mail server", Text::plain(format!("{}:{}", smtp.server, smtp.port)))
                .with("security", Text::plain(format!("{:?}", smtp.security).to_lowercase()))
                .with("user", maybe(&smtp.user))
                .with("password", set(smtp.password_set))
                .with("from", Text::plain(&smtp.from)),
        };
        match &settings.slack {
            None => details.with("Slack", Text::none()),
            Some(slack) => {
                let details = if slack.api.is_some() { details.with("Slack's API", maybe(&slack.api)) } else { details };
                details.with("Slack token", set(slack.token_set)).with("Slack webhook", set(slack.webhook_set))
            }
        }
    })
}
