//! Large bodies: memory, and clients that break off.

use std::convert::Infallible;

use aws_sdk_s3::presigning::PresigningConfig;
use bytes::Bytes;
use futures::StreamExt;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use kraken_engines::s3::Body;
use tokio::sync::mpsc;

use super::store::{BUCKET, eventually, files, fixture, open, pattern, serve};
use crate::killed::{self, acknowledge};

const CHUNK: usize = 64 * 1024;
const CHUNKS: usize = 1600;

/// How much memory this process has used at most, in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
#[ignore = "the child of a_body_of_100_mib_passes_through: measures a process of its own"]
fn passage() {
    let directory = killed::directory();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let (store, client) = open(&directory).await;
        let server = serve(&store).await;
        let signer = store.client_for_endpoint(&server.url);
        let expires = PresigningConfig::expires_in(std::time::Duration::from_secs(3600)).unwrap();
        let put = signer.put_object().bucket(BUCKET).key("large").presigned(expires.clone()).await.unwrap();
        let get = signer.get_object().bucket(BUCKET).key("large").presigned(expires).await.unwrap();
        // Once with little, so that code and pools are there.
        super::store::put(&client, "small", pattern(0, 1_000_000)).await;
        super::store::get(&client, "small").await;
        let before = peak_kib();

        let chunk = pattern(1, CHUNK);
        let sent = futures::stream::iter(0..CHUNKS).map(move |_| Ok::<_, Infallible>(Frame::data(chunk.clone())));
        let request = http::Request::builder().method("PUT").uri(put.uri()).header("content-length", CHUNKS * CHUNK);
        let request = request.body(Body::http_body_unsync(StreamBody::new(sent))).unwrap();
        assert_eq!(server.send(request).await.status(), 200);

        for over_http in [true, false] {
            let mut received = 0;
            if over_http {
                let request = http::Request::builder().uri(get.uri()).body(Body::empty()).unwrap();
                let mut body = server.send(request).await.into_body();
                while let Some(frame) = body.frame().await {
                    received += frame.unwrap().into_data().unwrap().len();
                }
            } else {
                let mut body = client.get_object().bucket(BUCKET).key("large").send().await.unwrap().body;
                while let Some(chunk) = body.next().await {
                    received += chunk.unwrap().len();
                }
            }
            assert_eq!(received, CHUNKS * CHUNK);
        }
        acknowledge(peak_kib() - before);
    });
}

#[tokio::test]
async fn a_body_of_100_mib_passes_through_without_filling_the_memory() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_owned();
    let said = tokio::task::spawn_blocking(move || killed::run_and_kill("s3::bodies::passage", &path, 1)).await.unwrap();
    let grown_kib: u64 = said[0].parse().unwrap();
    assert!(grown_kib < 16 * 1024, "100 MiB in and twice out took {grown_kib} KiB more");
}

/// A client that goes away in the middle of its upload leaves no object and no file.
#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let fixture = fixture().await;
    let server = fixture.serve().await;
    let signer = fixture.store.client_for_endpoint(&server.url);
    let expires = PresigningConfig::expires_in(std::time::Duration::from_secs(3600)).unwrap();
    let put = signer.put_object().bucket(BUCKET).key("k").presigned(expires).await.unwrap();

    let (pieces, arriving) = mpsc::unbounded_channel::<Bytes>();
    let stream = futures::stream::unfold(arriving, |mut arriving| async move {
        let piece = arriving.recv().await?;
        Some((Ok::<_, Infallible>(Frame::data(piece)), arriving))
    });
    let request = http::Request::builder().method("PUT").uri(put.uri()).header("content-length", 4_000_000);
    let request = request.body(Body::http_body_unsync(StreamBody::new(stream))).unwrap();
    let upload = tokio::spawn(async move { server.send(request).await.status() });
    pieces.send(pattern(1, 1_000_000)).unwrap();
    let dir = fixture.dir.path().to_owned();
    eventually("the upload has begun", || files(&dir) == 1).await;
    upload.abort();
    drop(pieces);
    eventually("its file is gone", || files(&dir) == 0).await;
    assert!(fixture.keys().await.is_empty());
}

/// Fewer bytes than announced are no object.
#[tokio::test]
async fn a_body_must_be_as_long_as_announced() {
    let fixture = fixture().await;
    let put = fixture.client.put_object().bucket(BUCKET).key("k").body(Bytes::from_static(b"short").into());
    let put = put.customize().mutate_request(|request| {
        request.headers_mut().insert("content-length", "6");
    });
    assert_eq!(super::store::code(&put.send().await.unwrap_err()), "IncompleteBody");
    assert!(fixture.keys().await.is_empty());
}
