//! A store in a temporary folder, and a loopback server in front of it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use kraken_engines::auth::{Keyring, TempCredentials};
use kraken_engines::clock;
use kraken_engines::s3::{self, DATA_BUCKET, S3};
use tempfile::TempDir;

pub(crate) const BUCKET: &str = DATA_BUCKET;

pub(crate) fn keyring() -> Keyring {
    Keyring::new([7; 32])
}

/// Opens a store; the bucket may be there already.
pub(crate) async fn open(dir: &Path) -> (S3, Client) {
    let store = S3::open(dir, clock::system(), keyring()).unwrap();
    let client = s3::client(&store);
    let made = client.create_bucket().bucket(BUCKET).send().await;
    if let Err(e) = made {
        assert_eq!(code(&e), "BucketAlreadyOwnedByYou");
    }
    (store, client)
}

/// A store of its own with a client in process.
pub(crate) struct Fixture {
    pub(crate) dir: TempDir,
    pub(crate) store: S3,
    pub(crate) client: Client,
}

pub(crate) async fn fixture() -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let (store, client) = open(dir.path()).await;
    Fixture { dir, store, client }
}

impl Fixture {
    pub(crate) async fn put(&self, key: &str, body: impl Into<Bytes>) {
        put(&self.client, key, body).await;
    }

    pub(crate) async fn get(&self, key: &str) -> Bytes {
        get(&self.client, key).await
    }

    pub(crate) async fn keys(&self) -> Vec<String> {
        sizes(&self.client).await.into_keys().collect()
    }

    /// The number of body files.
    pub(crate) fn files(&self) -> usize {
        files(self.dir.path())
    }

    /// Serves the store on a free port.
    pub(crate) async fn serve(&self) -> Server {
        serve(&self.store).await
    }
}

pub(crate) async fn put(client: &Client, key: &str, body: impl Into<Bytes>) {
    let body = ByteStream::from(body.into());
    client.put_object().bucket(BUCKET).key(key).body(body).send().await.unwrap();
}

pub(crate) async fn get(client: &Client, key: &str) -> Bytes {
    let output = client.get_object().bucket(BUCKET).key(key).send().await.unwrap();
    output.body.collect().await.unwrap().into_bytes()
}

/// Every key of the bucket with the size of its object.
pub(crate) async fn sizes(client: &Client) -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    let mut pages = client.list_objects_v2().bucket(BUCKET).into_paginator().send();
    while let Some(page) = pages.next().await {
        for object in page.unwrap().contents() {
            let size = u64::try_from(object.size().unwrap()).unwrap();
            found.insert(object.key().unwrap().to_owned(), size);
        }
    }
    found
}

pub(crate) fn files(dir: &Path) -> usize {
    let folders = std::fs::read_dir(dir.join("objects")).unwrap();
    folders.map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap().count()).sum()
}

/// Waits for `condition` within ten seconds.
pub(crate) async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let wait = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(10), wait).await.is_ok(), "it never came to this: {what}");
}

/// The error code that S3 gave.
pub(crate) fn code<E: ProvideErrorMetadata, R>(e: &SdkError<E, R>) -> String {
    e.code().unwrap_or("none").to_owned()
}

/// The HTTP status of a refusal.
pub(crate) fn status<E>(e: &SdkError<E>) -> u16 {
    e.raw_response().unwrap().status().as_u16()
}

/// Bytes that differ from place to place and from seed to seed.
pub(crate) fn pattern(seed: usize, len: usize) -> Bytes {
    (0..len).map(|at| u8::try_from((at * 31 + at / 251 + seed * 17) % 256).unwrap()).collect()
}

/// A server on loopback; it ends with the test's runtime.
pub(crate) struct Server {
    pub(crate) url: String,
    http: HttpClient<hyper_util::client::legacy::connect::HttpConnector, s3::Body>,
}

pub(crate) async fn serve(store: &S3) -> Server {
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let endpoint = store.service();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(endpoint.clone());
            let connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::spawn(connection);
        }
    });
    Server { url, http: HttpClient::builder(TokioExecutor::new()).build_http() }
}

impl Server {
    /// A client over HTTP as an agent has it: the SDK's defaults.
    pub(crate) fn client(&self, credentials: Credentials) -> Client {
        let config = Builder::new()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(&self.url)
            .force_path_style(true)
            .credentials_provider(credentials)
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Client::from_conf(config)
    }

    pub(crate) fn owner(&self) -> Client {
        let owner = keyring().owner();
        self.client(Credentials::new(owner.access_key_id, owner.secret_access_key, None, None, "test"))
    }

    pub(crate) fn agent(&self, credentials: TempCredentials) -> Client {
        let TempCredentials { access_key_id, secret_access_key, session_token, .. } = credentials;
        self.client(Credentials::new(access_key_id, secret_access_key, Some(session_token), None, "test"))
    }

    /// One plain HTTP request.
    pub(crate) async fn send(&self, request: http::Request<s3::Body>) -> http::Response<hyper::body::Incoming> {
        self.http.request(request).await.unwrap()
    }

    /// The same, with the body read as text.
    pub(crate) async fn ask(&self, method: &str, url: &str, body: impl Into<Bytes>) -> (u16, String) {
        let body = s3::Body::from(body.into());
        let response = self.send(http::Request::builder().method(method).uri(url).body(body).unwrap()).await;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&body).into_owned())
    }
}
