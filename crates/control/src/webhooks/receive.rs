//! A delivery comes: believed or not, understood or not, stored once, and somebody is woken to deal with it.

use bytes::Bytes;
use futures::{StreamExt, stream};
use kraken_cloud::{Topic, Zeroizing};
use kraken_domain::{
    ProjectId,
    webhook::{Delivery, DeliveryId, DeliveryOutcome, Happening, KEPT_S},
};
use kraken_githosts::{Event, GitHost, Headers, Recognised, Refusal, change_of, told};
use kraken_store::{Commit, DeliveredBody, Versioned, secret_hash};

use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// Things that one delivery may tell: they are stored in one write.
const EVENTS_MAX: usize = 90;
/// Bytes of a change that are kept with its delivery; where there are many, less of each.
const CHANGE_BYTES: usize = 40 * 1024;
const FEW_EVENTS: usize = 40;
const CHANGE_BYTES_OF_MANY: usize = 12 * 1024;
/// Wake-ups that are sent at the same time.
const WAKES_AT_ONCE: usize = 16;
/// What is tried in the place of keys that are not there, so that nobody learns from the time whether there is one.
const NO_KEY: &str = "there is no key for this";
/// The most keys that are good at one time: one, and for a while the one before.
const KEYS_MAX: usize = 2;

/// A request of a git host, as it came.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Names and values of its headers.
    pub headers: Vec<(String, Vec<u8>)>,
    /// Its body.
    pub body: Bytes,
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The host tried the webhook out.
    Ping,
    /// It is stored and will be dealt with: the host's name for it, and how many things it told that may start something.
    Stored {
        /// The name.
        name: String,
        /// How many.
        pending: usize,
    },
    /// It came before; nothing happens.
    Known {
        /// The host's name for it.
        name: String,
    },
}

impl Control {
    /// Takes in what a git host sent to the webhook of a project.
    ///
    /// # Errors
    /// [`ControlError::Unauthorised`], the same whether there is no such project, no such webhook, or the signature is wrong;
    /// [`ControlError::Invalid`] for a body that was signed rightly and cannot be understood; [`ControlError::Unavailable`] to all while an
    /// import has not ended.
    pub async fn hear(&self, project: &str, host: GitHost, letter: Letter) -> Result<Heard, ControlError> {
        let now = self.clock.now();
        let project = match self.find_project(project).await {
            Ok(project) => Some(project.id),
            Err(ControlError::NotFound { .. }) => None,
            Err(error) => return Err(error),
        };
        // After the project: one that was not there may come with the import.
        if self.importing_since().await?.is_some() {
            return Err(ControlError::Unavailable("an import into this system has not ended: send the delivery again later".into()));
        }
        // Also where there is none, so that both take as long.
        let webhook = self.store.webhook(project.unwrap_or_else(|| self.ids.project(now)), host.slug()).await?;
        let keys = match &webhook {
            Some(webhook) => self.good_keys(webhook, now).await?,
            None => Vec::new(),
        };
        // Some megabytes to hash and to read: not on a thread that serves others.
        let read = tokio::task::spawn_blocking(move || believed(host, &letter, &keys)).await;
        let read = read.map_err(|error| ControlError::Internal(format!("a delivery broke its reader: {error}")))?;
        let distrusted = || {
            ControlError::Unauthorised("the delivery is not signed with the key of this webhook: set the same key at the git host".into())
        };
        let delivery =
            read.map_err(|refusal| if refusal.is_distrust() { distrusted() } else { ControlError::invalid("/body", refusal.to_string()) })?;
        let Some(project) = project else { return Err(distrusted()) };
        if delivery.signed_at_s.is_some_and(|signed| now.as_second().saturating_sub(signed) > KEPT_S) {
            // Whether it came before is not known any more.
            return Err(distrusted());
        }
        let is_ping = delivery.events.iter().all(|event| matches!(event, Event::Ping));
        let heard = decide!(self.keep_delivery(project, &delivery))?;
        Ok(if is_ping { Heard::Ping } else { heard })
    }

    async fn keep_delivery(&self, project: ProjectId, delivery: &kraken_githosts::Delivery) -> Result<Heard, Attempt> {
        let now = self.clock.now();
        if delivery.events.len() > EVENTS_MAX {
            let why = format!("the delivery tells of {} changes: at most {EVENTS_MAX} are taken at once", delivery.events.len());
            return Err(ControlError::TooLarge(why).into());
        }
        // One without a name is recognised by its body alone, for as long as that is known.
        let name = if delivery.named { delivery.id.clone() } else { format!("{}:{}", delivery.id, now.as_millisecond()) };
        let hash = secret_hash(&name);
        let bytes = if delivery.events.len() > FEW_EVENTS { CHANGE_BYTES_OF_MANY } else { CHANGE_BYTES };
        let kept = delivery.events.iter().enumerate().map(|(part, event)| {
            let told = told(event);
            let nothing = match &told.what {
                Happening::Nothing { why } => Some(DeliveryOutcome { branch: None, flow: None, words: why.clone() }),
                _ => None,
            };
            Delivery {
                id: DeliveryId { project, name: format!("{hash}-{part}") },
                host: delivery.host.slug().to_owned(),
                name: name.clone(),
                received_at: now,
                told,
                change: nothing.is_none().then(|| change_of(delivery.host, event).map(|change| Box::new(change.bounded(bytes)))).flatten(),
                due: nothing.is_none().then_some(now),
                outcomes: nothing.into_iter().collect(),
            }
        });
        let kept: Vec<Delivery> = kept.collect();
        let body = DeliveredBody { project, sha256: delivery.body_sha256.clone(), received_at: now };
        let body = (delivery.recognised_by == Recognised::ByBody).then_some(body);
        if let Err(refused) = self.store.commit(first_commit(&kept, body.as_ref(), None)?).await {
            let known = match kept.first() {
                Some(first) => self.store.delivery(&first.id).await?.is_some(),
                None => false,
            };
            let before = match &body {
                Some(body) => self.store.delivered_body(project, &body.sha256).await?,
                None => None,
            };
            if known || before.as_ref().is_some_and(|before| before.is_known(now)) {
                tracing::info!(project.id = %project, delivery = name, "a delivery came again");
                return Ok(Heard::Known { name });
            }
            if before.is_none() {
                return Err(refused.into());
            }
            self.store.commit(first_commit(&kept, body.as_ref(), before.as_ref())?).await?;
        }
        let pending: Vec<DeliveryId> = kept.into_iter().filter(|one| one.due.is_some()).map(|one| one.id).collect();
        let count = pending.len();
        // One after the other they would keep the host waiting.
        let wakes = stream::iter(pending).map(async |id: DeliveryId| {
            // Lost, it costs a minute: the tick finds what is due.
            if let Err(error) = self.queues.wake(Topic::Results, &id.to_string(), &self.ids.unique()).await {
                tracing::warn!(delivery = %id, %error, "a wake-up was not sent; the next tick makes up for it");
            }
        });
        wakes.buffer_unordered(WAKES_AT_ONCE).collect::<()>().await;
        Ok(Heard::Stored { name, pending: count })
    }
}

/// What is written of a delivery that is new. `before`: when its body came the last time, long ago.
fn first_commit(
    kept: &[Delivery],
    body: Option<&DeliveredBody>,
    before: Option<&Versioned<DeliveredBody>>,
) -> Result<Commit, ControlError> {
    let mut commit = Commit::new();
    match (body, before) {
        (Some(body), Some(before)) => commit.replace(before, body)?,
        (Some(body), None) => commit.create(body)?,
        (None, _) => &mut commit,
    };
    for one in kept {
        commit.create(one)?;
    }
    Ok(commit)
}

/// The delivery, if one of the keys signed it.
fn believed(host: GitHost, letter: &Letter, keys: &[Zeroizing<Vec<u8>>]) -> Result<kraken_githosts::Delivery, Refusal> {
    let headers: Headers<'_> = letter.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let mut refusal = Refusal::NoSecret;
    for key in keys {
        let Ok(key) = std::str::from_utf8(key) else { continue };
        match kraken_githosts::verify(host, &headers, &letter.body, key) {
            Ok(()) => return kraken_githosts::parse(host, &headers, &letter.body),
            Err(no) => refusal = no,
        }
    }
    for _ in keys.len()..KEYS_MAX {
        // Whoever signs with this is believed no more than others.
        if let Err(no) = kraken_githosts::verify(host, &headers, &letter.body, NO_KEY) {
            refusal = no;
        }
    }
    Err(refusal)
}
