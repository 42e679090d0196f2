//! GET and HEAD: ranges, conditions, overrides, and reading while the object is replaced.

use aws_sdk_s3::primitives::DateTime;
use bytes::Bytes;

use super::store::{BUCKET, code, eventually, fixture, pattern, status};

#[tokio::test]
async fn ranges() {
    let fixture = fixture().await;
    let over_http = fixture.serve().await.owner();
    for size in [1000_usize, 700_000] {
        let body = pattern(3, size);
        fixture.put("k", body.clone()).await;
        let last = size - 1;
        for (range, from, to) in [
            ("bytes=0-0".to_owned(), 0, 1),
            ("bytes=10-19".to_owned(), 10, 20),
            ("bytes=900-".to_owned(), 900, size),
            ("bytes=-100".to_owned(), size - 100, size),
            (format!("bytes=-{}", size * 2), 0, size),
            (format!("bytes=500-{}", size * 2), 500, size),
            (format!("bytes={last}-{last}"), last, size),
        ] {
            for client in [&fixture.client, &over_http] {
                let got = client.get_object().bucket(BUCKET).key("k").range(&range).send().await.unwrap();
                let expected = format!("bytes {from}-{}/{size}", to - 1);
                assert_eq!(got.content_range(), Some(expected.as_str()), "{range}");
                assert_eq!(got.content_length(), Some(i64::try_from(to - from).unwrap()));
                assert_eq!(got.body.collect().await.unwrap().into_bytes(), body[from..to], "{range}");
            }
        }
        for range in [format!("bytes={size}-"), "bytes=-0".to_owned()] {
            let e = fixture.client.get_object().bucket(BUCKET).key("k").range(&range).send().await.unwrap_err();
            assert_eq!((code(&e).as_str(), status(&e)), ("InvalidRange", 416), "{range}");
            let header = e.raw_response().unwrap().headers().get("content-range").unwrap().to_owned();
            assert_eq!(header, format!("bytes */{size}"));
        }
    }
}

#[tokio::test]
async fn what_is_known_already_is_not_sent_again() {
    let fixture = fixture().await;
    fixture.put("k", "hello").await;
    let over_http = fixture.serve().await.owner();
    for client in [&fixture.client, &over_http] {
        let etag = client.head_object().bucket(BUCKET).key("k").send().await.unwrap().e_tag().unwrap().to_owned();
        let known = client.get_object().bucket(BUCKET).key("k").if_none_match(&etag).send().await.unwrap_err();
        assert_eq!(status(&known), 304);
        assert_eq!(known.raw_response().unwrap().headers().get("etag"), Some(etag.as_str()));
        let known = client.head_object().bucket(BUCKET).key("k").if_none_match(&etag).send().await.unwrap_err();
        assert_eq!(status(&known), 304);
        let since = DateTime::from_secs(4_000_000_000);
        let known = client.get_object().bucket(BUCKET).key("k").if_modified_since(since).send().await.unwrap_err();
        assert_eq!(status(&known), 304);
        let other = client.get_object().bucket(BUCKET).key("k").if_none_match("\"other\"").send().await.unwrap();
        assert_eq!(other.body.collect().await.unwrap().into_bytes(), "hello");
        let differs = client.get_object().bucket(BUCKET).key("k").if_match("\"other\"").send().await.unwrap_err();
        assert_eq!(status(&differs), 412);
    }
}

#[tokio::test]
async fn a_reader_may_choose_the_headers() {
    let fixture = fixture().await;
    fixture.client.put_object().bucket(BUCKET).key("k").content_type("text/plain").cache_control("no-store").send().await.unwrap();
    let got = fixture
        .client
        .get_object()
        .bucket(BUCKET)
        .key("k")
        .response_content_type("application/gzip")
        .response_content_disposition("attachment; filename=x.gz")
        .send()
        .await
        .unwrap();
    assert_eq!(got.content_type(), Some("application/gzip"));
    assert_eq!(got.content_disposition(), Some("attachment; filename=x.gz"));
    assert_eq!(got.cache_control(), Some("no-store"));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let fixture = fixture().await;
    let e = fixture.client.get_object().bucket(BUCKET).key("k").send().await.unwrap_err();
    assert_eq!(status(&e), 404);
    assert!(e.into_service_error().is_no_such_key());
    let e = fixture.client.get_object().bucket("elsewhere").key("k").send().await.unwrap_err();
    assert_eq!((code(&e).as_str(), status(&e)), ("NoSuchBucket", 404));
    let e = fixture.client.head_object().bucket(BUCKET).key("k").send().await.unwrap_err();
    assert!(e.into_service_error().is_not_found());
}

/// Whoever began to read gets what there was, to the end; then the old body goes.
#[tokio::test]
async fn replacing_and_deleting_cut_no_reader_off() {
    let fixture = fixture().await;
    let over_http = fixture.serve().await.owner();
    let old = pattern(1, 8_000_000);
    for client in [&fixture.client, &over_http] {
        fixture.put("k", old.clone()).await;
        let mut replaced = client.get_object().bucket(BUCKET).key("k").send().await.unwrap().body;
        let mut start = replaced.next().await.unwrap().unwrap().to_vec();
        fixture.put("k", pattern(2, 9_000_000)).await;
        let mut deleted = client.get_object().bucket(BUCKET).key("k").send().await.unwrap().body;
        let first = deleted.next().await.unwrap().unwrap();
        fixture.client.delete_object().bucket(BUCKET).key("k").send().await.unwrap();
        eventually("both files are gone from their folder", || fixture.files() == 0).await;

        start.extend_from_slice(&replaced.collect().await.unwrap().into_bytes());
        assert_eq!(Bytes::from(start), old);
        let rest = deleted.collect().await.unwrap().into_bytes();
        assert_eq!([first, rest].concat(), pattern(2, 9_000_000));
    }
}

/// Readers and a writer without pause: each read is one of the bodies that were written, never a mixture or an error.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_read_is_of_one_body() {
    let fixture = fixture().await;
    let bodies: Vec<Bytes> = (0..4).map(|seed| pattern(seed, 10_000 + seed * 30_000)).collect();
    fixture.put("k", bodies[0].clone()).await;
    let (client, written) = (fixture.client.clone(), bodies.clone());
    let writer = tokio::spawn(async move {
        for round in 0..100 {
            super::store::put(&client, "k", written[round % written.len()].clone()).await;
        }
    });
    let readers = (0..4).map(|_| {
        let (client, bodies) = (fixture.client.clone(), bodies.clone());
        tokio::spawn(async move {
            for _ in 0..50 {
                let got = super::store::get(&client, "k").await;
                assert!(bodies.contains(&got), "a body of {} bytes that nobody wrote", got.len());
            }
        })
    });
    for reader in readers.collect::<Vec<_>>() {
        reader.await.unwrap();
    }
    writer.await.unwrap();
}
