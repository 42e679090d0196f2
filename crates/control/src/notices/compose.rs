//! What goes out for a notice: the stage's words for the channel, filled in, with the facts of the run.

use kraken_domain::{
    Timestamp,
    notice::{Channel, Notice},
    settings::{SlackSettings, SmtpSettings},
};
use kraken_githosts::{
    CommitStatus, FarSide, GitHost, NotARepoUrl, RepoUrl, Request, may_have_credentials,
    message::{self, RunNews, RunResult, SlackTarget},
    status_request,
};
use kraken_store::StatusMark;
use kraken_workflow::{self as workflow, Notification};
use sha2::{Digest, Sha256};

use super::{
    facts::Facts,
    fill::Fill,
    parcel::{MailServer, Parcel},
    veil::Veil,
};
use crate::{Control, ControlError, agents::later, flows::seen_data::texts_speak_of_data, setup::system::opened};

/// Slack's own API.
const SLACK_API: &str = "https://slack.com/api";
/// Mailboxes that one mail goes to.
const MAILBOXES_MAX: usize = 50;
/// Seconds for which it is remembered which run judged a commit last.
const MARK_S: i64 = 30 * 24 * 3600;

/// What goes out for a notice.
#[derive(Debug)]
pub(super) struct Composed {
    pub(super) parcel: Parcel,
    /// What of it nobody may read.
    pub(super) veil: Veil,
    /// Where a status is set, and the number of the run that sets it.
    place: Option<Place>,
}

/// Where a status is set, and the number of the run that sets it.
type Place = (String, u64);

impl Composed {
    /// What is to be remembered of a status that is set.
    pub(super) fn mark(&self, notice: &Notice, now: Timestamp) -> Option<StatusMark> {
        let (place, sequence) = self.place.clone()?;
        Some(StatusMark { place, sequence, run: notice.run, expires_at: later(now, MARK_S) })
    }
}

/// Why there is nothing to send: for ever, or for now.
enum Unsent {
    Never(String),
    Now(ControlError),
}

impl From<String> for Unsent {
    fn from(why: String) -> Self {
        Self::Never(why)
    }
}

impl From<ControlError> for Unsent {
    fn from(error: ControlError) -> Self {
        match error {
            passing if passing.is_passing() => Self::Now(passing),
            // Something stored that cannot be read never will be.
            never => {
                tracing::error!(error = %never, "a notice can never be sent");
                Self::Never(never.plainly())
            }
        }
    }
}

impl Control {
    /// What goes out for a notice.
    ///
    /// # Errors
    /// [`ControlError`] when something needed does not answer.
    pub(super) async fn compose(&self, notice: &Notice, now: Timestamp) -> Result<Composed, ControlError> {
        let mut veil = Veil::default();
        let (parcel, place) = match self.try_compose(notice, now, &mut veil).await {
            Ok(composed) => composed,
            Err(Unsent::Never(why)) => (Parcel::Never(why), None),
            Err(Unsent::Now(error)) => return Err(error),
        };
        veil.cover_parcel(&parcel);
        Ok(Composed { parcel, veil, place })
    }

    /// The notice as it goes out; `veil` comes to cover the secrets that it was filled in with.
    async fn try_compose(&self, notice: &Notice, now: Timestamp, veil: &mut Veil) -> Result<(Parcel, Option<Place>), Unsent> {
        let mut facts = self.facts(notice).await?.ok_or_else(|| "the run, its flow, its branch or its project was deleted".to_owned())?;
        let sha256 = facts.context.run.told_by().ok_or_else(|| "the run has no stored stage".to_owned())?;
        let wanted = self.notification(sha256).await?;
        let named = serde_json::to_value(&wanted).ok().and_then(|mut channels| Some(channels.get_mut(notice.channel.as_str())?.take()));
        let named = named.unwrap_or_default();
        let secrets = self.secrets_of_channel(notice, &named).await?;
        let data = self.seen_data(texts_speak_of_data(&named), &facts.context.branch, Some(notice.run.flow)).await?;
        facts.context.data = data;
        veil.cover_secrets(&secrets);
        let fill = Fill::new(notice.channel.as_str(), facts.context.for_stage(), secrets);
        let missing = || format!("the stage names no {} any more", notice.channel.as_str());
        let news = facts.news(notice);
        let Notification { email, slack, discord, github, gitlab, gitea, webhook } = wanted;
        let parcel = match notice.channel {
            Channel::Email => self.email(&email.ok_or_else(missing)?, &facts, &fill, &news, notice).await?,
            Channel::Slack => self.slack_message(&slack.ok_or_else(missing)?, &facts, &fill, &news).await?,
            Channel::Discord => {
                let url = fill.secret_or_text("webhook", &discord.ok_or_else(missing)?.webhook)?;
                http(message::discord(&news, &web("/notification/discord/webhook", &url)?), FarSide::Discord)
            }
            Channel::Webhook => {
                let webhook = webhook.ok_or_else(missing)?;
                let url = fill.secret_or_text("url", &webhook.url)?;
                let secret = webhook.secret.as_deref().map(|secret| fill.secret("secret", secret)).transpose()?;
                let url = web("/notification/webhook/url", &url)?;
                let secret = secret.as_ref().map(|secret| secret.as_str());
                secret.into_iter().for_each(|secret| veil.cover(secret));
                http(message::webhook(&news, &url, secret, &notice.key(), now.as_second()), FarSide::Other)
            }
            Channel::GitHub => return status(GitHost::GitHub, &github.ok_or_else(missing)?, &facts, &fill, &news),
            Channel::GitLab => return status(GitHost::GitLab, &gitlab.ok_or_else(missing)?, &facts, &fill, &news),
            Channel::Gitea => return status(GitHost::Gitea, &gitea.ok_or_else(missing)?, &facts, &fill, &news),
        };
        Ok((keyed(parcel, notice), None))
    }

    async fn email(&self, email: &workflow::Email, facts: &Facts, fill: &Fill, news: &RunNews, notice: &Notice) -> Result<Parcel, Unsent> {
        let why = "no mail server is set: an administrator does with `kraken settings set --smtp-server …`";
        let smtp = facts.settings.smtp.as_ref().ok_or_else(|| why.to_owned())?;
        let mut to = Vec::new();
        for (at, mailbox) in email.to.iter().enumerate() {
            // A template may come to several.
            let filled = fill.open_text(&format!("to/{at}"), mailbox)?;
            to.extend(filled.split([',', ';']).map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()));
        }
        if to.is_empty() || to.len() > MAILBOXES_MAX {
            return Err(format!("/notification/email/to: {} mailboxes: expected 1 to {MAILBOXES_MAX}", to.len()).into());
        }
        let login = match (&smtp.user, &smtp.password) {
            (Some(user), Some(password)) => Some((user.clone(), opened(self, SmtpSettings::PASSWORD_PLACE, password).await?)),
            _ => None,
        };
        let server = MailServer { server: smtp.server.clone(), port: smtp.port, security: smtp.security, login, from: smtp.from.clone() };
        Ok(Parcel::Mail { server: Box::new(server), to, key: notice.key(), mail: message::mail(news) })
    }

    async fn slack_message(&self, slack: &workflow::Slack, facts: &Facts, fill: &Fill, news: &RunNews) -> Result<Parcel, Unsent> {
        let channel = fill.open_text("channel", &slack.channel)?;
        let set = facts.settings.slack.clone().unwrap_or_default();
        if let Some(token) = &set.token {
            let token = opened(self, SlackSettings::TOKEN_PLACE, token).await?;
            let api = set.api.as_deref().unwrap_or(SLACK_API);
            let request = message::slack(news, api, SlackTarget::Channel(&channel));
            return Ok(Parcel::Http { request, credentials: Some(token), from: FarSide::Slack });
        }
        if let Some(webhook) = &set.webhook {
            let url = opened(self, SlackSettings::WEBHOOK_PLACE, webhook).await?;
            return Ok(http(message::slack(news, SLACK_API, SlackTarget::Webhook(&url)), FarSide::Slack));
        }
        Err("Slack is not set up: an administrator does with `kraken settings set --slack-token-file …`".to_owned().into())
    }
}

fn http(request: Request, from: FarSide) -> Parcel {
    Parcel::Http { request, credentials: None, from }
}

/// A receiver that hears twice of a notice knows it by this (draft-ietf-httpapi-idempotency-key-header).
fn keyed(mut parcel: Parcel, notice: &Notice) -> Parcel {
    if let Parcel::Http { request, .. } = &mut parcel {
        request.headers.push(("idempotency-key".to_owned(), format!("\"{}\"", notice.key())));
    }
    parcel
}

/// The address, if it is one. It may be secret, so it is not shown.
fn web(path: &str, url: &str) -> Result<String, String> {
    match url.starts_with("https://") || url.starts_with("http://") {
        true => Ok(url.to_owned()),
        false => Err(format!("{path}: it comes to no address: expected https://…")),
    }
}

/// The status of the commit that started the flow.
fn status(host: GitHost, named: &workflow::GitHost, facts: &Facts, fill: &Fill, news: &RunNews) -> Result<(Parcel, Option<Place>), Unsent> {
    let change = facts.change().ok_or_else(|| "the flow was not started by a change: there is no commit to judge".to_owned())?;
    let sha = change.after.clone().ok_or_else(|| "the change has no commit: there is nothing to judge".to_owned())?;
    let base = named.url.as_deref().map(|url| fill.open_text("url", url)).transpose()?;
    let repo: RepoUrl = change.repo.parse().map_err(|error: NotARepoUrl| error.to_string())?;
    if base.is_none() && !may_have_credentials(host, change, &repo) {
        let why = format!(
            "/notification/{host}: {repo} may be anybody's, as {host} did not tell of the change: set `url` to the address of the host that the \
             credentials are for"
        );
        return Err(why.into());
    }
    let page = facts.page();
    let status = CommitStatus {
        sha,
        context: format!("kraken/{}/{}/{}", news.project, news.branch, news.stage),
        state: news.result.state(),
        description: description(news),
        target_url: Some(page).filter(|page| !page.is_empty()),
        branch: Some(change.branch.clone()).filter(|branch| !branch.is_empty()),
    };
    let request = status_request(host, base.as_deref(), &repo, &status).map_err(|error| error.to_string())?;
    let credentials = fill.secret("credentials", &named.credentials)?;
    let run = &facts.context.run;
    // Numbers of runs can be compared within a stage: another one of the same name has its own.
    let place = hex::encode(Sha256::digest(format!("{}\n{}\n{}", request.url, status.context, run.stage)));
    let parcel = Parcel::Http { request, credentials: Some(credentials), from: FarSide::Git(host) };
    Ok((parcel, Some((place, run.sequence))))
}

/// A status in a sentence.
fn description(news: &RunNews) -> String {
    let counts = &news.counts;
    let jobs = |number: u64| if number == 1 { "1 job".to_owned() } else { format!("{number} jobs") };
    let what = match news.result {
        RunResult::Running => format!("{} under way", jobs(counts.jobs)),
        RunResult::Passed => format!("{} passed", jobs(counts.jobs)),
        RunResult::NewFailures => format!("{} tests fail that did not before", counts.tests_newly_failed),
        RunResult::JobErrors => format!("{} of {} in error", counts.jobs_in_error, jobs(counts.jobs)),
        RunResult::Broken => news.note.clone().unwrap_or_else(|| "the run broke".to_owned()),
        RunResult::Cancelled => "cancelled".to_owned(),
    };
    match news.duration_s {
        Some(seconds) if news.result != RunResult::Running => format!("{what} in {seconds} s"),
        _ => what,
    }
}

#[cfg(test)]
mod tests;
