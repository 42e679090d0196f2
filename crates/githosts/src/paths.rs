//! Whether a push touches the paths that somebody cares for.
//!
//! Invariant: where it is not known what a push touches, the answer is that it runs. A flow too many costs time; one too few hides a fault.

use std::collections::BTreeSet;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::Push;

/// Globs of one list.
const GLOBS_MAX: usize = 1_000;
/// Bytes of a glob.
const GLOB_BYTES_MAX: usize = 1_000;

/// What a push touches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Paths {
    /// These paths, and no others.
    Known(BTreeSet<String>),
    /// It cannot be told from the delivery.
    Unknown(&'static str),
}

impl Push {
    /// The paths that its commits add, change or remove, together.
    pub fn paths(&self) -> Paths {
        if self.forced {
            return Paths::Unknown("history was rewritten");
        }
        if self.commits.is_empty() {
            return Paths::Unknown("no commits are listed");
        }
        if !self.complete {
            return Paths::Unknown("not all commits are listed");
        }
        if self.commits.iter().any(|commit| commit.paths_cut) {
            return Paths::Unknown("not all paths are listed");
        }
        let all = self.commits.iter().flat_map(|commit| commit.added.iter().chain(&commit.modified).chain(&commit.removed));
        Paths::Known(all.cloned().collect())
    }
}

/// What a filter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Start the flow, and why.
    Runs(String),
    /// Start none, and why.
    Skips(String),
}

impl Verdict {
    /// Whether the flow is started.
    pub fn runs(&self) -> bool {
        matches!(self, Self::Runs(_))
    }
}

/// A glob that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the path filter {glob:?} is no glob: {why}")]
pub struct BadGlob {
    /// The glob, shortened.
    pub glob: String,
    /// What is wrong with it.
    pub why: String,
}

/// Which paths count: those that match an included glob (all, where none is given) and no excluded one.
///
/// `*` and `?` stay within a folder, `**` does not, `{a,b}` and `[a-z]` work; a glob that ends in `/` means all below. Globs begin at the
/// repository's root, with or without a slash.
#[derive(Clone, Debug)]
pub struct PathFilter {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl PathFilter {
    /// A filter from two lists of globs.
    ///
    /// # Errors
    /// [`BadGlob`], with the glob.
    pub fn new<S: AsRef<str>>(include: &[S], exclude: &[S]) -> Result<Self, BadGlob> {
        let include = if include.is_empty() { None } else { Some(globs(include)?) };
        Ok(Self { include, exclude: globs(exclude)? })
    }

    /// Whether a path counts.
    pub fn counts(&self, path: &str) -> bool {
        self.include.as_ref().is_none_or(|include| include.is_match(path)) && !self.exclude.is_match(path)
    }

    /// Whether a push that touches these paths starts a flow.
    pub fn decide(&self, paths: &Paths) -> Verdict {
        match paths {
            Paths::Unknown(why) => Verdict::Runs(format!("it is not known which paths changed: {why}")),
            Paths::Known(paths) if paths.is_empty() => Verdict::Runs("no path changed".to_owned()),
            Paths::Known(paths) => match paths.iter().find(|path| self.counts(path)) {
                Some(path) => Verdict::Runs(format!("{} changed", crate::text::shorten(path, 200))),
                None => Verdict::Skips(format!("none of the {} changed paths counts", paths.len())),
            },
        }
    }
}

fn globs<S: AsRef<str>>(globs: &[S]) -> Result<GlobSet, BadGlob> {
    let bad = |glob: &str, why: &str| BadGlob { glob: crate::text::shorten(glob, 60), why: why.to_owned() };
    if let Some(one_too_many) = globs.get(GLOBS_MAX) {
        return Err(bad(one_too_many.as_ref(), "it is one of more than 1000"));
    }
    let mut set = GlobSetBuilder::new();
    for glob in globs.iter().map(AsRef::as_ref) {
        if glob.len() > GLOB_BYTES_MAX {
            return Err(bad(glob, "it has more than 1000 bytes"));
        }
        let rooted = glob.strip_prefix("./").unwrap_or(glob).trim_start_matches('/');
        let whole = if rooted.ends_with('/') { format!("{rooted}**") } else { rooted.to_owned() };
        if whole.is_empty() {
            return Err(bad(glob, "it is empty"));
        }
        let built = GlobBuilder::new(&whole).literal_separator(true).backslash_escape(true).build();
        set.add(built.map_err(|error| bad(glob, &error.kind().to_string()))?);
    }
    set.build().map_err(|error| bad(error.glob().unwrap_or_default(), &error.kind().to_string()))
}

#[cfg(test)]
mod tests;
