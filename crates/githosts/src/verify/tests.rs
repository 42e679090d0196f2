//! Signatures: the published ones, and all the ways in which they can be wrong.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::sign::hmac_sha256;

const BODY: &[u8] = b"Hello, World!";
const SECRET: &str = "It's a Secret to Everybody";
/// Published with this body and secret by GitHub's documentation, "Testing the webhook payload validation".
const HEX: &str = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

fn check(host: GitHost, headers: &[(&str, &str)], secret: &str) -> Result<(), Refusal> {
    verify(host, &headers.iter().copied().collect(), BODY, secret)
}

#[test]
fn each_host_signs_in_its_own_header() {
    let prefixed = format!("sha256={HEX}");
    let cases = [
        (GitHost::GitHub, "X-Hub-Signature-256", prefixed.as_str(), HEX),
        (GitHost::Gitea, "X-Gitea-Signature", HEX, &prefixed),
        (GitHost::Gitea, "X-Forgejo-Signature", HEX, &prefixed),
        (GitHost::Forgejo, "X-Forgejo-Signature", HEX, &prefixed),
        (GitHost::Forgejo, "x-gitea-signature", HEX, &prefixed),
        (GitHost::BitbucketCloud, "X-Hub-Signature", &prefixed, HEX),
        (GitHost::BitbucketServer, "x-hub-signature", &prefixed, HEX),
    ];
    for (host, header, right, wrong) in cases {
        assert_eq!(check(host, &[(header, right)], SECRET), Ok(()), "{host} {header}");
        let upper = right.to_uppercase().replace("SHA256=", "sha256=");
        assert_eq!(check(host, &[(header, &upper)], SECRET), Ok(()), "{host} {header}");
        for bad in [wrong, &right[..right.len() - 2], "sha256=", "sha256=zz", "\u{e9}", "sha1=abc"] {
            let refused = check(host, &[(header, bad)], SECRET).unwrap_err();
            assert!(matches!(refused, Refusal::BadSignature { .. }), "{host} {bad}: {refused}");
        }
        assert!(matches!(check(host, &[(header, right)], "other").unwrap_err(), Refusal::BadSignature { .. }));
        assert!(matches!(check(host, &[("x-other", right)], SECRET).unwrap_err(), Refusal::Unsigned { .. }));
        assert!(matches!(check(host, &[(header, "")], SECRET).unwrap_err(), Refusal::Unsigned { .. }));
        assert_eq!(check(host, &[(header, right)], ""), Err(Refusal::NoSecret));
    }
}

#[test]
fn a_bad_signature_is_not_made_good_by_another_header() {
    let headers = [("X-Forgejo-Signature", "00"), ("X-Gitea-Signature", HEX)];
    assert_eq!(check(GitHost::Forgejo, &headers, SECRET), Err(Refusal::BadSignature { header: "X-Forgejo-Signature" }));
}

#[test]
fn gitlab_tells_the_token_or_signs() {
    let tell = |token: &str, secret: &str| check(GitHost::GitLab, &[("X-Gitlab-Token", token)], secret);
    assert_eq!(tell("s3cret", "s3cret"), Ok(()));
    for wrong in ["s3cre", "s3crets", "S3cret", "x"] {
        assert_eq!(tell(wrong, "s3cret"), Err(Refusal::BadSignature { header: "X-Gitlab-Token" }));
    }
    assert_eq!(tell("", ""), Err(Refusal::NoSecret));
    assert_eq!(tell("", "x"), Err(Refusal::Unsigned { header: "X-Gitlab-Token" }));
}

/// The example of the Standard Webhooks specification's reference libraries.
#[test]
fn gitlab_signs_by_the_standard_webhooks() {
    let body = br#"{"test": 2432232314}"#;
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let id = ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek");
    let time = ("webhook-timestamp", "1614265330");
    let right = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let judge = |headers: &[(&str, &str)], secret: &str| verify(GitHost::GitLab, &headers.iter().copied().collect(), body, secret);
    let refused = Err(Refusal::BadSignature { header: "webhook-signature" });

    assert_eq!(judge(&[id, time, ("webhook-signature", right)], secret), Ok(()));
    assert_eq!(judge(&[id, time, ("webhook-signature", &format!("v1,AAAA v2,x {right}"))], secret), Ok(()));
    assert_eq!(judge(&[id, ("webhook-timestamp", "1614265331"), ("webhook-signature", right)], secret), refused);
    assert_eq!(judge(&[("webhook-id", "msg_other"), time, ("webhook-signature", right)], secret), refused);
    assert_eq!(judge(&[id, ("webhook-signature", right)], secret), refused);
    for wrong in ["v1,", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "v1", "v1,%%%"] {
        assert_eq!(judge(&[id, time, ("webhook-signature", wrong)], secret), refused, "{wrong}");
    }

    let plain = STANDARD.encode(hmac_sha256(b"plain secret", &[id.1.as_bytes(), b".", time.1.as_bytes(), b".", body]));
    assert_eq!(judge(&[id, time, ("webhook-signature", &format!("v1,{plain}"))], "plain secret"), Ok(()));
    // A hook may have a signing token that we do not know next to the secret that we do.
    assert_eq!(judge(&[id, time, ("webhook-signature", right), ("x-gitlab-token", "known")], "known"), Ok(()));
}

#[test]
fn refusals_do_not_tell_the_secret() {
    for host in GitHost::ALL {
        for header in ["x-hub-signature-256", "x-gitlab-token", "x-gitea-signature", "x-forgejo-signature", "x-hub-signature"] {
            if let Err(refused) = check(host, &[(header, "guess-of-it")], "the-secret-itself") {
                let shown = format!("{refused} {refused:?}");
                assert!(!shown.contains("the-secret") && !shown.contains("guess-of-it"), "{shown}");
                assert!(refused.is_distrust());
            }
        }
    }
    let headers: Headers<'_> = [("x-gitlab-token", "the-secret-itself")].into_iter().collect();
    assert_eq!(format!("{headers:?}"), r#"["x-gitlab-token"]"#);
}

#[test]
fn a_body_longer_than_any_host_sends_is_not_even_hashed() {
    let body = vec![b' '; BODY_BYTES_MAX + 1];
    let refused = verify(GitHost::GitHub, &Headers::default(), &body, "secret").unwrap_err();
    assert_eq!(refused, Refusal::TooLarge { bytes: BODY_BYTES_MAX + 1, max: BODY_BYTES_MAX });
}
