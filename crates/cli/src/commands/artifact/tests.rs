#![allow(clippy::unwrap_used)]

use super::*;

fn artifact(path: &str, run: u32) -> ArtifactView {
    ArtifactView {
        path: path.to_owned(),
        job: format!("01j9zqk3v5w8x2y4t6r7n0m1pa-{run}-1").parse().unwrap(),
        size: 1,
        sha256: String::new(),
        mode: 0o644,
        public: false,
        report_entry: false,
    }
}

fn selected(wanted: &[&str]) -> Outcome<Vec<String>> {
    let all = ["a.txt", "out/b.txt", "out/deep/c.bin"].map(|path| artifact(path, 1)).to_vec();
    let wanted: Vec<String> = wanted.iter().map(|&want| want.to_owned()).collect();
    Ok(select(all, &wanted)?.into_iter().map(|artifact| artifact.path).collect())
}

#[test]
fn paths_directories_and_patterns_choose() {
    assert_eq!(selected(&[]).unwrap().len(), 3);
    assert_eq!(selected(&["a.txt"]).unwrap(), ["a.txt"]);
    assert_eq!(selected(&["out/"]).unwrap(), ["out/b.txt", "out/deep/c.bin"]);
    assert_eq!(selected(&["*.txt"]).unwrap(), ["a.txt"]);
    assert_eq!(selected(&["**/*.txt", "./out/deep"]).unwrap(), ["a.txt", "out/b.txt", "out/deep/c.bin"]);
    assert_eq!(selected(&["a.txt", "gone"]).unwrap_err().exit().code(), 3);
}

#[test]
fn the_latest_run_wins() {
    let kept = newest(vec![artifact("a", 2), artifact("a", 10), artifact("a", 9)]);
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].job.run.number, 10);
}

#[test]
fn nothing_is_written_outside_the_target() {
    for path in ["/etc/passwd", "../x", "a/../../x", "", "a/./../..", ".."] {
        assert!(target(Path::new("here"), path).is_err(), "{path:?}");
    }
    assert_eq!(target(Path::new("here"), "a/b").unwrap(), PathBuf::from("here/a/b"));
}
