#![allow(clippy::unwrap_used)]

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::*;

#[tokio::test]
async fn everything_comes_out_in_order_and_without_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("spool.gz");
    let spool = path.clone();
    let (log, thread) = LogHandle::start(Redactor::new(["hunter2"]), move || Ok(Box::new(LogWriter::create(&spool)?)));
    let at = Timestamp::UNIX_EPOCH;
    log.begin_step(0, at).await;
    log.output(b"$ login hun"[..].into(), at).await;
    log.output(b"ter2\nhun"[..].into(), at).await;
    log.note("kraken: said hunter2", at).await;
    log.begin_step(1, at).await;
    log.output(b"ter2\n"[..].into(), at).await;
    assert_eq!(log.snapshot().await.unwrap().index.lines, 4);
    drop(log);
    let done = thread.end().await.unwrap();
    assert_eq!(done.index.steps[1].first_line, 3);
    let mut text = String::new();
    MultiGzDecoder::new(std::fs::File::open(&path).unwrap()).read_to_string(&mut text).unwrap();
    assert_eq!(text, "$ login ******\nhun\nkraken: said ******\nter2\n");
}

#[tokio::test]
async fn a_log_that_cannot_be_kept_fails_and_holds_nobody_up() {
    let (log, thread) = LogHandle::start(Redactor::default(), || Err(io::Error::other("no space left on device")));
    for _ in 0..100 {
        log.output([b'x'; 1000][..].into(), Timestamp::UNIX_EPOCH).await;
    }
    assert!(log.snapshot().await.is_none());
    drop(log);
    let error = thread.end().await.unwrap_err();
    assert!(error.to_string().contains("no space left"), "{error}");
}
