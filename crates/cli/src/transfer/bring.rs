//! Everything of a file into a new system.

use std::{collections::VecDeque, fs::File, io::BufReader, path::Path};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use futures::{StreamExt, TryStreamExt, stream};
use kraken_protocol::api::{
    FinishImport, ImportFinished, ObjectInParts, ObjectsToStore, PartsStored, PartsToStore, RecordsToImport, StoreAt, UploadBegun,
};
use serde_json::Value;

use super::{
    format::{PART_BYTES, Piece, Reader},
    steps::{AT_ONCE, patiently},
};
use crate::{
    client::Client,
    failure::{Failure, Outcome},
    look::size,
};

/// Records that are sent together.
const ITEMS_PER_PAGE: usize = 500;
const ITEM_BYTES_PER_PAGE: usize = 1 << 20;
/// Small objects that are sent together.
const OBJECTS_PER_PAGE: usize = 50;
const OBJECT_BYTES_PER_PAGE: usize = 16 << 20;
/// Addresses for parts that are asked for together.
const PARTS_PER_CALL: u32 = 10;
/// An object has at most 10,000 parts: after so many they become larger, so that it may have 580 GB.
const SMALL_PARTS: usize = 1000;
const LARGE_PART_BYTES: u64 = 8 * PART_BYTES;

/// What was brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Records.
    pub items: u64,
    /// Objects.
    pub objects: u64,
    /// Bytes of objects.
    pub bytes: u64,
}

/// Brings all of a file to a new server. It can be called again after it failed.
///
/// # Errors
/// A file that is cut off or damaged, before anything is sent; what the server refused; a server that stays away for two minutes.
pub async fn bring(client: &Client, path: &Path, progress: &mut impl FnMut(String)) -> Outcome<Brought> {
    let mut checked = 0_u64;
    let mut reader = open(path)?;
    while let Some(piece) = reader.next()? {
        if let Piece::Object { data, .. } | Piece::More(data) = piece {
            checked += data.len() as u64;
            progress(format!("checking the file: {}", size(checked)));
        }
    }
    patiently(async || client.act("/api/import").await).await?;
    let mut bringing =
        Bringing { client, items: Vec::new(), item_bytes: 0, small: Vec::new(), small_bytes: 0, open: None, brought: Brought::default() };
    let mut reader = open(path)?;
    while let Some(piece) = reader.next()? {
        bringing.take(piece).await?;
        let Brought { items, objects, bytes } = bringing.brought;
        progress(format!("imported {items} records and {objects} objects, {} of {}", size(bytes), size(checked)));
    }
    bringing.flush_items().await?;
    bringing.flush_small().await?;
    let mut cursor = None;
    loop {
        let asked = FinishImport { cursor };
        let finished: ImportFinished = patiently(async || client.post("/api/import/finish", &asked).await).await?;
        cursor = finished.next;
        if cursor.is_none() {
            return Ok(bringing.brought);
        }
    }
}

fn open(path: &Path) -> Outcome<Reader<BufReader<MultiGzDecoder<BufReader<File>>>>> {
    let file = File::open(path).map_err(|error| Failure::file("read", path, error))?;
    Ok(Reader::new(BufReader::new(MultiGzDecoder::new(BufReader::new(file))), path))
}

struct Bringing<'b> {
    client: &'b Client,
    items: Vec<Value>,
    item_bytes: usize,
    small: Vec<(String, Bytes)>,
    small_bytes: usize,
    open: Option<Open>,
    brought: Brought,
}

/// The object that is being read.
struct Open {
    key: String,
    bytes: Vec<u8>,
    /// Bytes of it so far.
    size: u64,
    /// Set from its second part on.
    parts: Option<Parts>,
}

struct Parts {
    upload: String,
    etags: Vec<String>,
    urls: VecDeque<String>,
}

impl Bringing<'_> {
    async fn take(&mut self, piece: Piece) -> Outcome {
        match piece {
            Piece::Item(item) => {
                self.item_bytes += item.to_string().len();
                self.items.push(item);
                if self.items.len() >= ITEMS_PER_PAGE || self.item_bytes >= ITEM_BYTES_PER_PAGE { self.flush_items().await } else { Ok(()) }
            }
            Piece::Object { key, data } => {
                self.open = Some(Open { key, size: data.len() as u64, bytes: data, parts: None });
                Ok(())
            }
            Piece::More(data) => {
                let Some(open) = &mut self.open else { return Ok(()) };
                open.more(self.client, data).await
            }
            Piece::Whole => {
                let Some(open) = self.open.take() else { return Ok(()) };
                self.brought.objects += 1;
                self.brought.bytes += open.size;
                if open.parts.is_some() {
                    return open.whole(self.client).await;
                }
                self.small_bytes += open.bytes.len();
                self.small.push((open.key, open.bytes.into()));
                if self.small.len() >= OBJECTS_PER_PAGE || self.small_bytes >= OBJECT_BYTES_PER_PAGE {
                    self.flush_small().await
                } else {
                    Ok(())
                }
            }
            Piece::Void => {
                self.open = None;
                Ok(())
            }
        }
    }

    async fn flush_items(&mut self) -> Outcome {
        if self.items.is_empty() {
            return Ok(());
        }
        let page = RecordsToImport { items: std::mem::take(&mut self.items) };
        self.item_bytes = 0;
        self.brought.items += page.items.len() as u64;
        patiently(async || self.client.tell("/api/import/records", &page).await).await
    }

    async fn flush_small(&mut self) -> Outcome {
        if self.small.is_empty() {
            return Ok(());
        }
        let objects = std::mem::take(&mut self.small);
        self.small_bytes = 0;
        let (client, asked) = (self.client, ObjectsToStore { keys: objects.iter().map(|(key, _)| key.clone()).collect() });
        patiently(async || {
            let at: StoreAt = client.post("/api/import/objects", &asked).await?;
            let puts = at.urls.iter().zip(&objects).map(|(url, (_, bytes))| client.store(url, bytes.clone()));
            stream::iter(puts).buffer_unordered(AT_ONCE).try_collect::<Vec<String>>().await.map(drop)
        })
        .await
    }
}

impl Open {
    /// Takes in more; sends a part whenever there is enough for one.
    async fn more(&mut self, client: &Client, data: Vec<u8>) -> Outcome {
        if self.parts.is_none() {
            let asked = ObjectInParts { key: self.key.clone() };
            let begun: UploadBegun = patiently(async || client.post("/api/import/uploads", &asked).await).await?;
            self.parts = Some(Parts { upload: begun.upload, etags: Vec::new(), urls: VecDeque::new() });
        }
        let sent = self.parts.as_ref().map_or(0, |parts| parts.etags.len());
        let enough = if sent < SMALL_PARTS { PART_BYTES } else { LARGE_PART_BYTES };
        if self.bytes.len() as u64 >= enough {
            self.send(client).await?;
        }
        self.size += data.len() as u64;
        self.bytes.extend_from_slice(&data);
        Ok(())
    }

    /// Sends what was taken in as the next part.
    async fn send(&mut self, client: &Client) -> Outcome {
        let Some(parts) = &mut self.parts else { return Ok(()) };
        let bytes = Bytes::from(std::mem::take(&mut self.bytes));
        let first = u32::try_from(parts.etags.len()).unwrap_or(u32::MAX).saturating_add(1);
        let asked = PartsToStore { key: self.key.clone(), upload: parts.upload.clone(), first, count: PARTS_PER_CALL };
        let urls = &mut parts.urls;
        let etag = patiently(async || {
            if urls.is_empty() {
                let at: StoreAt = client.post("/api/import/uploads/parts", &asked).await?;
                urls.extend(at.urls);
            }
            let Some(url) = urls.front() else { return Err(Failure::Other("the server gave no address for a part".to_owned())) };
            let stored = client.store(url, bytes.clone()).await;
            // After a failure they may have ended: the next try gets new ones.
            if stored.is_ok() {
                drop(urls.pop_front())
            } else {
                urls.clear()
            }
            stored
        })
        .await?;
        parts.etags.push(etag);
        Ok(())
    }

    /// Sends the last part, and completes the object.
    async fn whole(mut self, client: &Client) -> Outcome {
        self.send(client).await?;
        let Some(parts) = self.parts else { return Ok(()) };
        let stored = PartsStored { key: self.key, upload: parts.upload, etags: parts.etags };
        patiently(async || client.tell("/api/import/uploads/complete", &stored).await).await
    }
}
