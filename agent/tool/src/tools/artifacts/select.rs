//! Which files a list of paths and patterns means.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};
use kraken_protocol::tool::PRIVATE_DIR;
use walkdir::{DirEntry, WalkDir};

use crate::failure::Failure;

/// A file that was chosen.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// Its name among the artifacts: relative, `/`-separated, no `..`.
    pub(super) name: String,
}

/// All files that `sources` mean, each once, by name. A folder means everything in it. A source that means nothing is an error.
pub(super) fn select(cwd: &Path, sources: &[String]) -> Result<Vec<Chosen>, Failure> {
    let mut all = BTreeMap::new();
    let mut unmatched = Vec::new();
    for source in sources.iter().filter(|source| !source.is_empty()) {
        let files = files_of(cwd, source)?;
        if files.is_empty() {
            unmatched.push(format!("{source:?}"));
        }
        for path in files {
            all.entry(name_of(cwd, source, &path)?).or_insert(path);
        }
    }
    if unmatched.is_empty() {
        Ok(all.into_iter().map(|(name, path)| Chosen { path, name }).collect())
    } else {
        Err(Failure::step(format!("source: nothing matches {} in {}", unmatched.join(", "), cwd.display())))
    }
}

fn files_of(cwd: &Path, source: &str) -> Result<Vec<PathBuf>, Failure> {
    let (base, pattern) = split(source);
    let base = cwd.join(base);
    let Some(pattern) = pattern else {
        return match std::fs::metadata(&base) {
            Ok(found) if found.is_dir() => walk(&base, None),
            Ok(found) if found.is_file() => Ok(vec![base]),
            Ok(_) => Err(Failure::step(format!("source: {} is neither a file nor a folder", base.display()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(Failure::step(format!("source: {}: {error}", base.display()))),
        };
    };
    let glob = GlobBuilder::new(pattern).literal_separator(true).build();
    let glob = glob.map_err(|error| Failure::step(format!("source: {source:?} is not a pattern: {}", error.kind())))?;
    walk(&base, Some(&glob.compile_matcher()))
}

/// Parts without wildcards, and the pattern that follows them.
fn split(source: &str) -> (&str, Option<&str>) {
    match source.find(['*', '?', '[', '{']) {
        None => (source, None),
        Some(wildcard) => match source[..wildcard].rfind('/') {
            Some(slash) => (&source[..=slash], Some(&source[slash + 1..])),
            None => ("", Some(source)),
        },
    }
}

/// Files below `base`; links to files count, links to folders are not followed.
fn walk(base: &Path, glob: Option<&GlobMatcher>) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    let own = |entry: &DirEntry| entry.depth() > 0 && entry.file_name() == PRIVATE_DIR && entry.file_type().is_dir();
    for entry in WalkDir::new(base).into_iter().filter_entry(|entry| !own(entry)) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.depth() == 0 && error.io_error().is_some_and(|io| io.kind() == std::io::ErrorKind::NotFound) => break,
            Err(error) => return Err(Failure::step(format!("source: {error}"))),
        };
        let relative = entry.path().strip_prefix(base).unwrap_or(entry.path());
        let wanted = entry.depth() > 0 && glob.is_none_or(|glob| glob.is_match(relative));
        if wanted && entry.path().metadata().is_ok_and(|found| found.is_file()) {
            found.push(entry.into_path());
        } else if wanted && glob.is_some() && entry.file_type().is_dir() {
            // A pattern that means a folder means what is in it.
            found.extend(walk(entry.path(), None)?);
        }
    }
    Ok(found)
}

/// The path relative to `cwd`; for what lies elsewhere, relative to the part of the source without wildcards.
fn name_of(cwd: &Path, source: &str, path: &Path) -> Result<String, Failure> {
    let clean = |path: &Path| {
        let parts: Vec<Component<'_>> = path.components().filter(|part| *part != Component::CurDir).collect();
        parts.iter().all(|part| matches!(part, Component::Normal(_))).then(|| parts.iter().collect::<PathBuf>())
    };
    let inside = path.strip_prefix(cwd).ok().and_then(clean);
    let elsewhere = || {
        let (base, pattern) = split(source);
        let base = cwd.join(base);
        // A file stands for itself; what lies in a folder keeps the folder's name.
        let above = if pattern.is_some() { Some(base.as_path()) } else { base.parent() };
        above.and_then(|above| path.strip_prefix(above).ok()).and_then(clean)
    };
    let name = inside.or_else(elsewhere).ok_or_else(|| Failure::step(format!("source: {source:?} gives {} no name", path.display())))?;
    let text = name.to_str().ok_or_else(|| Failure::step(format!("source: {} is not UTF-8 and cannot be a name", path.display())))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
