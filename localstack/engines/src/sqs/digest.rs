//! The MD5 sums that SQS returns and some SDKs compare with what they sent. The sum of attributes follows
//! "Calculating the MD5 message digest for message attributes" in the SQS Developer Guide.

use std::collections::BTreeMap;

use md5::{Digest, Md5};

use super::wire::AttributeValue;

/// Marks a text value (`String`, `Number`) in the sum.
const TEXT: u8 = 1;
/// Marks a binary value in the sum.
const BINARY: u8 = 2;

pub(super) fn of_body(body: &str) -> String {
    hex::encode(Md5::digest(body))
}

/// `None` if there are no attributes. The map is sorted by name, as the sum demands.
pub(super) fn of_attributes(attributes: &BTreeMap<String, AttributeValue>) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut digest = Md5::new();
    for (name, value) in attributes {
        add(&mut digest, name.as_bytes());
        add(&mut digest, value.data_type.as_bytes());
        match (&value.string_value, value.binary()) {
            (Some(text), _) => {
                digest.update([TEXT]);
                add(&mut digest, text.as_bytes());
            }
            (None, bytes) => {
                digest.update([BINARY]);
                add(&mut digest, &bytes);
            }
        }
    }
    Some(hex::encode(digest.finalize()))
}

/// Each part goes in with its length before it, four bytes, big end first.
fn add(digest: &mut Md5, part: &[u8]) {
    digest.update(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    digest.update(part);
}
