//! Everything of a system into a file.

use std::{
    fs::File,
    io::{self, BufWriter},
    os::unix::fs::PermissionsExt,
    path::Path,
};

use flate2::{Compression, write::GzEncoder};
use futures::{StreamExt, stream};
use kraken_protocol::api::{Page, StoredObject};
use serde_json::Value;
use tempfile::NamedTempFile;

use super::{
    format::{PART_BYTES, Writer},
    steps::{AT_ONCE, patiently},
};
use crate::{
    client::{Client, Fetched},
    failure::{Failure, Outcome},
    look::size,
};

/// An object that is replaced while it is read is read anew, so often.
const LOOKS: usize = 5;
/// New addresses are asked for so often for one part.
const ADDRESSES: usize = 3;

/// What was saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// Records.
    pub items: u64,
    /// Objects.
    pub objects: u64,
    /// Bytes of objects.
    pub bytes: u64,
    /// Objects that were left out: their keys survive in no address. No agent makes such.
    pub left_out: u64,
}

type Out = Writer<GzEncoder<BufWriter<File>>>;

/// Saves everything of the server into a new file.
///
/// # Errors
/// What the server refused; a server that stays away for two minutes; a file that cannot be written.
pub async fn save(client: &Client, path: &Path, progress: &mut impl FnMut(String)) -> Outcome<Saved> {
    let failed = |error| Failure::file("write", path, error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = NamedTempFile::new_in(folder).map_err(failed)?;
    // There are secrets' hashes in it, and whatever the jobs wrote.
    std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
    let out = BufWriter::new(file.reopen().map_err(failed)?);
    let mut saving = Saving { client, out: Writer::begin(GzEncoder::new(out, Compression::fast())).map_err(failed)?, path, left_out: 0 };
    saving.records(progress).await?;
    saving.objects(progress).await?;
    let saved = Saved { items: saving.out.items, objects: saving.out.objects, bytes: saving.out.bytes, left_out: saving.left_out };
    let synced = saving.out.end().and_then(GzEncoder::finish).and_then(|out| out.into_inner().map_err(io::IntoInnerError::into_error));
    synced.and_then(|file| file.sync_all()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(saved)
}

struct Saving<'s> {
    client: &'s Client,
    out: Out,
    path: &'s Path,
    left_out: u64,
}

impl Saving<'_> {
    async fn records(&mut self, progress: &mut impl FnMut(String)) -> Outcome {
        let mut cursor = None;
        loop {
            let page: Page<Value> = page(self.client, "/api/export/records", cursor.as_deref()).await?;
            page.items.iter().try_for_each(|item| self.out.item(item)).map_err(|error| self.failed(error))?;
            progress(format!("exported {} records", self.out.items));
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    async fn objects(&mut self, progress: &mut impl FnMut(String)) -> Outcome {
        let client = self.client;
        let mut cursor = None;
        loop {
            let page: Page<StoredObject> = page(client, OBJECTS, cursor.as_deref()).await?;
            let all = page.items.len();
            let objects: Vec<Object<'_>> = page
                .items
                .into_iter()
                .filter(|object| survives(&object.key))
                .map(|stored| Object { client, page: cursor.clone(), stored })
                .collect();
            self.left_out += (all - objects.len()) as u64;
            // In the order of the list, some ahead of what is being written.
            let mut firsts = stream::iter(objects).map(Object::first).buffered(AT_ONCE);
            while let Some(first) = firsts.next().await {
                let (object, part) = first?;
                self.object(object, part).await?;
                progress(format!("exported {} records and {} objects, {}", self.out.items, self.out.objects, size(self.out.bytes)));
            }
            drop(firsts);
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    async fn object(&mut self, mut object: Object<'_>, mut first: Option<Part>) -> Outcome {
        for _ in 0..LOOKS {
            let Some(part) = first else { return Ok(()) };
            self.out.object(&object.stored.key, &part.bytes).map_err(|error| self.failed(error))?;
            if self.rest(&mut object, &part).await? {
                return self.out.whole().map_err(|error| self.failed(error));
            }
            self.out.void(&object.stored.key).map_err(|error| self.failed(error))?;
            (object, first) = object.first().await?;
        }
        Err(Failure::Other(format!("the object {} is replaced faster than it can be read: try again", object.stored.key)))
    }

    /// All that comes after the first part; `false` if the object went away, or became another one.
    async fn rest(&mut self, object: &mut Object<'_>, first: &Part) -> Outcome<bool> {
        let mut done = first.bytes.len() as u64;
        while done < first.total {
            let Some(part) = object.part(done, Some(&first.etag)).await? else { return Ok(false) };
            done += part.bytes.len() as u64;
            self.out.more(&part.bytes).map_err(|error| self.failed(error))?;
        }
        Ok(true)
    }

    fn failed(&self, error: io::Error) -> Failure {
        Failure::file("write", self.path, error)
    }
}

const OBJECTS: &str = "/api/export/objects";

async fn page<T: serde::de::DeserializeOwned>(client: &Client, path: &str, cursor: Option<&str>) -> Outcome<Page<T>> {
    let query: Vec<(&str, String)> = cursor.iter().map(|cursor| ("cursor", (*cursor).to_owned())).collect();
    patiently(async || client.get_with(path, &query).await).await
}

/// Whether a key is still the same in an address: `.` and `..` are not.
fn survives(key: &str) -> bool {
    !key.split('/').any(|part| matches!(part, "." | ".."))
}

/// A part of an object as it was read.
struct Part {
    bytes: bytes::Bytes,
    etag: String,
    total: u64,
}

/// An object of the list.
struct Object<'s> {
    client: &'s Client,
    /// The page of the list that it is on.
    page: Option<String>,
    stored: StoredObject,
}

impl<'s> Object<'s> {
    /// Its first part; `None` if it is gone.
    async fn first(mut self) -> Outcome<(Object<'s>, Option<Part>)> {
        let part = self.part(0, None).await?;
        Ok((self, part))
    }

    /// A part from `offset` on, of the object that has this ETag; `None` if it is gone or another one.
    async fn part(&mut self, offset: u64, etag: Option<&str>) -> Outcome<Option<Part>> {
        let client = self.client;
        for _ in 0..ADDRESSES {
            let url = self.stored.url.clone();
            match patiently(async || client.fetch(&url, offset, PART_BYTES, etag).await).await? {
                Fetched::Part { bytes, etag, total } => return Ok(Some(Part { bytes, etag, total })),
                Fetched::Gone => return Ok(None),
                Fetched::Refused => {}
            }
            // The address has ended: the list has new ones.
            let page: Page<StoredObject> = page(client, OBJECTS, self.page.as_deref()).await?;
            match page.items.into_iter().find(|object| object.key == self.stored.key) {
                Some(stored) => self.stored = stored,
                None => return Ok(None),
            }
        }
        Err(Failure::Other(format!("the object store does not let {} be read: see the server's log", self.stored.key)))
    }
}
