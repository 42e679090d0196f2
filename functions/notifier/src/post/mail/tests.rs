#![allow(clippy::unwrap_used)]
use super::*;

fn why_not(from: &str, to: &[&str]) -> String {
    let to: Vec<String> = to.iter().map(|one| (*one).to_owned()).collect();
    let mail = Mail { subject: "s".to_owned(), text: "t".to_owned(), html: "h".to_owned() };
    letter(from, &to, "1:2:email", mail).unwrap_err()
}

#[test]
fn what_is_no_mailbox_is_named_by_its_place_and_not_shown() {
    let why = why_not("ci@example.com", &["ada@example.com", "t0p-s3cret"]);
    assert!(why.contains("recipient 2 of 2") && why.contains("name@example.com") && !why.contains("s3cret"), "{why}");
    let why = why_not("t0p-s3cret", &["ada@example.com"]);
    assert!(why.contains("the sender") && !why.contains("s3cret"), "{why}");
}
