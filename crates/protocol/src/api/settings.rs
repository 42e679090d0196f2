//! The settings of the whole system.

use kraken_domain::settings::SmtpSecurity;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The system's settings as administrators see them: of a secret only whether it is set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct SettingsView {
    /// Counts the changes; 0 as long as nobody has set anything. Sent back with a change, it keeps two administrators from undoing each
    /// other's work.
    pub version: u64,
    /// The address under which people reach the web UI: what links in messages begin with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// By what e-mail is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smtp: Option<SmtpView>,
    /// By what Slack is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack: Option<SlackView>,
}

/// A mail server.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SmtpView {
    /// Its name or address.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// `tls`, `starttls` or `none`.
    #[schema(value_type = String)]
    pub security: SmtpSecurity,
    /// As whom Kraken logs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Whether there is a password.
    pub password_set: bool,
    /// Whom mails are from.
    pub from: String,
}

/// Slack.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SlackView {
    /// The address of its API, where it is not Slack's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// Whether there is a bot's token.
    pub token_set: bool,
    /// Whether there is the address of an incoming webhook.
    pub webhook_set: bool,
}

/// `PUT /api/settings`: all settings as they shall be. A secret that is absent stays as it is; an empty one goes.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSettings {
    /// The version that this was made from; absent: whatever it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// The address under which people reach the web UI.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// By what e-mail is sent; absent: none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smtp: Option<NewSmtp>,
    /// By what Slack is told; absent: it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slack: Option<NewSlack>,
}

/// A mail server. Where server, port, security or user are others than before, the password must be given again.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSmtp {
    /// Its name or address.
    pub server: String,
    /// Its port; 587 when absent, 465 for `tls`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// `tls`, `starttls` (default) or `none`.
    #[serde(default)]
    #[schema(value_type = String)]
    pub security: SmtpSecurity,
    /// As whom to log in; absent: not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The password. Write-only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Whom mails are from: `Kraken <ci@example.com>`.
    pub from: String,
}

/// Slack.
#[derive(Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSlack {
    /// The address of its API, where it is not Slack's own. Where it is another than before, the token must be given again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api: Option<String>,
    /// A bot's token with the right `chat:write`. Write-only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The address of an incoming webhook, for where there is no bot. Write-only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
}
