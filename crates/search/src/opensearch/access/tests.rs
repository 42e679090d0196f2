#![allow(clippy::unwrap_used)]

use super::*;

fn refused(endpoint: &str, prefix: &str) -> String {
    let config = OpenSearchConfig { prefix: prefix.into(), ..OpenSearchConfig::new(endpoint, Access::Open) };
    transport(&config).unwrap_err().to_string()
}

#[test]
fn what_cannot_be_reached_is_refused_by_name() {
    for endpoint in ["", "search.example.com", "ftp://search.example.com", "http://h/?q=1", "http://h/#x", "data:x"] {
        assert!(refused(endpoint, "kraken-logs").contains("endpoint"), "{endpoint}");
    }
    for prefix in ["", "Kraken", "kraken_logs", "-logs", "logs-", "logs-2", "lögs", "a--b", "_all", "logs*", &"x".repeat(101)] {
        assert!(refused("http://127.0.0.1:1", prefix).contains("prefix"), "{prefix}");
    }
    let config = OpenSearchConfig { prefix: "a-b2-logs".into(), ..OpenSearchConfig::new("https://h:1/path", Access::Open) };
    transport(&config).unwrap();
}

#[test]
fn no_password_is_printed() {
    let refused = refused("https://me:hunter2@search.example.com", "kraken-logs");
    assert!(refused.contains("names a user") && !refused.contains("hunter2"), "{refused}");
    let access = Access::Password { user: "me".into(), password: "hunter2".into() };
    let printed = format!("{:?}", OpenSearchConfig::new("https://search.example.com", access));
    assert!(printed.contains("me") && !printed.contains("hunter2"), "{printed}");
}
