#![allow(clippy::unwrap_used)]

use super::*;
use crate::s3::attributes::Attributes;

/// Modified half a second after second 1,000.
fn entry() -> Entry {
    Entry { size: 0, etag: "abc".to_owned(), modified_ms: 1_000_500, attributes: Attributes::default() }
}

fn tag(value: &str) -> Option<ETagCondition> {
    Some(ETagCondition::ETag(etag(value)))
}

fn at(second: i64) -> Option<Timestamp> {
    Some(timestamp(second * 1000))
}

#[test]
fn reads() {
    let none = ReadConditions::default;
    let cases = [
        (none(), Outcome::Proceed),
        (ReadConditions { if_match: tag("abc"), ..none() }, Outcome::Proceed),
        (ReadConditions { if_match: Some(ETagCondition::Any), ..none() }, Outcome::Proceed),
        (ReadConditions { if_match: tag("x"), ..none() }, Outcome::Failed("If-Match")),
        (ReadConditions { if_none_match: tag("abc"), ..none() }, Outcome::NotModified),
        (ReadConditions { if_none_match: tag("x"), ..none() }, Outcome::Proceed),
        (ReadConditions { if_modified_since: at(1000), ..none() }, Outcome::NotModified),
        (ReadConditions { if_modified_since: at(999), ..none() }, Outcome::Proceed),
        (ReadConditions { if_unmodified_since: at(1000), ..none() }, Outcome::Proceed),
        (ReadConditions { if_unmodified_since: at(999), ..none() }, Outcome::Failed("If-Unmodified-Since")),
        // An ETag outweighs a time.
        (ReadConditions { if_match: tag("abc"), if_unmodified_since: at(1), ..none() }, Outcome::Proceed),
        (ReadConditions { if_none_match: tag("x"), if_modified_since: at(2000), ..none() }, Outcome::Proceed),
    ];
    for (conditions, expected) in cases {
        assert_eq!(conditions.evaluate(&entry()), expected, "{conditions:?}");
    }
}

#[test]
fn writes() {
    assert_eq!(of_write(None, None).unwrap(), Condition::Always);
    assert_eq!(of_write(None, Some(ETagCondition::Any)).unwrap(), Condition::Absent);
    assert_eq!(of_write(tag("abc"), None).unwrap(), Condition::Etag("abc".to_owned()));
    assert_eq!(of_write(Some(ETagCondition::Any), None).unwrap(), Condition::Present);
    assert!(of_write(None, tag("abc")).is_err());
    assert!(of_write(tag("abc"), Some(ETagCondition::Any)).is_err());
}
