//! Killed in the middle of its work, the store keeps what it acknowledged, and never half of anything.

use std::collections::BTreeSet;

use aws_sdk_s3::Client;
use bytes::Bytes;
use futures::future::join_all;
use kraken_engines::clock;
use kraken_engines::s3::{S3, S3Error};

use super::store::{BUCKET, eventually, files, fixture, get, keyring, open, pattern, put, sizes};
use crate::killed::{self, acknowledge};

/// On both sides of the border between catalogue and file.
const SIZES: [usize; 6] = [0, 100, 16_384, 16_385, 70_000, 600_000];

/// Bodies above this are files.
const INLINE: u64 = 16 * 1024;

/// The body that belongs to a key `…-<step>`.
fn body_of(key: &str) -> Bytes {
    let step: usize = key.rsplit('-').next().unwrap().parse().unwrap();
    pattern(step, SIZES[step % SIZES.len()])
}

#[test]
#[ignore = "the child that is killed in what_was_acknowledged_survives_a_kill"]
fn writer() {
    let directory = killed::directory();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let (_store, client) = open(&directory).await;
        let process = std::process::id();
        let writers = (0..8).map(|writer| {
            let client = client.clone();
            tokio::spawn(async move {
                for step in 0.. {
                    let key = format!("{process}/{writer}-{step}");
                    put(&client, &key, body_of(&key)).await;
                    acknowledge(&key);
                    // One object that all replace over and over: its body is always of one of the writers.
                    put(&client, "shared", pattern(writer, 20_000 + writer)).await;
                }
            })
        });
        join_all(writers).await;
    });
}

async fn check_all(client: &Client, acknowledged: &BTreeSet<String>) -> usize {
    let found = sizes(client).await;
    let lost: Vec<_> = acknowledged.iter().filter(|key| !found.contains_key(*key)).collect();
    assert!(lost.is_empty(), "acknowledged, but gone: {lost:?}");
    for (key, size) in &found {
        let body = get(client, key).await;
        assert_eq!(body.len() as u64, *size, "{key}");
        if key == "shared" {
            assert_eq!(body, pattern(body.len() - 20_000, body.len()), "a mixture of bodies");
        } else {
            assert_eq!(body, body_of(key), "{key}");
        }
    }
    found.values().filter(|size| **size > INLINE).count()
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeSet::new();
    for round in 1..=4 {
        let path = directory.path().to_owned();
        let child = "s3::durability::writer";
        let more = tokio::task::spawn_blocking(move || killed::run_and_kill(child, &path, 31 * round)).await.unwrap();
        acknowledged.extend(more);

        let (_store, client) = open(directory.path()).await;
        let large = check_all(&client, &acknowledged).await;
        assert_eq!(files(directory.path()), large, "files without an object, or objects without a file");
    }
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    {
        let (_store, client) = open(directory.path()).await;
        put(&client, "small", "hello").await;
        put(&client, "large", pattern(1, 100_000)).await;
        let upload = client.create_multipart_upload().bucket(BUCKET).key("parts").send().await.unwrap();
        let part = client.upload_part().bucket(BUCKET).key("parts").upload_id(upload.upload_id().unwrap()).part_number(1);
        part.body(pattern(2, 1000).into()).send().await.unwrap();
        put(&client, "upload-id", upload.upload_id().unwrap().to_owned()).await;
    }
    std::fs::write(directory.path().join("objects/00/not-one-of-ours"), "x").unwrap();
    let (_store, client) = open(directory.path()).await;
    assert_eq!(get(&client, "small").await, "hello");
    assert_eq!(get(&client, "large").await, pattern(1, 100_000));
    let upload = String::from_utf8(get(&client, "upload-id").await.to_vec()).unwrap();
    let parts = client.list_parts().bucket(BUCKET).key("parts").upload_id(upload).send().await.unwrap();
    assert_eq!(parts.parts().len(), 1, "an upload goes on after a restart");
    assert_eq!(files(directory.path()), 2);
}

/// Nobody will complete an upload that was begun long ago.
#[tokio::test]
async fn old_uploads_are_given_up() {
    let directory = tempfile::tempdir().unwrap();
    {
        let past: clock::Now = std::sync::Arc::new(|| jiff::Timestamp::now() - jiff::SignedDuration::from_hours(8 * 24));
        let store = S3::open(directory.path(), past, keyring()).unwrap();
        let client = kraken_engines::s3::client(&store);
        client.create_bucket().bucket(BUCKET).send().await.unwrap();
        let upload = client.create_multipart_upload().bucket(BUCKET).key("k").send().await.unwrap();
        let part = client.upload_part().bucket(BUCKET).key("k").upload_id(upload.upload_id().unwrap()).part_number(1);
        part.body(pattern(2, 1000).into()).send().await.unwrap();
    }
    assert_eq!(files(directory.path()), 1);
    let (_store, _) = open(directory.path()).await;
    assert_eq!(files(directory.path()), 0);
}

#[tokio::test]
async fn one_folder_one_store() {
    let fixture = fixture().await;
    let second = S3::open(fixture.dir.path(), clock::system(), keyring());
    assert!(matches!(second, Err(S3Error::InUse { .. })));
    let path = fixture.dir.path().to_owned();
    drop((fixture.store, fixture.client));
    // The SDK may keep a clone of its client for a moment.
    eventually("the folder is free", || S3::open(&path, clock::system(), keyring()).is_ok()).await;
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    std::fs::write(&path, "x").unwrap();
    let refused = S3::open(&path, clock::system(), keyring()).err().unwrap();
    assert!(refused.to_string().contains(path.to_str().unwrap()), "{refused}");

    let path = directory.path().join("damaged");
    std::fs::create_dir(&path).unwrap();
    std::fs::write(path.join("catalogue.sqlite"), "this is no database, however long one looks at it").unwrap();
    let refused = S3::open(&path, clock::system(), keyring()).err().unwrap();
    assert!(matches!(refused, S3Error::Catalogue { .. }), "{refused}");
}
