//! The settings of the whole system. What is secret comes in and is sealed; nothing here gives it out again.

use kraken_domain::{
    sealed::Sealed,
    settings::{SlackSettings, SmtpSecurity, SmtpSettings, SystemSettings},
};
use kraken_protocol::api::{NewSettings, NewSlack, NewSmtp};
use kraken_store::Commit;

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// Characters of an address, a name or a secret.
const TEXT_MAX: usize = 1000;

impl Control {
    /// The system's settings and their version; 0 as long as nobody has set anything.
    ///
    /// # Errors
    /// [`ControlError::Unavailable`] when the table does not answer.
    pub async fn system_settings(&self) -> Result<(SystemSettings, u64), ControlError> {
        Ok(self.store.settings().await?.map_or_else(Default::default, |read| (read.value.clone(), read.version)))
    }

    /// Sets all of the system's settings; gives them and their version.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] with every wrong field; [`ControlError::Conflict`] when they are no longer of the version that was named.
    pub async fn set_system_settings(&self, new: NewSettings) -> Result<(SystemSettings, u64), ControlError> {
        decide!(self.try_set_system_settings(&new))
    }

    async fn try_set_system_settings(&self, new: &NewSettings) -> Result<(SystemSettings, u64), Attempt> {
        let read = self.store.settings().await?;
        let version = read.as_ref().map_or(0, |read| read.version);
        if new.version.is_some_and(|wanted| wanted != version) {
            let why = format!("the settings are of version {version} by now: read them again, then change them");
            return Err(ControlError::Conflict(why).into());
        }
        let next = self.settings_of(new, read.as_ref().map(|read| &read.value)).await?;
        let mut commit = Commit::new();
        match &read {
            Some(read) => commit.replace(read, &next)?,
            None => commit.create(&next)?,
        };
        self.store.commit(commit).await?;
        Ok((next, version + 1))
    }

    async fn settings_of(&self, new: &NewSettings, old: Option<&SystemSettings>) -> Result<SystemSettings, ControlError> {
        let mut problems = Problems::default();
        let public_url = problems.url("/public_url", new.public_url.as_deref());
        if let Some(smtp) = &new.smtp {
            problems.smtp(smtp, old.and_then(|old| old.smtp.as_ref()));
        }
        if let Some(slack) = &new.slack {
            problems.slack(slack, old.and_then(|old| old.slack.as_ref()));
        }
        problems.none()?;
        let smtp = match &new.smtp {
            Some(smtp) => Some(self.smtp(smtp, old.and_then(|old| old.smtp.as_ref())).await?),
            None => None,
        };
        let slack = match &new.slack {
            Some(slack) => Some(self.slack(slack, old.and_then(|old| old.slack.as_ref())).await?),
            None => None,
        };
        Ok(SystemSettings { public_url, smtp, slack })
    }

    async fn smtp(&self, new: &NewSmtp, old: Option<&SmtpSettings>) -> Result<SmtpSettings, ControlError> {
        let kept = old.and_then(|old| old.password.clone());
        Ok(SmtpSettings {
            server: new.server.trim().to_owned(),
            port: port(new),
            security: new.security,
            user: new.user.clone().filter(|user| !user.is_empty()),
            password: self.sealed(SmtpSettings::PASSWORD_PLACE, new.password.as_deref(), kept).await?,
            from: new.from.trim().to_owned(),
        })
    }

    async fn slack(&self, new: &NewSlack, old: Option<&SlackSettings>) -> Result<SlackSettings, ControlError> {
        let kept = old.cloned().unwrap_or_default();
        Ok(SlackSettings {
            api: api(new),
            token: self.sealed(SlackSettings::TOKEN_PLACE, new.token.as_deref(), kept.token).await?,
            webhook: self.sealed(SlackSettings::WEBHOOK_PLACE, new.webhook.as_deref(), kept.webhook).await?,
        })
    }

    /// Absent: as it was. Empty: gone. Else sealed.
    async fn sealed(&self, place: &str, new: Option<&str>, kept: Option<Sealed>) -> Result<Option<Sealed>, ControlError> {
        match new.map(str::trim) {
            None => Ok(kept),
            Some("") => Ok(None),
            Some(secret) => Ok(Some(self.sealer.seal(place, secret.as_bytes()).await?)),
        }
    }
}

fn port(new: &NewSmtp) -> u16 {
    new.port.unwrap_or(if new.security == SmtpSecurity::Tls { 465 } else { 587 })
}

fn api(new: &NewSlack) -> Option<String> {
    new.api.as_deref().map(|api| api.trim().trim_end_matches('/').to_owned()).filter(|api| !api.is_empty())
}

/// What is wrong with settings, all of it.
#[derive(Default)]
struct Problems(Vec<kraken_protocol::api::FieldProblem>);

impl Problems {
    fn add(&mut self, path: &str, message: impl Into<String>) {
        self.0.push(kraken_protocol::api::FieldProblem { path: path.to_owned(), line: None, message: message.into() });
    }

    fn none(self) -> Result<(), ControlError> {
        if self.0.is_empty() { Ok(()) } else { Err(ControlError::Invalid(self.0)) }
    }

    /// An address of a page, without a slash at its end.
    fn url(&mut self, path: &str, url: Option<&str>) -> Option<String> {
        let url = url.map(|url| url.trim().trim_end_matches('/')).filter(|url| !url.is_empty())?;
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
        if host.is_empty() || host.starts_with('/') || url.len() > TEXT_MAX || url.contains(|c: char| c.is_whitespace() || c.is_control()) {
            self.add(path, format!("the address {:?} is none: expected https://host or http://host:port", shown(url)));
        }
        Some(url.to_owned())
    }

    /// A text on one line.
    fn line(&mut self, path: &str, text: &str) {
        let text = text.trim();
        if text.is_empty() || text.len() > TEXT_MAX || text.contains(char::is_control) {
            self.add(path, format!("{:?} cannot be used: expected 1 to {TEXT_MAX} bytes on one line", shown(text)));
        }
    }

    /// A secret. It is never shown.
    fn secret(&mut self, path: &str, secret: Option<&str>) {
        if secret.is_some_and(|secret| secret.len() > TEXT_MAX || secret.trim().contains(char::is_control)) {
            self.add(path, format!("the secret cannot be used: expected at most {TEXT_MAX} bytes on one line"));
        }
    }

    fn smtp(&mut self, new: &NewSmtp, old: Option<&SmtpSettings>) {
        self.line("/smtp/server", &new.server);
        if new.server.trim().contains(|c: char| c.is_whitespace() || "/@".contains(c)) {
            self.add("/smtp/server", format!("the server {:?} is none: expected a name or an address", shown(&new.server)));
        }
        if new.port == Some(0) {
            self.add("/smtp/port", "the port 0 is none: expected 1 to 65535");
        }
        self.line("/smtp/from", &new.from);
        if !new.from.contains('@') {
            self.add("/smtp/from", format!("{:?} is no mailbox: expected ci@example.com or Kraken <ci@example.com>", shown(&new.from)));
        }
        if let Some(user) = new.user.as_deref().filter(|user| !user.is_empty()) {
            self.line("/smtp/user", user);
        }
        self.secret("/smtp/password", new.password.as_deref());
        // A password that is kept must not go to another server than the one it was given for.
        let moved = old.filter(|old| old.password.is_some()).is_some_and(|old| {
            let user = new.user.clone().filter(|user| !user.is_empty());
            (old.server.as_str(), old.port, old.security, &old.user) != (new.server.trim(), port(new), new.security, &user)
        });
        if moved && new.password.is_none() {
            self.add("/smtp/password", "the mail server or its user is another one: give the password again, or an empty one for none");
        }
    }

    fn slack(&mut self, new: &NewSlack, old: Option<&SlackSettings>) {
        self.url("/slack/api", new.api.as_deref());
        self.secret("/slack/token", new.token.as_deref());
        self.secret("/slack/webhook", new.webhook.as_deref());
        let webhook = new.webhook.as_deref().map(str::trim).filter(|url| !url.is_empty());
        if webhook.is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
            self.add("/slack/webhook", "the webhook's address is none: expected https://hooks.slack.com/…");
        }
        let moved = old.filter(|old| old.token.is_some()).is_some_and(|old| old.api != api(new));
        if moved && new.token.is_none() {
            self.add("/slack/token", "the API is another one: give the token again, or an empty one for none");
        }
    }
}

fn shown(text: &str) -> String {
    text.chars().take(100).collect()
}

/// Used by who sends: a secret of the settings, opened.
pub(crate) async fn opened(control: &Control, place: &str, sealed: &Sealed) -> Result<kraken_cloud::Zeroizing<String>, ControlError> {
    let bytes = control.sealer.open(place, sealed).await?;
    let text = std::str::from_utf8(&bytes).map_err(|_| ControlError::Damaged(format!("what is sealed for {place} is no text")))?;
    Ok(kraken_cloud::Zeroizing::new(text.to_owned()))
}
