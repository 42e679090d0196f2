//! Filling in what a stage says of a channel: texts with `#{…}`, and the names of secrets.
//!
//! Invariant: a reason why something cannot be filled in names the field and the expression, and never shows a value.

use std::collections::BTreeSet;

use kraken_cloud::Zeroizing;
use kraken_domain::{notice::Notice, secret::check_secret_name};
use kraken_workflow::{Context, Interpolator, Secret, Secrets, secret_uses};
use serde_json::Value;

use crate::{Control, ControlError};

impl Control {
    /// The secrets that a channel names, opened: in `#{secrets.NAME}`, or by their bare names where a secret is wanted.
    pub(super) async fn secrets_of_channel(&self, notice: &Notice, channel: &Value) -> Result<Secrets, ControlError> {
        let texts = channel.as_object().into_iter().flat_map(|fields| fields.values()).filter_map(Value::as_str);
        let bare = texts.filter(|text| check_secret_name(text.trim(), []).is_ok()).map(|text| text.trim().to_owned());
        let names: BTreeSet<String> = secret_uses(channel).into_iter().map(|used| used.name).chain(bare).collect();
        let mut secrets = Secrets::new();
        for name in names {
            let opened = self.open_secret(notice.project, notice.branch, &name).await;
            let opened = opened.map_err(|error| match error {
                ControlError::Damaged(why) => {
                    tracing::error!(why, "a secret of a notice cannot be opened");
                    ControlError::Conflict(format!("the secret {name:?} cannot be opened: set it again"))
                }
                other => other,
            });
            if let Some(secret) = opened? {
                secrets.insert(name, secret);
            }
        }
        Ok(secrets)
    }
}

/// Fills in the texts of one channel.
pub(super) struct Fill {
    channel: &'static str,
    interpolator: Interpolator,
    /// Knows no secrets.
    open: Interpolator,
    secrets: Secrets,
}

impl Fill {
    pub(super) fn new(channel: &'static str, mut context: Context, secrets: Secrets) -> Self {
        context.secrets = None;
        let open = Interpolator::new(&context);
        context.secrets = Some(secrets.clone());
        Self { channel, interpolator: Interpolator::new(&context), open, secrets }
    }

    /// A text. It must come to something.
    pub(super) fn text(&self, field: &str, text: &str) -> Result<String, String> {
        let path = self.path(field);
        let filled = self.interpolator.text(text).map_err(|error| format!("{path}: {error}"))?;
        one_line(&path, &filled)
    }

    /// A text that others read, as whom or where a message goes to: no secret comes into it.
    pub(super) fn open_text(&self, field: &str, text: &str) -> Result<String, String> {
        let path = self.path(field);
        let filled = self.open.text(text).map_err(|error| match self.interpolator.text(text) {
            Ok(_) => format!("{path}: the expression {} gives a secret: others read this, so expected none", error.expression),
            Err(_) => format!("{path}: {error}"),
        })?;
        one_line(&path, &filled)
    }

    fn path(&self, field: &str) -> String {
        format!("/notification/{}/{field}", self.channel)
    }

    /// A text that may be the name of a secret.
    pub(super) fn secret_or_text(&self, field: &str, text: &str) -> Result<Zeroizing<String>, String> {
        let filled = self.text(field, text)?;
        match self.secrets.get(filled.as_str()) {
            Some(_) => self.secret(field, text),
            None => Ok(Zeroizing::new(filled)),
        }
    }

    /// A text that nobody may read along: the name of a secret, or a text with one in it.
    pub(super) fn secret(&self, field: &str, text: &str) -> Result<Zeroizing<String>, String> {
        let filled = self.text(field, text)?;
        match self.secrets.get(filled.as_str()) {
            Some(Secret::Simple(value)) => Ok(Zeroizing::new(value.trim().to_owned())),
            Some(Secret::UserPassword { user, password }) => Ok(Zeroizing::new(format!("{user}:{password}"))),
            Some(other) => Err(format!(
                "/notification/{}/{field}: the secret is {}: expected one value, or a user and password",
                self.channel,
                other.kind()
            )),
            None if text.contains("#{") => Ok(Zeroizing::new(filled)),
            // It may be the secret itself, so it is not shown.
            None => Err(format!(
                "/notification/{}/{field}: there is no secret of that name in the project or the branch: expected its name, or #{{secrets.NAME}}",
                self.channel
            )),
        }
    }
}

/// The text, if it comes to something. It is not shown: it may be secret.
fn one_line(path: &str, filled: &str) -> Result<String, String> {
    let filled = filled.trim();
    if filled.is_empty() || filled.contains(char::is_control) {
        return Err(format!("{path}: it comes to nothing that can be used: expected text on one line"));
    }
    Ok(filled.to_owned())
}
