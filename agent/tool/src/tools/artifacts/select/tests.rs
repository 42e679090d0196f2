#![allow(clippy::unwrap_used)]

use std::fs;

use super::*;

fn tree(files: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, file).unwrap();
    }
    folder
}

fn names(folder: &Path, sources: &[&str]) -> Vec<String> {
    let sources: Vec<String> = sources.iter().map(|source| (*source).to_owned()).collect();
    select(folder, &sources).unwrap().into_iter().map(|chosen| chosen.name).collect()
}

#[test]
fn a_star_stays_in_its_folder_and_two_do_not() {
    let folder = tree(&["a.log", "x/b.log", "x/y/c.log", "x/y/d.txt"]);
    assert_eq!(names(folder.path(), &["*.log"]), ["a.log"]);
    assert_eq!(names(folder.path(), &["**/*.log"]), ["a.log", "x/b.log", "x/y/c.log"]);
    assert_eq!(names(folder.path(), &["x/*"]), ["x/b.log", "x/y/c.log", "x/y/d.txt"]);
    assert_eq!(names(folder.path(), &["x/**"]), ["x/b.log", "x/y/c.log", "x/y/d.txt"]);
    assert_eq!(names(folder.path(), &["./x/y/", "a.log", "a.log"]), ["a.log", "x/y/c.log", "x/y/d.txt"]);
}

#[test]
fn what_lies_elsewhere_gets_a_name_without_its_way_there() {
    let folder = tree(&["work/a", "out/x/1.bin", "out/2.bin"]);
    let cwd = folder.path().join("work");
    assert_eq!(names(&cwd, &["../out/**/*.bin"]), ["2.bin", "x/1.bin"]);
    assert_eq!(names(&cwd, &["../out/2.bin"]), ["2.bin"]);
    assert_eq!(names(&cwd, &["../out/x"]), ["x/1.bin"]);
    assert_eq!(names(&cwd, &[folder.path().join("out/x/*").to_str().unwrap()]), ["1.bin"]);
}

#[test]
fn every_source_that_matches_nothing_is_named() {
    let folder = tree(&["a"]);
    let sources = ["a".to_owned(), "dist/*.whl".to_owned(), "b".to_owned()];
    let message = select(folder.path(), &sources).unwrap_err().to_string();
    assert_eq!(message, format!("source: nothing matches \"dist/*.whl\", \"b\" in {}", folder.path().display()));
}

#[test]
fn the_agents_folder_is_left_out_and_folder_links_are_not_followed() {
    let folder = tree(&["a", ".kraken/step-0/key", "x/b"]);
    std::os::unix::fs::symlink(".", folder.path().join("x/loop")).unwrap();
    std::os::unix::fs::symlink("../a", folder.path().join("x/link")).unwrap();
    assert_eq!(names(folder.path(), &["**"]), ["a", "x/b", "x/link"]);
}
