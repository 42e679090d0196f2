//! The published vectors.
#![allow(clippy::unwrap_used)]

use super::*;

/// RFC 4231, sections 4.2, 4.3, 4.4 and 4.7.
#[test]
fn the_published_vectors_of_hmac_sha256_come_out() {
    let vectors: [(&[u8], &[u8], &str); 4] = [
        (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (&[0xaa; 20], &[0xdd; 50], "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        (
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ];
    for (key, message, expected) in vectors {
        assert_eq!(hex::encode(hmac_sha256(key, &[message])), expected);
        let (head, tail) = message.split_at(3);
        let guess = hex::decode(expected).unwrap();
        assert!(is_hmac_sha256(key, &[head, tail], &guess));
        assert!(!is_hmac_sha256(key, &[head], &guess));
        assert!(!is_hmac_sha256(key, &[message], &guess[..31]));
        assert!(!is_hmac_sha256(key, &[message], &[]));
    }
}

#[test]
fn secrets_are_the_same_only_when_they_are() {
    assert!(same_secret(b"abc", b"abc"));
    for other in ["", "ab", "abcd", "abC"] {
        assert!(!same_secret(b"abc", other.as_bytes()));
    }
}
