//! Spellings of one repository, and addresses that only look alike.
#![allow(clippy::unwrap_used)]

use super::*;

fn url(text: &str) -> RepoUrl {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn one_repository_has_many_spellings() {
    let families: [&[&str]; 6] = [
        &[
            "https://github.com/octo/hello",
            "https://github.com/octo/hello.git",
            "https://github.com/octo/hello/",
            "HTTPS://GitHub.com:443/Octo/Hello.git",
            "http://github.com/octo/hello",
            "https://user:p%40ss@github.com/octo/hello.git",
            "https://x-access-token:a@b@github.com/octo/hello",
            "git@github.com:octo/hello.git",
            "github.com:octo/hello",
            "git@github.com:/octo/hello.git",
            "ssh://git@github.com/octo/hello.git",
            "ssh://git@github.com:22/octo/hello.git",
            "ssh://git@ssh.github.com:443/octo/hello.git",
            "git+ssh://git@github.com/octo/hello",
            "git://github.com/octo/hello.git",
            "https://github.com//octo//hello.git?x=1#readme",
            " https://github.com./octo/hello ",
            "https://github.com/octo/%68ello",
        ],
        &["https://git.example.com:8443/a/b.git", "https://git.example.com:8443/a/b", "ssh://git@git.example.com:2222/a/b.git"],
        &["https://gitlab.example.com/group/sub/sub2/project.git", "git@gitlab.example.com:group/sub/sub2/project.git"],
        &["https://bitbucket.example.com/scm/prj/repo.git", "https://BITBUCKET.example.com/scm/PRJ/repo"],
        &["http://[::1]:3000/a/b.git", "http://[::1]:3000/a/b"],
        &["https://příklad.cz/ž/b.git", "https://PŘÍKLAD.cz/ž/b"],
    ];
    for (at, family) in families.iter().enumerate() {
        for one in *family {
            for other in *family {
                assert!(url(one).is_same(&url(other)), "{one} {other}");
            }
            for stranger in families.iter().enumerate().filter(|(other, _)| *other != at).flat_map(|(_, family)| *family) {
                assert!(!url(one).is_same(&url(stranger)), "{one} {stranger}");
            }
        }
    }
}

#[test]
fn what_looks_alike_is_not_the_same() {
    let pairs = [
        ("https://github.com/octo/hello", "https://github.com/octo/hello2"),
        ("https://github.com/octo/hello", "https://github.com/octo"),
        ("https://github.com/octo/hello", "https://github.com.evil.example/octo/hello"),
        ("https://github.com/octo/hello", "https://github.com@evil.example/octo/hello"),
        ("https://github.com/octo/hello", "https://gitlab.com/octo/hello"),
        ("https://git.example.com:3000/a/b", "https://git.example.com:3001/a/b"),
        ("https://git.example.com/a/b", "https://git.example.com:3001/a/b"),
        ("ssh://git@h.example:2222/a/b", "ssh://git@h.example/a/b"),
        ("https://gitlab.com/scm/a/b", "https://gitlab.com/a/b"),
    ];
    for (one, other) in pairs {
        assert!(!url(one).is_same(&url(other)), "{one} {other}");
    }
}

#[test]
fn what_is_no_address_is_refused_without_being_shown() {
    let bad = [
        "",
        "hello",
        "/srv/git/hello.git",
        "./hello",
        "../hello",
        "C:\\hello",
        "C:/hello",
        "file:///srv/git/hello",
        "ext::sh -c x",
        "ext::sh",
        "https://",
        "https://github.com",
        "https://github.com/",
        "https://github.com/.git",
        "https:///octo/hello",
        "https://github.com:x/octo/hello",
        "https://github.com:99999/octo/hello",
        "https://git hub.com/a/b",
        "ssh://-oProxyCommand=x/a/b",
        "-oProxyCommand=x:a",
        "git@-host:a/b",
        "https://h/a/../b",
        "https://h/a/%2e%2e/b",
        "https://h/%00",
        "https://[::1/a/b",
        "ftp://user:hunter2@h/a/b",
        "https://a$b/c",
    ];
    for bad in bad {
        let error = bad.parse::<RepoUrl>().expect_err(bad).to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }
    assert!("x".repeat(3_000).parse::<RepoUrl>().is_err());
    assert_eq!(url("https://user:hunter2@h.example/a/b.git").to_string(), "h.example/a/b");
}

#[test]
fn a_path_ends_in_whole_parts() {
    let url = url("https://bb.example.com/scm/PRJ/repo.git");
    assert!(url.path_ends_with("prj/repo"));
    assert!(url.path_ends_with("scm/prj/repo"));
    assert!(!url.path_ends_with("rj/repo"));
    assert!(!url.path_ends_with("x/scm/prj/repo"));
    assert!(!url.path_ends_with("🦑🦑🦑"));
}
