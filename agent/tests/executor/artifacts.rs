//! The `artifacts` tool, with this file in the agent's role.
#![allow(clippy::unwrap_used)]

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;

use kraken_agent::executor::Signal;
use kraken_protocol::tool::{Answer, Ask, Event, FileEntry, Finished, Reason, Reply, Step};
use serde_json::json;

use crate::host::{Host, Running, step};

const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// Runs a step whose requests `agent` answers.
async fn run_with(job: &mut Running, step: Step, mut agent: impl FnMut(&Running, Ask) -> Answer) -> Finished {
    job.start(step);
    loop {
        match job.next().await.unwrap() {
            Signal::Event(Event::Request(request)) => {
                let answer = agent(job, request.ask);
                job.job.reply(Reply { id: request.id, answer });
            }
            Signal::StepFinished { end, .. } => return end,
            _ => {}
        }
    }
}

#[tokio::test]
async fn uploads_in_batches_what_patterns_mean() {
    let host = Host::new();
    let mut job = host.job();
    job.sh("mkdir -p dist/sub; for i in $(seq 1 230); do echo $i > dist/sub/$i.bin; done; printf abc > dist/run.sh; chmod 755 dist/run.sh")
        .await;
    let mut stored: Vec<FileEntry> = Vec::new();
    let upload =
        step("artifacts", &json!({"source": ["dist/**/*.bin", "dist/run.sh"], "destination": "out", "report_entry": "dist/run.sh"}));
    let mut entries = Vec::new();
    let end = run_with(&mut job, upload, |job, ask| {
        let Ask::UploadArtifacts { files, public, report_entry } = ask else { panic!("{ask:?}") };
        assert!(!public && files.len() <= 100);
        for file in &files {
            let mut bytes = Vec::new();
            job.job.workspace().open(&file.path).unwrap().read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes.len() as u64, file.size);
        }
        stored.extend(files);
        entries.extend(report_entry);
        Answer::ArtifactsStored
    })
    .await;
    assert_eq!(end.reason, Reason::Ok, "{end:?}");
    assert_eq!(stored.len(), 231);
    let run = stored.iter().find(|file| file.name == "out/dist/run.sh").unwrap();
    assert_eq!((run.size, run.sha256.as_str(), run.mode), (3, ABC, 0o755));
    assert_eq!(entries, ["out/dist/run.sh"]);
    job.end().await;
}

#[tokio::test]
async fn files_outside_of_the_workspace_are_brought_in_and_not_left() {
    let host = Host::new();
    std::fs::write(host.folder.path().join("outside"), "abc").unwrap();
    let mut job = host.job();
    let source = host.folder.path().join("outside");
    let end = run_with(&mut job, step("artifacts", &json!({"source": source})), |job, ask| {
        let Ask::UploadArtifacts { files, .. } = ask else { panic!("{ask:?}") };
        assert_eq!((files[0].name.as_str(), files[0].sha256.as_str()), ("outside", ABC));
        let mut text = String::new();
        job.job.workspace().open(&files[0].path).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "abc");
        Answer::ArtifactsStored
    })
    .await;
    assert_eq!(end.reason, Reason::Ok, "{end:?}");
    assert!(!job.place.workspace.join(".kraken/outbox").exists());
    job.end().await;
}

#[tokio::test]
async fn a_pattern_that_matches_nothing_is_named_and_nothing_uploaded() {
    let host = Host::new();
    let mut job = host.job();
    job.sh("touch a").await;
    let upload = step("artifacts", &json!({"source": ["a", "dist/*.whl"]}));
    let end = run_with(&mut job, upload, |_, ask| panic!("{ask:?}")).await;
    assert_eq!(end.reason, Reason::StepError);
    assert!(end.message.contains("\"dist/*.whl\""), "{end:?}");
    job.end().await;
}

#[tokio::test]
async fn the_agents_refusal_is_the_steps_message() {
    let host = Host::new();
    let mut job = host.job();
    job.sh("touch a").await;
    let refuse = |_: &Running, _| Answer::Error { message: "the store does not answer".into() };
    let end = run_with(&mut job, step("artifacts", &json!({"source": "a"})), refuse).await;
    assert_eq!((end.reason, end.message.as_str()), (Reason::StepError, "upload: the store does not answer"));
    job.end().await;
}

fn deliver(job: &Running, name: &str, sha256: &str) -> FileEntry {
    let path = format!(".kraken/inbox/1/{}", name.replace('/', "-"));
    job.job.workspace().create(&path).unwrap().write_all(b"abc").unwrap();
    FileEntry { path, name: name.into(), size: 3, sha256: sha256.into(), mode: 0o755 }
}

#[tokio::test]
async fn downloads_are_checked_and_put_into_place() {
    let host = Host::new();
    let mut job = host.job();
    let download = step("artifacts", &json!({"action": "download", "source": ["bin/*"], "destination": "in/here"}));
    let end = run_with(&mut job, download, |job, ask| {
        assert_eq!(ask, Ask::FetchArtifacts { sources: vec!["bin/*".into()] });
        Answer::ArtifactsFetched { files: vec![deliver(job, "bin/run", ABC), deliver(job, "bin/b/c", ABC)] }
    })
    .await;
    assert_eq!(end.reason, Reason::Ok, "{end:?}");
    let run = job.place.workspace.join("in/here/bin/run");
    assert_eq!(std::fs::read(&run).unwrap(), b"abc");
    assert_eq!(std::fs::metadata(run).unwrap().permissions().mode() & 0o777, 0o755);
    job.end().await;
}

#[tokio::test]
async fn damaged_or_evil_downloads_are_refused() {
    let host = Host::new();
    let mut job = host.job();
    for (name, sha256, expected) in [
        ("a", ABC.replace('b', "0"), "is damaged"),
        ("../../escaped", ABC.to_owned(), "would leave the destination"),
        ("/tmp/escaped", ABC.to_owned(), "would leave the destination"),
    ] {
        let download = step("artifacts", &json!({"action": "download", "source": "x"}));
        let end = run_with(&mut job, download, |job, _| {
            let _old = std::fs::remove_dir_all(job.place.workspace.join(".kraken/inbox"));
            let mut file = deliver(job, "plain", &sha256);
            file.name = name.into();
            Answer::ArtifactsFetched { files: vec![file] }
        })
        .await;
        assert_eq!(end.reason, Reason::StepError);
        assert!(end.message.contains(expected), "{end:?}");
    }
    assert!(!host.folder.path().join("escaped").exists());
    job.end().await;
}
