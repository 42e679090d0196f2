//! What is written is read back.
#![allow(clippy::unwrap_used)]

use super::{BEGIN, Count, END, Story, counts, fixed, read_counts, replaced};

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

#[test]
fn what_rounds_to_nothing_has_no_sign() {
    let numbers = [-0.0, -0.000_001, -0.004, -0.006, 0.004, -12.5].map(|number| fixed(number, 2));
    assert_eq!(numbers, ["0.00", "0.00", "0.00", "-0.01", "0.00", "-12.50"]);
    let mut less = story();
    less.counts.values_mut().for_each(|count| count.read = -0.0001);
    let mut text = String::new();
    counts(&mut text, "A story", &less);
    assert!(!text.contains("-0.00"), "{text}");
}
