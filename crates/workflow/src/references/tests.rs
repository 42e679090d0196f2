#![allow(clippy::unwrap_used)]

use serde_json::json;

use super::*;

fn names(step: Value) -> Vec<String> {
    references(&serde_json::from_value(step).unwrap()).into_iter().collect()
}

#[test]
fn every_way_to_name_a_secret_is_found() {
    let step = json!({
        "tool": "git", "checkout": "https://#{secrets.host_token}@example.com/x", "ssh-key": "deploy", "access-token": "gh",
        "when": "secrets.flag == '1'", "env": {"A": "#{secrets['my-token']}", "B": "#{ secrets [ \"b c\" ] . user }"},
        "list": ["#{KK_SECRET_SIMPLE_old} #{KK_SECRET_KEY_old_key}", {"k": "#{'x' ~ secrets.nested.password | upper}"}],
    });
    assert_eq!(names(step), ["b c", "deploy", "flag", "gh", "host_token", "my-token", "nested", "old", "old_key"]);
}

#[test]
fn what_only_looks_like_one_is_left() {
    let step = json!({
        "tool": "shell", "cmd": "cat secrets.yaml secrets.token #{env.secrets.x} #{my_secrets.y} #{secretsx.z} #{secrets}",
        "ssh-key": "#{args.KEY}",
    });
    assert_eq!(names(step), Vec::<String>::new());
}

#[test]
fn names_that_stand_bare_in_notifications_and_triggers_are_found() {
    let stage = json!({
        "triggers": {"repo": {"url": "https://example.com/a.git", "credentials": "look"}},
        "notification": {
            "github": {"credentials": " status "}, "gitea": {"credentials": "#{secrets.other}"}, "webhook": {"url": "https://example.com", "secret": "sign"},
        },
        "jobs": [{"steps": [{"tool": "mine", "credentials": "whatever", "secret": "too"}]}],
    });
    let found: Vec<(String, bool)> = secret_uses(&stage).into_iter().map(|used| (used.name, used.bare)).collect();
    let expected = [("status", true), ("other", false), ("sign", true), ("look", true)].map(|(name, bare)| (name.to_owned(), bare));
    let sorted = |mut uses: Vec<(String, bool)>| {
        uses.sort();
        uses
    };
    assert_eq!(sorted(found), sorted(expected.to_vec()));
}

#[test]
fn the_use_says_which_kinds_fit() {
    let step = json!({
        "tool": "shell", "a": "#{secrets.a}", "b": "#{secrets.b.user}", "c": "#{secrets.c.key}", "d": "#{secrets.d.password}",
    });
    let fits: Vec<(String, &[SecretKind])> = secret_uses(&step).into_iter().map(|used| (used.name, used.fits)).collect();
    let expected: Vec<(String, &[SecretKind])> = vec![
        ("a".into(), &[SecretKind::Simple]),
        ("b".into(), &[SecretKind::SshKey, SecretKind::UserPassword]),
        ("c".into(), &[SecretKind::SshKey]),
        ("d".into(), &[SecretKind::UserPassword]),
    ];
    assert_eq!(fits, expected);
}
