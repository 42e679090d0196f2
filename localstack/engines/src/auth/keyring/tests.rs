#![allow(clippy::unwrap_used)]

use jiff::{SignedDuration, Timestamp};

use super::*;

const NOW: i64 = 1_800_000_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn keyring() -> Keyring {
    Keyring::new([7; 32])
}

#[test]
fn minted_credentials_resolve_to_their_agent_until_they_end() {
    let minted = keyring().mint("01J/ä agent", at(NOW + 60));
    let (secret, principal) = keyring().resolve(&minted.access_key_id, at(NOW)).unwrap();
    assert_eq!(secret, minted.secret_access_key);
    assert_eq!(principal, Principal::Agent { id: "01J/ä agent".into() });
    assert_eq!(keyring().resolve(&minted.access_key_id, at(NOW + 60)), Err(AuthError::ExpiredToken));
}

#[test]
fn the_expiry_is_cut_to_seconds_and_told_so() {
    let expires = at(NOW) + SignedDuration::from_millis(900);
    assert_eq!(keyring().mint("a", expires).expires, at(NOW));
}

#[test]
fn a_longer_expiry_needs_another_secret() {
    let short = keyring().mint("a", at(NOW));
    let long = keyring().mint("a", at(NOW + 1));
    assert_ne!(short.secret_access_key, long.secret_access_key);
    assert_ne!(short.session_token, long.session_token);
    assert_ne!(short.secret_access_key, short.session_token);
}

#[test]
fn the_owner_has_a_secret_of_the_master_key_and_no_token() {
    let owner = keyring().owner();
    assert_eq!(keyring().resolve(&owner.access_key_id, at(NOW)).unwrap(), (owner.secret_access_key.clone(), Principal::Owner));
    assert_ne!(Keyring::new([8; 32]).owner().secret_access_key, owner.secret_access_key);
    assert!(keyring().check_token(&owner.access_key_id, None).is_ok());
    assert!(keyring().check_token(&owner.access_key_id, Some("x")).is_err());
}

#[test]
fn a_session_token_belongs_to_one_key() {
    let (a, b) = (keyring().mint("a", at(NOW)), keyring().mint("b", at(NOW)));
    assert!(keyring().check_token(&a.access_key_id, Some(&a.session_token)).is_ok());
    assert!(keyring().check_token(&a.access_key_id, Some(&b.session_token)).is_err());
    assert!(keyring().check_token(&a.access_key_id, Some("")).is_err());
    assert!(keyring().check_token(&a.access_key_id, None).is_err());
}

#[test]
fn made_up_key_ids_are_unknown() {
    for id in [
        "",
        "KRKA",
        "KRKA006b49d200",
        "KRKA006b49d200zz",
        "KRKA+06b49d20061",
        "KRKA006b49d200ff",
        "AKIAIOSFODNN7EXAMPLE",
        "KRKAé00000000061",
    ] {
        let refusal = keyring().resolve(id, at(NOW)).unwrap_err();
        assert_eq!(refusal.code(), "InvalidClientTokenId", "{id}");
    }
}

#[test]
fn debug_output_holds_no_secret() {
    let minted = keyring().mint("a", at(NOW));
    let owner = keyring().owner();
    let text = format!("{minted:?} {owner:?} {:?}", keyring());
    for secret in [&minted.secret_access_key, &minted.session_token, &owner.secret_access_key] {
        assert!(!text.contains(secret.as_str()));
    }
}
