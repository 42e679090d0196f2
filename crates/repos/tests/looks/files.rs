//! Files of a branch.

use kraken_repos::{Limits, Reach, Repos};

use crate::{Host, limits, repos};

async fn some() -> Host {
    let host = Host::new().await;
    host.repo.write("ci/stages/build.star", "def stage(ctx): pass\n").write("README.md", "hello\n");
    for number in 0..200 {
        host.repo.write(&format!("src/{number}.txt"), &format!("{number}\n").repeat(2000));
    }
    host.repo.commit("all");
    std::os::unix::fs::symlink("README.md", host.repo.work().join("link")).unwrap();
    host.repo.commit("a link");
    host.repo.push("main");
    host
}

#[tokio::test]
async fn a_file_is_read_with_its_commit() {
    let host = some().await;
    for place in [host.place(), host.folder()] {
        for (path, text) in [("ci/stages/build.star", "def stage(ctx): pass\n"), ("./README.md", "hello\n"), ("/README.md", "hello\n")] {
            let file = repos().read_file(&place, path).await.unwrap();
            assert_eq!((String::from_utf8(file.bytes).unwrap().as_str(), file.commit.to_string()), (text, host.repo.head()));
        }
    }
}

#[tokio::test]
async fn a_host_that_cannot_leave_out_files_serves_as_well() {
    let host = some().await;
    host.repo.git_bare(&["config", "uploadpack.allowFilter", "false"]);
    let file = repos().read_file(&host.place(), "README.md").await.unwrap();
    assert_eq!(file.bytes, b"hello\n");
    let narrow = Repos::new(Reach::Machine, Limits { unpacked_bytes: 100_000, ..limits() }).unwrap();
    let error = narrow.read_file(&host.place(), "README.md").await.unwrap_err();
    assert!(error.to_string().contains("uploadpack.allowFilter"), "{error}");
}

#[tokio::test]
async fn what_is_no_file_is_said() {
    let host = some().await;
    for (path, said) in [
        ("none", "no file"),
        ("ci/none/x", "no file"),
        ("README.md/x", "no file"),
        ("", "no file"),
        ("ci/stages", "is a folder"),
        ("link", "symbolic link"),
        ("../README.md", "no file"),
    ] {
        let error = repos().read_file(&host.place(), path).await.unwrap_err();
        assert!(error.to_string().contains(said), "{path}: {error}");
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused() {
    let host = some().await;
    let narrow = Repos::new(Reach::Machine, Limits { file_bytes: 100, ..limits() }).unwrap();
    let error = narrow.read_file(&host.place(), "src/7.txt").await.unwrap_err();
    assert!(error.to_string().contains("more than 100 bytes"), "{error}");
    let narrow = Repos::new(Reach::Machine, Limits { download_bytes: 300, ..limits() }).unwrap();
    let error = narrow.read_file(&host.place(), "README.md").await.unwrap_err();
    assert!(error.to_string().contains("more than 300 bytes"), "{error}");
}
