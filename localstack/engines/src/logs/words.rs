//! What a word is, and its hash. A search and a segment's filter agree because both ask here.
//!
//! A word is a longest run of ASCII letters, digits, `_` and anything that isn't ASCII; ASCII case doesn't count.

/// Whether `byte` is part of a word.
pub(super) fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// The parts of an origin that can be searched for by their exact value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field {
    Service = 1,
    Flow,
    Run,
    Job,
    Step,
    Agent,
}

// FNV-1a, 64 bit (http://www.isthe.com/chongo/tech/comp/fnv/), finished with the mixer of MurmurHash3.
const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

fn step(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(PRIME)
}

fn finish(mut hash: u64) -> u64 {
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

/// Calls `found` with the hash of each word of `text`.
pub(super) fn each_word(text: &[u8], mut found: impl FnMut(u64)) {
    let (mut hash, mut inside) = (BASIS, false);
    for &byte in text {
        if in_word(byte) {
            hash = step(hash, byte.to_ascii_lowercase());
            inside = true;
        } else if inside {
            found(finish(hash));
            (hash, inside) = (BASIS, false);
        }
    }
    if inside {
        found(finish(hash));
    }
}

/// The hashes of the words that any text holding `phrase` must have: those that the phrase shows both ends of.
pub(super) fn whole_words(phrase: &[u8]) -> Vec<u64> {
    let begin = phrase.iter().position(|byte| !in_word(*byte));
    let end = phrase.iter().rposition(|byte| !in_word(*byte));
    let mut hashes = Vec::new();
    if let (Some(begin), Some(end)) = (begin, end) {
        each_word(&phrase[begin..=end], |hash| hashes.push(hash));
    }
    hashes
}

/// The hash of `value` in `field`. It can't be that of a word: words don't hold control characters.
pub(super) fn exact(field: Field, value: &str) -> u64 {
    let tagged = step(BASIS, field as u8);
    finish(value.bytes().fold(tagged, step))
}

#[cfg(test)]
mod tests;
