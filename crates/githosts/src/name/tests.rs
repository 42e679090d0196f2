//! Names that git would take, and names that would do something else.

use super::*;

#[test]
fn branches_may_be_nested_and_in_any_language() {
    for good in [
        "main",
        "feature/a/b",
        "větev/žluť",
        "分支",
        "v1.0.0",
        "a-b_c#1",
        "dependabot/npm_and_yarn/x-1.2",
        "user@host",
        "a{b}",
        "🦑",
        "HEAD",
    ] {
        assert!(is_ref_name(good), "{good}");
    }
    let long = "a".repeat(1_001);
    for bad in [
        "",
        "-x",
        "--upload-pack=touch /tmp/x",
        "a..b",
        "a b",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a*",
        "a[b",
        "a\\b",
        "/a",
        "a/",
        "a//b",
        ".a",
        "a/.b",
        "a.lock",
        "a.lock/b",
        "a.",
        "@",
        "a@{1}",
        "a\nb",
        "a\u{7f}",
        "a\u{0}",
        &long,
    ] {
        assert!(!is_ref_name(bad), "{bad:?}");
    }
}

#[test]
fn commits_are_hexadecimal_and_zero_is_none() {
    for good in ["0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c", "0d1a26e67d8f", &"aB".repeat(32)] {
        assert!(is_commit(good), "{good}");
    }
    for bad in ["", "abc", "HEAD~1234", "--option-like", &"0".repeat(40), &"a".repeat(65), "0d1a26e67d8g"] {
        assert!(!is_commit(bad), "{bad}");
    }
    assert!(is_no_commit(&"0".repeat(64)));
    assert!(!is_no_commit(""));
}
