//! Small rooms: a file is about one thing, and its name says which.

use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

/// Lines that a source file may have, its tests apart.
const LINES_MAX: usize = 400;
const NAMES_THAT_SAY_NOTHING: [&str; 7] = ["util", "utils", "helper", "helpers", "common", "manager", "misc"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["target", "node_modules", ".git"].contains(&name.as_str()) {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<PathBuf> {
    let metadata = MetadataCommand::new().no_deps().other_options(vec!["--offline".to_owned()]).exec().unwrap();
    let mut found = Vec::new();
    for package in metadata.workspace_packages() {
        let folder = package.manifest_path.parent().unwrap().join("src");
        if folder.as_std_path().is_dir() {
            sources(folder.as_std_path(), &mut found);
        }
    }
    assert!(found.len() > 50, "the sources were not found: {}", found.len());
    found
}

#[test]
fn files_are_small() {
    let is_test = |path: &Path| path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests"));
    let mut large = Vec::new();
    for path in all_sources().into_iter().filter(|path| !is_test(path)) {
        let lines = std::fs::read_to_string(&path).unwrap().lines().count();
        if lines > LINES_MAX {
            large.push(format!("{} has {lines} lines: at most {LINES_MAX}", path.display()));
        }
    }
    assert!(large.is_empty(), "{}", large.join("\n"));
}

#[test]
fn names_say_what_lives_there() {
    let empty = |path: &PathBuf| {
        let parts = path.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
        parts.map(|part| part.trim_end_matches(".rs").to_owned()).any(|part| NAMES_THAT_SAY_NOTHING.contains(&part.as_str()))
    };
    let wrong: Vec<PathBuf> = all_sources().into_iter().filter(empty).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn every_module_says_why_it_exists() {
    let silent = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().to_owned();
        !first.starts_with("//!")
    };
    let is_test = |path: &PathBuf| path.components().any(|part| part.as_os_str().to_string_lossy().starts_with("tests"));
    let wrong: Vec<PathBuf> = all_sources().into_iter().filter(|path| !is_test(path)).filter(silent).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
