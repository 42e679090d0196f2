//! Moving everything from one system to another: a stream of lines, items first, then objects in parts.
//!
//! Each line is one JSON object: the head `{"kraken": 1}`, then `{"item": …}`, then for each object
//! `{"object": key, "data": base64}` with further parts as `{"more": base64}`, and at the very end `{"end": {"items": …, "objects": …}}`, without
//! which the stream was cut off.

use base64::{Engine, engine::general_purpose::STANDARD};
use futures::{Stream, stream};
use kraken_store::{Cursor, Import};
use serde_json::{Value, json};

use crate::{Control, ControlError};

/// The format that this version writes, and the newest that it reads.
const FORMAT: u64 = 1;
/// Bytes of an object that one line holds. At least what a part of an upload must have.
const PART_BYTES: u64 = 8 << 20;

/// Where an export is.
enum At {
    Head,
    Items(Option<Cursor>),
    Objects { keys: Vec<(String, u64)>, after: Option<String>, last_page: bool },
    Within { key: String, size: u64, done: u64, rest: Box<At> },
    End,
}

struct Export {
    control: Control,
    at: At,
    items: u64,
    objects: u64,
}

impl Control {
    /// All that there is, as lines. What happens meanwhile may be in it or not.
    pub fn export(&self) -> impl Stream<Item = Result<String, ControlError>> + use<> {
        let export = Export { control: self.clone(), at: At::Head, items: 0, objects: 0 };
        stream::try_unfold(Some(export), |export| async move {
            let Some(export) = export else { return Ok(None) };
            export.step().await.map(Some)
        })
    }
}

impl Export {
    /// The next lines (none is possible), and where it goes on; `None` at the end.
    async fn step(mut self) -> Result<(String, Option<Self>), ControlError> {
        match std::mem::replace(&mut self.at, At::End) {
            At::Head => {
                self.at = At::Items(None);
                Ok((line(&json!({"kraken": FORMAT})), Some(self)))
            }
            At::Items(after) => {
                let page = self.control.store.export(after.as_ref()).await?;
                let text = page.items.iter().map(|item| line(&json!({"item": item}))).collect();
                self.items += page.items.len() as u64;
                self.at = match page.next {
                    Some(next) => At::Items(Some(next)),
                    None => At::Objects { keys: Vec::new(), after: None, last_page: false },
                };
                Ok((text, Some(self)))
            }
            At::Objects { mut keys, after, last_page } => {
                if let Some((key, 0)) = keys.last() {
                    // There is no range of nothing to ask for.
                    let text = line(&json!({"object": key, "data": ""}));
                    keys.pop();
                    self.objects += 1;
                    self.at = At::Objects { keys, after, last_page };
                    return Ok((text, Some(self)));
                }
                if let Some((key, size)) = keys.pop() {
                    self.at = At::Within { key, size, done: 0, rest: Box::new(At::Objects { keys, after, last_page }) };
                } else if last_page {
                    self.at = At::End;
                    let end = line(&json!({"end": {"items": self.items, "objects": self.objects}}));
                    return Ok((end, None));
                } else {
                    let (mut keys, next) = self.control.objects.list("", after.as_deref()).await?;
                    keys.reverse();
                    self.at = At::Objects { keys, last_page: next.is_none(), after: next };
                }
                Ok((String::new(), Some(self)))
            }
            At::Within { key, size, done, rest } => {
                let length = PART_BYTES.min(size - done);
                // An object that was removed meanwhile is not missed; one that was replaced is read as it now is.
                let Some(part) = self.control.objects.get_range(&key, done, length).await? else {
                    self.at = *rest;
                    return Ok((String::new(), Some(self)));
                };
                let data = STANDARD.encode(&part);
                let text = if done == 0 {
                    self.objects += 1;
                    line(&json!({"object": key, "data": data}))
                } else {
                    line(&json!({"more": data}))
                };
                let done = done + length;
                self.at = if done < size { At::Within { key, size, done, rest } } else { *rest };
                Ok((text, Some(self)))
            }
            At::End => Ok((String::new(), None)),
        }
    }
}

fn line(value: &Value) -> String {
    format!("{value}\n")
}

/// Takes the lines of an export into a new system.
#[derive(Debug)]
pub struct Importing {
    control: Control,
    import: Import,
    upload: Option<kraken_cloud::Upload>,
    seen_head: bool,
    items: u64,
    objects: u64,
    ended: bool,
}

impl Importing {
    /// Begins an import.
    ///
    /// # Errors
    /// [`ControlError::Conflict`] unless the system is new, or an import into it was begun and has not ended.
    pub async fn begin(control: &Control) -> Result<Self, ControlError> {
        if !control.store.is_importing().await? && !control.store.is_new().await? {
            let why = "an import needs a new system: this one has projects or agents. Start one with an empty data directory and without an agent (kraken up --no-agent)";
            return Err(ControlError::Conflict(why.into()));
        }
        let import = Import::begin(control.store.clone(), control.clock.now()).await?;
        Ok(Self { control: control.clone(), import, upload: None, seen_head: false, items: 0, objects: 0, ended: false })
    }

    /// Takes one line.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a line that is not of an export, or of a later version.
    pub async fn take(&mut self, line: &str) -> Result<(), ControlError> {
        let value: Value = serde_json::from_str(line).map_err(|error| self.wrong(&format!("it is not JSON: {error}")))?;
        if !self.seen_head {
            self.seen_head = true;
            return match value["kraken"].as_u64() {
                Some(1..=FORMAT) => Ok(()),
                Some(later) => Err(self.wrong(&format!("it is of format {later}: this version reads up to {FORMAT}"))),
                None => Err(self.wrong("it does not begin with {\"kraken\": 1}")),
            };
        }
        if let Some(item) = value.get("item") {
            self.items += 1;
            return Ok(self.import.take(item).await?);
        }
        if let (Some(key), Some(data)) = (value["object"].as_str(), value["data"].as_str()) {
            self.finish_object().await?;
            self.objects += 1;
            let mut upload = self.control.objects.upload(key);
            upload.part(self.bytes(data)?).await?;
            self.upload = Some(upload);
            return Ok(());
        }
        if let Some(data) = value["more"].as_str() {
            let bytes = self.bytes(data)?;
            let Some(upload) = &mut self.upload else { return Err(self.wrong("a part of no object")) };
            return Ok(upload.part(bytes).await?);
        }
        if let Some(end) = value.get("end") {
            self.ended = end["items"] == self.items && end["objects"] == self.objects;
            return if self.ended { Ok(()) } else { Err(self.wrong("its end counts other items or objects than came")) };
        }
        Err(self.wrong("it is neither an item nor an object"))
    }

    /// Completes the import.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] when the export was cut off.
    pub async fn finish(mut self) -> Result<(), ControlError> {
        if !self.ended {
            return Err(self.wrong("it was cut off: its end is missing"));
        }
        self.finish_object().await?;
        let Self { control, import, .. } = self;
        import.finish().await?;
        control.queues_for_agents().await
    }

    async fn finish_object(&mut self) -> Result<(), ControlError> {
        match self.upload.take() {
            Some(upload) => Ok(upload.finish().await?),
            None => Ok(()),
        }
    }

    fn bytes(&self, data: &str) -> Result<bytes::Bytes, ControlError> {
        STANDARD.decode(data).map(Into::into).map_err(|error| self.wrong(&format!("its data is not base64: {error}")))
    }

    fn wrong(&self, why: &str) -> ControlError {
        ControlError::invalid("", format!("the export cannot be read at item {}, object {}: {why}", self.items, self.objects))
    }
}

impl Control {
    /// Makes the queue of every agent, in a system that they were brought to.
    async fn queues_for_agents(&self) -> Result<(), ControlError> {
        let mut after = None;
        loop {
            let page = self.store.agents(100, after.as_ref()).await?;
            for agent in page.items {
                self.queues.create_agent_queue(agent.id).await?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}
