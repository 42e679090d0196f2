#![allow(clippy::unwrap_used)]

use super::*;

#[tokio::test]
async fn what_one_job_keeps_another_fetches() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (dir.path().join("one"), dir.path().join("other"));
    for folder in [one.join("out/deep"), other.clone()] {
        fs::create_dir_all(folder).unwrap();
    }
    fs::write(one.join("out/a.txt"), "a").unwrap();
    fs::write(one.join("out/deep/b.txt"), "b").unwrap();
    let store = FolderStore::new(dir.path().join("kept"));
    let entry = |path: &str, name: &str| FileEntry { path: path.into(), name: name.into(), mode: 0o755, ..FileEntry::default() };
    let files = vec![entry("out/a.txt", "a.txt"), entry("out/deep/b.txt", "deep/b.txt")];
    store.keep(&Workspace::new(one.clone()).unwrap(), &ToKeep { files, ..ToKeep::default() }).await.unwrap();

    let workspace = Workspace::new(other.clone()).unwrap();
    let found = store.fetch(&workspace, ".kraken/inbox/1", &["**/*.txt".into(), "a.txt".into()]).await.unwrap();
    let names: Vec<&str> = found.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["a.txt", "deep/b.txt"]);
    assert_eq!((found[0].size, found[0].mode), (1, 0o755));
    assert_eq!(found[0].sha256, hex::encode(Sha256::digest("a")));
    assert_eq!(fs::read_to_string(other.join(".kraken/inbox/1/deep/b.txt")).unwrap(), "b");
    let error = store.fetch(&workspace, ".kraken/inbox/2", &["*.txt".into(), "no*".into()]).await.unwrap_err();
    assert!(error.to_string().contains("no*"), "{error}");
}

#[tokio::test]
async fn names_that_lead_out_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a"), "a").unwrap();
    let store = FolderStore::new(dir.path().join("kept"));
    let files = vec![FileEntry { path: "a".into(), name: "../b".into(), ..FileEntry::default() }];
    store.keep(&Workspace::new(dir.path().to_owned()).unwrap(), &ToKeep { files, ..ToKeep::default() }).await.unwrap_err();
    assert!(!dir.path().join("b").exists());
}
