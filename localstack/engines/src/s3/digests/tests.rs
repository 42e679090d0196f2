#![allow(clippy::unwrap_used)]

use super::*;

fn found(expected: &Expected, body: &[u8]) -> Found {
    let mut digests = expected.digests();
    digests.update(body);
    digests.finish()
}

fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
}

#[test]
fn only_what_was_asked_for_is_computed() {
    let expected = Expected::from_headers(&headers(&[("x-amz-checksum-crc32", "NhCmhg==")])).unwrap();
    let found = found(&expected, b"hello");
    assert_eq!(found.etag(), "5d41402abc4b2a76b9719d911017c592");
    assert_eq!(found.checksums.keys().copied().collect::<Vec<_>>(), [Algorithm::Crc32]);
    expected.check(&found, None).unwrap();
}

#[test]
fn each_kind_of_mismatch_is_refused() {
    for (name, value) in [
        ("content-md5", "1B2M2Y8AsgTpgAmY7PhCfg=="),
        ("x-amz-checksum-crc32", "AAAAAA=="),
        ("x-amz-checksum-crc32c", "AAAAAA=="),
        ("x-amz-checksum-crc64nvme", "AAAAAAAAAAA="),
        ("x-amz-checksum-sha1", "AAAA"),
        ("x-amz-checksum-sha256", "AAAA"),
    ] {
        let expected = Expected::from_headers(&headers(&[(name, value)])).unwrap();
        let error = expected.check(&found(&expected, b"hello"), None).unwrap_err();
        assert_eq!(error.code().as_str(), "BadDigest", "{name}");
    }
}

#[test]
fn a_trailer_that_was_announced_must_come() {
    let expected = Expected::from_headers(&headers(&[("x-amz-trailer", "x-amz-checksum-sha256, x-other")])).unwrap();
    let error = expected.check(&found(&expected, b"hello"), None).unwrap_err();
    assert_eq!(error.code().as_str(), "IncompleteBody");
}

#[test]
fn content_md5_must_be_an_md5() {
    let error = Expected::from_headers(&headers(&[("content-md5", "aGVsbG8=")])).unwrap_err();
    assert_eq!(error.code().as_str(), "InvalidDigest");
}

/// The value is what `md5(md5("a") ‖ md5("b"))` gives elsewhere.
#[test]
fn the_etag_of_parts_is_the_digest_of_their_digests() {
    let parts = ["0cc175b9c0f1b6a831c399e269772661", "92eb5ffee6ae2fec3ad71c777531578f"];
    let etag = multipart_etag(parts.into_iter()).unwrap();
    assert_eq!(etag, "96e024ba2074fe77e8e965ba43a704be-2");
    assert_eq!(multipart_etag(["nonsense"].into_iter()), None);
}
