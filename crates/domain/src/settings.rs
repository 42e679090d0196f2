//! What administrators set for the whole system: where it is reached, and by what it tells people of runs.
//!
//! Invariant: what is secret is in here only sealed ([`Sealed`]), each for its own place.

use serde::{Deserialize, Serialize};

use crate::sealed::Sealed;

/// The settings of a system. There is one record of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SystemSettings {
    /// The address under which people reach the web UI, without a slash at its end: what links in messages begin with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// By what e-mail is sent. `None`: none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smtp: Option<SmtpSettings>,
    /// By what Slack is told. `None`: it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slack: Option<SlackSettings>,
}

/// A mail server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpSettings {
    /// Its name or address.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from being read.
    pub security: SmtpSecurity,
    /// As whom to log in; `None`: not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The password, sealed for [`SmtpSettings::PASSWORD_PLACE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Sealed>,
    /// Whom mails are from: `Kraken <ci@example.com>`.
    pub from: String,
}

impl SmtpSettings {
    /// Where the password belongs.
    pub const PASSWORD_PLACE: &str = "system/smtp/password";
}

/// How a connection to a mail server is kept from being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SmtpSecurity {
    /// TLS from the first byte (RFC 8314), usually on port 465.
    Tls,
    /// TLS after a plain greeting (RFC 3207), usually on port 587. Nothing is sent without it.
    #[default]
    Starttls,
    /// Not at all: for a server on the same machine.
    None,
}

/// Slack: a bot, or an incoming webhook that leads to one channel. Where both are set, the bot speaks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SlackSettings {
    /// The address of its API, where it is not Slack's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// A bot's token, sealed for [`SlackSettings::TOKEN_PLACE`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Sealed>,
    /// The address of an incoming webhook, sealed for [`SlackSettings::WEBHOOK_PLACE`]: who knows it may write.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<Sealed>,
}

impl SlackSettings {
    /// Where the token belongs.
    pub const TOKEN_PLACE: &str = "system/slack/token";
    /// Where the webhook's address belongs.
    pub const WEBHOOK_PLACE: &str = "system/slack/webhook";
}
