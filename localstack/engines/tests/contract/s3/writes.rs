//! PUT: conditions, contention, checksums, metadata.

use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ChecksumAlgorithm;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::future::join_all;
use md5::{Digest, Md5};

use super::store::{BUCKET, code, eventually, fixture, pattern, status};

/// Around the border between catalogue and file, and around the size of a batch.
const SIZES: [usize; 9] = [0, 1, 1000, 16_384, 16_385, 262_143, 262_144, 262_145, 3_000_000];

#[tokio::test]
async fn a_body_of_any_size_comes_back_with_its_md5_as_etag() {
    let fixture = fixture().await;
    let over_http = fixture.serve().await.owner();
    for size in SIZES {
        for client in [&fixture.client, &over_http] {
            let body = pattern(size, size);
            let put = client.put_object().bucket(BUCKET).key("k").body(ByteStream::from(body.clone())).send().await.unwrap();
            let etag = format!("\"{}\"", hex::encode(Md5::digest(&body)));
            assert_eq!(put.e_tag(), Some(etag.as_str()), "{size}");
            let got = client.get_object().bucket(BUCKET).key("k").send().await.unwrap();
            assert_eq!(got.e_tag(), Some(etag.as_str()));
            assert_eq!(got.content_length(), Some(i64::try_from(size).unwrap()));
            assert_eq!(got.body.collect().await.unwrap().into_bytes(), body, "{size}");
        }
    }
    // All but the last body have been replaced.
    eventually("one file is left", || fixture.files() == 1).await;
}

#[tokio::test]
async fn of_64_writers_that_want_to_be_first_one_is() {
    let fixture = fixture().await;
    for size in [10, 40_000] {
        let key = format!("contended-{size}");
        let writers = (0..64).map(|writer| {
            let (client, key) = (fixture.client.clone(), key.clone());
            tokio::spawn(async move {
                let body = ByteStream::from(pattern(writer, size));
                client.put_object().bucket(BUCKET).key(key).if_none_match("*").body(body).send().await
            })
        });
        let mut winners = Vec::new();
        for (writer, outcome) in join_all(writers).await.into_iter().enumerate() {
            match outcome.unwrap() {
                Ok(_) => winners.push(writer),
                Err(e) => assert_eq!((code(&e).as_str(), status(&e)), ("PreconditionFailed", 412)),
            }
        }
        assert_eq!(winners.len(), 1, "winners: {winners:?}");
        assert_eq!(fixture.get(&key).await, pattern(winners[0], size));
    }
    eventually("the bodies of the losers are gone", || fixture.files() == 1).await;
}

#[tokio::test]
async fn if_match_replaces_only_what_was_seen() {
    let fixture = fixture().await;
    let put = || fixture.client.put_object().bucket(BUCKET).key("k");
    let absent = put().if_match("\"abc\"").send().await.unwrap_err();
    assert_eq!((code(&absent).as_str(), status(&absent)), ("NoSuchKey", 404));

    let first = put().body(ByteStream::from_static(b"one")).send().await.unwrap();
    let etag = first.e_tag().unwrap();
    put().if_match(etag).body(ByteStream::from_static(b"two")).send().await.unwrap();
    let stale = put().if_match(etag).body(ByteStream::from_static(b"three")).send().await.unwrap_err();
    assert_eq!((code(&stale).as_str(), status(&stale)), ("PreconditionFailed", 412));
    assert_eq!(fixture.get("k").await, "two");

    let etag_only = put().if_none_match(etag).send().await.unwrap_err();
    assert_eq!(code(&etag_only), "NotImplemented");
}

#[tokio::test]
async fn what_differs_from_its_checksum_is_refused_and_leaves_nothing() {
    let fixture = fixture().await;
    let over_http = fixture.serve().await.owner();
    for client in [&fixture.client, &over_http] {
        for body in [pattern(1, 100), pattern(1, 100_000)] {
            let put = || client.put_object().bucket(BUCKET).key("k").body(ByteStream::from(body.clone()));
            let wrong = [
                put().content_md5(STANDARD.encode([0; 16])).send().await.unwrap_err(),
                put().checksum_crc32("AAAAAA==").send().await.unwrap_err(),
                put().checksum_sha256(STANDARD.encode([0; 32])).send().await.unwrap_err(),
            ];
            for e in wrong {
                assert_eq!((code(&e).as_str(), status(&e)), ("BadDigest", 400));
            }
            put().content_md5(STANDARD.encode(Md5::digest(&body))).send().await.unwrap();
            client.delete_object().bucket(BUCKET).key("k").send().await.unwrap();
        }
    }
    assert!(fixture.keys().await.is_empty());
    eventually("no file is left", || fixture.files() == 0).await;
}

/// Streamed bodies carry their checksum behind them, in chunks with `aws-chunked`.
#[tokio::test]
async fn checksums_of_streamed_bodies_are_verified_and_kept() {
    let fixture = fixture().await;
    let over_http = fixture.serve().await.owner();
    let file = fixture.dir.path().join("body");
    for size in [0, 100, 16_384, 1_000_000] {
        std::fs::write(&file, pattern(size, size)).unwrap();
        for (client, algorithm) in [
            (&fixture.client, ChecksumAlgorithm::Crc32),
            (&fixture.client, ChecksumAlgorithm::Sha256),
            (&over_http, ChecksumAlgorithm::Crc32),
            (&over_http, ChecksumAlgorithm::Crc32C),
            (&over_http, ChecksumAlgorithm::Sha1),
            (&over_http, ChecksumAlgorithm::Crc64Nvme),
        ] {
            let body = ByteStream::from_path(&file).await.unwrap();
            let put = client.put_object().bucket(BUCKET).key("k").checksum_algorithm(algorithm.clone()).body(body);
            put.send().await.unwrap_or_else(|e| panic!("{algorithm} of {size}: {e:?}"));
            let head = over_http
                .head_object()
                .bucket(BUCKET)
                .key("k")
                .checksum_mode(aws_sdk_s3::types::ChecksumMode::Enabled)
                .send()
                .await
                .unwrap();
            let kept = match algorithm {
                ChecksumAlgorithm::Crc32 => head.checksum_crc32(),
                ChecksumAlgorithm::Crc32C => head.checksum_crc32_c(),
                ChecksumAlgorithm::Sha1 => head.checksum_sha1(),
                ChecksumAlgorithm::Sha256 => head.checksum_sha256(),
                _ => head.checksum_crc64_nvme(),
            };
            assert!(kept.is_some(), "{algorithm} of {size}");
            assert_eq!(head.content_encoding(), None, "aws-chunked is no property of the object");
            // The SDK compares what it gets with the checksum that was kept.
            let got = over_http.get_object().bucket(BUCKET).key("k").send().await.unwrap();
            assert_eq!(got.body.collect().await.unwrap().into_bytes(), pattern(size, size));
        }
    }
}

#[tokio::test]
async fn headers_and_metadata_come_back() {
    let fixture = fixture().await;
    let put = fixture.client.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x"));
    put.content_type("text/plain; charset=utf-8")
        .content_encoding("gzip")
        .content_disposition("attachment; filename=\"log.gz\"")
        .content_language("en")
        .cache_control("max-age=60")
        .metadata("flow", "42")
        .metadata("title", "Größe")
        .send()
        .await
        .unwrap();
    let head = fixture.client.head_object().bucket(BUCKET).key("k").send().await.unwrap();
    let got = fixture.client.get_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!(head.content_type(), Some("text/plain; charset=utf-8"));
    assert_eq!(head.content_encoding(), Some("gzip"));
    assert_eq!(got.content_disposition(), Some("attachment; filename=\"log.gz\""));
    assert_eq!(got.content_language(), Some("en"));
    assert_eq!(got.cache_control(), Some("max-age=60"));
    assert_eq!(got.metadata().unwrap()["flow"], "42");
    assert_eq!(head.metadata(), got.metadata());
    assert!(head.metadata().unwrap().contains_key("title"));

    fixture.put("k", "y").await;
    let replaced = fixture.client.head_object().bucket(BUCKET).key("k").send().await.unwrap();
    assert_eq!(replaced.content_encoding(), None, "nothing of the old object stays");
    assert_eq!(replaced.content_type(), Some("application/octet-stream"));

    let large = fixture.client.put_object().bucket(BUCKET).key("k").metadata("m", "x".repeat(3000));
    assert_eq!(code(&large.send().await.unwrap_err()), "MetadataTooLarge");
}

#[tokio::test]
async fn a_bucket_must_be_there() {
    let fixture = fixture().await;
    for size in [1, 2_000_000] {
        let body = ByteStream::from(pattern(0, size));
        let e = fixture.client.put_object().bucket("elsewhere").key("k").body(body).send().await.unwrap_err();
        assert_eq!(code(&e), "NoSuchBucket");
    }
    assert!(fixture.client.head_bucket().bucket("elsewhere").send().await.unwrap_err().into_service_error().is_not_found());
    fixture.client.head_bucket().bucket(BUCKET).send().await.unwrap();
    let again = fixture.client.create_bucket().bucket(BUCKET).send().await.unwrap_err();
    assert_eq!(again.code(), Some("BucketAlreadyOwnedByYou"));
    let buckets = fixture.client.list_buckets().send().await.unwrap();
    assert_eq!(buckets.buckets().iter().map(|b| b.name().unwrap()).collect::<Vec<_>>(), [BUCKET]);
}
