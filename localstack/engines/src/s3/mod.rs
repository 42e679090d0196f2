//! The object store of one machine: S3 over files and a SQLite catalogue.
//!
//! `s3s` speaks the protocol; `operations` does what is asked, with the `catalogue` as the one truth of what exists and
//! `bodies` for what is too large for it. Requests come in process through an SDK client ([`client`]), trusted, or
//! over HTTP through an [`Endpoint`], signed.
//!
//! Invariants: an object that was acknowledged is there, whole, after `kill -9` and after a power cut; one that was not
//! is there whole or not at all. Keys are opaque: no key is a path, and any two keys can exist side by side. Overwriting
//! is atomic, and whoever is reading keeps the old body. Memory does not grow with the size of a body.

mod access;
mod announcer;
mod attributes;
mod bodies;
mod catalogue;
mod connector;
mod digests;
mod endpoint;
mod error;
mod operations;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::SharedHttpClient;
pub use s3s::Body;

pub use announcer::{Announcer, Rule};
pub use endpoint::Endpoint;
pub use error::S3Error;

use crate::auth::Keyring;
use crate::clock::Now;
use crate::meter::Meter;
use access::Gate;
use bodies::Bodies;
use catalogue::Catalogue;
use connector::Connector;
use operations::Backend;

/// The one bucket that agents have rights in.
pub const DATA_BUCKET: &str = "kraken-data";

/// An upload in parts that is older than this when the store opens is given up.
const UPLOAD_LIFETIME_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// The open store. Cheap to clone; it closes with its last clone, endpoint and client.
#[derive(Clone)]
pub struct S3 {
    keyring: Keyring,
    connector: Connector,
    endpoint: Endpoint,
    catalogue: Arc<Catalogue>,
}

impl S3 {
    /// Opens the store in `dir`, making it if need be, and removes what a crash left half done. Refuses with
    /// [`S3Error::InUse`] while another one is open there.
    pub fn open(dir: &Path, now: Now, keyring: Keyring) -> Result<Self, S3Error> {
        let at = |source| S3Error::Folder { dir: dir.to_owned(), source };
        std::fs::create_dir_all(dir).map_err(at)?;
        let lock = lock(dir)?;
        let bodies = Bodies::open(&dir.join("objects")).map_err(at)?;
        let path = dir.join("catalogue.sqlite");
        let broken = |e: catalogue::CatalogueError| S3Error::Catalogue { path: path.clone(), reason: e.to_string() };
        let swept = Catalogue::tidy(&path, &bodies, now().as_millisecond() - UPLOAD_LIFETIME_MS).map_err(broken)?;
        if swept.removed > 0 {
            tracing::info!(files = swept.removed, "removed bodies that were never acknowledged or no longer wanted");
        }
        if swept.missing > 0 {
            tracing::error!(files = swept.missing, dir = %dir.display(), "bodies of objects are missing: something else removed files in the folder");
        }

        let unwanted = bodies.clone();
        let catalogue = Catalogue::open(&path, move |discarded| {
            // Held by the thread that commits: the folder is ours until its last commit.
            let _lock = &lock;
            discarded.into_iter().for_each(|id| unwanted.discard(id));
        })
        .map_err(broken)?;
        let catalogue = Arc::new(catalogue);
        // The names of the database files, too, must be there after a power cut.
        bodies::sync_folder(dir).map_err(at)?;

        let backend = Backend { catalogue: Arc::clone(&catalogue), bodies, now: Arc::clone(&now) };
        let gate = Gate { keyring: keyring.clone(), now };
        let connector = Connector { endpoint: Endpoint::trusting(backend.clone(), gate.clone()), meter: None };
        let endpoint = Endpoint::verifying(backend, gate);
        Ok(Self { keyring, connector, endpoint, catalogue })
    }

    /// The same store, with what clients in this process ask noted by `meter`, if there is one.
    pub fn metered(mut self, meter: Option<Meter>) -> Self {
        self.connector.meter = meter;
        self
    }

    /// Hands the SDK's requests to the store, in this process and without checking their signature.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.connector.clone())
    }

    /// A client in this process whose presigned URLs lead to `endpoint_url`, such as `http://127.0.0.1:8080`, where
    /// [`S3::service`] must be listening at the root of the path.
    pub fn client_for_endpoint(&self, endpoint_url: &str) -> aws_sdk_s3::Client {
        aws_sdk_s3::Client::from_conf(connector::config(endpoint_url, self.keyring.owner(), self.http_client()))
    }

    /// The store for a server: signatures are verified, and agents are kept to their prefix in [`DATA_BUCKET`].
    pub fn service(&self) -> Endpoint {
        self.endpoint.clone()
    }

    /// From now on, objects that match `rule` are told of, once the [`Announcer`] runs: those made by PUT, by copy or by completing an
    /// upload. What an earlier rule of the same id left unsent is sent too.
    pub fn announce(&self, rule: Rule) -> Announcer {
        self.catalogue.news().want(rule.clone());
        Announcer { rule, catalogue: Arc::clone(&self.catalogue) }
    }
}

/// A client of `store` in this process. URLs presigned with it lead nowhere; see [`S3::client_for_endpoint`].
pub fn client(store: &S3) -> aws_sdk_s3::Client {
    store.client_for_endpoint("http://s3.localhost")
}

/// Takes the folder for this process. The lock is the kernel's: it ends with the process, however that ends.
fn lock(dir: &Path) -> Result<File, S3Error> {
    let path = dir.join("lock");
    let at = |source| S3Error::Folder { dir: path.clone(), source };
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(at)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(S3Error::InUse { dir: dir.to_owned() }),
        Err(std::fs::TryLockError::Error(source)) => Err(at(source)),
    }
}
