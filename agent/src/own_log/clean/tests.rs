#![allow(clippy::unwrap_used)]
use serde_json::json;

use super::*;

fn cleaned(line: &Value, secrets: &[&str]) -> Value {
    let redactors = [Redactor::new(secrets.iter().copied())];
    serde_json::from_slice(&clean(format!("{line}\n").as_bytes(), &redactors)).unwrap()
}

#[test]
fn the_secrets_of_jobs_are_nowhere_in_a_line() {
    let secret = "s3cret \"with\" quotes\nand a second line";
    let line = json!({"message": format!("process curl -H {secret}"), "problem": {"quoted": ["and a second line"]}, "tries": 3});
    let text = cleaned(&line, &[secret]).to_string();
    assert!(!text.contains("s3cret") && !text.contains("second line"), "{text}");
    assert!(text.contains("process curl -H") && text.contains("\"tries\":3"), "{text}");
}

#[test]
fn signed_addresses_lose_their_signature() {
    let url = "http://h/b/k?X-Amz-Expires=60&X-Amz-Credential=AK%2F1&X-Amz-Security-Token=tok&x=1&X-Amz-Signature=abc123";
    let line = json!({"error": format!("cannot get {url} now, nor \"{url}\"")});
    let text = cleaned(&line, &[])["error"].as_str().unwrap().to_owned();
    for hidden in ["AK%2F1", "tok", "abc123"] {
        assert!(!text.contains(hidden), "{text}");
    }
    assert!(text.contains("X-Amz-Expires=60") && text.contains("x=1") && text.contains(" now, nor "), "{text}");
}

#[test]
fn what_is_no_line_is_left_out() {
    assert_eq!(clean(b"{\"a\":1}\nbroken off {\n", &[]), b"{\"a\":1}\n");
    assert!(clean(b"", &[]).is_empty());
}
