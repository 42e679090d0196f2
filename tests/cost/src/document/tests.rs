//! What is written is read back.
#![allow(clippy::unwrap_used)]

use super::{BEGIN, Count, END, Story, counts, read_counts, replaced};

fn story() -> Story {
    let mut story = Story::default();
    let key = ("agent".to_owned(), "S3 PutObject".to_owned());
    story.counts.insert(key, Count { calls: 2.0, read: 0.0, write: 1.5 });
    story
}

#[test]
fn counts_are_read_as_they_were_written() {
    let mut text = String::new();
    counts(&mut text, "A story", &story());
    assert_eq!(read_counts(&text)["A story"], story().counts);
}

#[test]
fn only_the_counted_part_is_replaced() {
    let document = format!("before {BEGIN} old {END} after");
    assert_eq!(replaced(&document, "new").unwrap(), "before new after");
    assert!(replaced("no marks", "new").is_err());
}
