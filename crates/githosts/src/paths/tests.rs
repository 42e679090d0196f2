//! Globs, and what happens when nobody knows.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::{Commit, GitRef, Person, Repo};

fn push(paths: &[&str]) -> Push {
    let commit = Commit { added: paths.iter().map(ToString::to_string).collect(), ..Commit::default() };
    Push {
        repo: Repo::default(),
        git_ref: GitRef::Branch("main".into()),
        before: None,
        after: None,
        forced: false,
        commits: vec![commit],
        complete: true,
        head_message: None,
        skip_asked: false,
        pusher: Person::default(),
        compare_url: None,
    }
}

#[test]
fn a_path_counts_when_it_is_included_and_not_excluded() {
    let cases: [(&[&str], &[&str], &str, bool); 22] = [
        (&[], &[], "a/b.rs", true),
        (&["*.rs"], &[], "b.rs", true),
        (&["*.rs"], &[], "a/b.rs", false),
        (&["**/*.rs"], &[], "a/b.rs", true),
        (&["**/*.rs"], &[], "b.rs", true),
        (&["**"], &[], ".github/x", true),
        (&["docs/"], &[], "docs/a/b", true),
        (&["docs/"], &[], "docs", false),
        (&["/docs/**"], &[], "docs/a", true),
        (&["./docs/**"], &[], "docs/a", true),
        (&["docs"], &[], "docs/a", false),
        (&["src/*/main.rs"], &[], "src/x/main.rs", true),
        (&["src/*/main.rs"], &[], "src/x/y/main.rs", false),
        (&["{a,b}/**"], &[], "b/x", true),
        (&["a?"], &[], "ab", true),
        (&["[a-c]x"], &[], "bx", true),
        (&["ž/**"], &[], "ž/ů", true),
        (&[], &["docs/**", "*.md"], "README.md", false),
        (&[], &["docs/**", "*.md"], "src/a.md", true),
        (&["src/**"], &["src/gen/**"], "src/gen/a", false),
        (&["src/**"], &["src/gen/**"], "src/a", true),
        (&["a\\*"], &[], "a*", true),
    ];
    for (include, exclude, path, counts) in cases {
        let filter = PathFilter::new(include, exclude).unwrap();
        assert_eq!(filter.counts(path), counts, "{include:?} {exclude:?} {path}");
        assert_eq!(filter.decide(&push(&[path]).paths()).runs(), counts);
    }
}

#[test]
fn one_path_that_counts_is_enough() {
    let filter = PathFilter::new(&[], &["docs/**"]).unwrap();
    assert_eq!(filter.decide(&push(&["docs/a", "src/b"]).paths()), Verdict::Runs("src/b changed".into()));
    assert_eq!(filter.decide(&push(&["docs/a", "docs/b"]).paths()), Verdict::Skips("none of the 2 changed paths counts".into()));
}

#[test]
fn removed_and_changed_paths_count_like_new_ones() {
    let mut push = push(&[]);
    push.commits[0].removed = vec!["src/a".into()];
    push.commits[0].modified = vec!["docs/a".into()];
    let filter = |glob: &str| PathFilter::new(&[glob], &[]).unwrap().decide(&push.paths()).runs();
    assert!(filter("src/**") && filter("docs/**") && !filter("x/**"));
}

#[test]
fn what_is_not_known_runs() {
    let filter = PathFilter::new(&["src/**"], &[]).unwrap();
    let spoilers: [fn(&mut Push); 5] = [
        |push| push.forced = true,
        |push| push.complete = false,
        |push| push.commits.clear(),
        |push| push.commits[0].paths_cut = true,
        |push| push.commits[0].added.clear(),
    ];
    assert!(!filter.decide(&push(&["docs/a"]).paths()).runs());
    for spoil in spoilers {
        let mut push = push(&["docs/a"]);
        spoil(&mut push);
        assert!(filter.decide(&push.paths()).runs(), "{push:?}");
    }
}

#[test]
fn a_bad_glob_is_refused_by_name() {
    for bad in ["a[", "{a", "", "/", &"a".repeat(1_001)] {
        let error = PathFilter::new(&["ok", bad], &[]).unwrap_err();
        assert!(error.to_string().starts_with("the path filter"), "{error}");
        assert!(PathFilter::new(&[], &[bad]).is_err());
    }
    assert!(PathFilter::new(&vec!["a"; GLOBS_MAX + 1], &[]).is_err());
}
