#![allow(clippy::unwrap_used)]

use base64::prelude::BASE64_STANDARD;

use super::*;

const PLACE: &str = "project/01/secret/token";

fn key(byte: u8) -> String {
    BASE64_STANDARD.encode([byte; 32])
}

fn sealer(text: &str) -> Sealer {
    Sealer::held(SealingKeys::parse(text).unwrap())
}

async fn refusal(sealer: &Sealer, place: &str, sealed: &str) -> String {
    sealer.open(place, &Sealed::new(sealed)).await.unwrap_err().to_string()
}

#[tokio::test]
async fn what_is_sealed_opens_at_its_place_alone() {
    let sealer = sealer(&key(1));
    for plain in [&b""[..], b"secret", &[0xff; 10_000]] {
        let sealed = sealer.seal(PLACE, plain).await.unwrap();
        assert_eq!(**sealer.open(PLACE, &sealed).await.unwrap(), *plain);
        let moved = refusal(&sealer, "project/02/secret/token", sealed.as_str()).await;
        assert!(moved.starts_with("what is sealed for project/02/secret/token cannot be opened there"), "{moved}");
    }
}

#[tokio::test]
async fn the_same_is_never_sealed_alike() {
    let sealer = sealer(&key(1));
    assert_ne!(sealer.seal(PLACE, b"x").await.unwrap(), sealer.seal(PLACE, b"x").await.unwrap());
}

#[tokio::test]
async fn whatever_is_changed_is_noticed() {
    let sealer = sealer(&key(1));
    let sealed = sealer.seal(PLACE, b"secret").await.unwrap().as_str().to_owned();
    for at in 0..sealed.len() {
        let mut changed = sealed.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        let refused = refusal(&sealer, PLACE, &changed).await;
        assert!(!refused.contains("secret\"") && refused.contains("set it again"), "{changed}: {refused}");
    }
    for damaged in
        ["", "k1", "k1.00000000", "k1.00000000.AA", "k1.0.AA", "k2.00000000.AAAA", &sealed[..sealed.len() - 1], &format!("{sealed}.A")]
    {
        refusal(&sealer, PLACE, damaged).await;
    }
}

#[tokio::test]
async fn a_new_key_in_front_seals_and_the_old_ones_still_open() {
    let (old, both) = (sealer(&key(1)), sealer(&format!("{}\n{}\n", key(2), key(1))));
    let before = old.seal(PLACE, b"before").await.unwrap();
    assert_eq!(**both.open(PLACE, &before).await.unwrap(), *b"before");
    let after = both.seal(PLACE, b"after").await.unwrap();
    let refused = refusal(&old, PLACE, after.as_str()).await;
    assert!(refused.contains("which is not among the known ones: set it again"), "{refused}");
}

#[test]
fn a_text_that_holds_no_keys_is_none() {
    for text in ["", " ", "AAAA", "no base64!", &format!("{} AAAA", key(1))] {
        assert!(SealingKeys::parse(text).is_none(), "{text:?}");
    }
}

#[tokio::test]
async fn a_masters_key_seals_alike_after_a_restart_and_shows_nothing() {
    let sealed = Sealer::held(SealingKeys::from_master(&[7; 32])).seal(PLACE, b"secret").await.unwrap();
    let again = Sealer::held(SealingKeys::from_master(&[7; 32]));
    assert_eq!(**again.open(PLACE, &sealed).await.unwrap(), *b"secret");
    let other = Sealer::held(SealingKeys::from_master(&[8; 32]));
    assert!(refusal(&other, PLACE, sealed.as_str()).await.contains("not among the known ones"));
    let shown = format!("{again:?} {sealed:?}");
    assert!(!shown.contains(sealed.as_str()) && !shown.contains("7, 7"), "{shown}");
}

#[tokio::test]
async fn who_was_given_no_key_says_so() {
    let refused = Sealer::nobody().seal(PLACE, b"x").await.unwrap_err().to_string();
    assert!(refused.contains("KRAKEN_SEALING_KEY"), "{refused}");
}
