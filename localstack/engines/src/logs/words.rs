//! What a word is, and its hash. A search and a segment's filter agree because both ask here.
//!
//! A word is a longest run of ASCII letters, digits, `_` and anything that isn't ASCII; ASCII case doesn't count.

use kraken_search::{Text, in_word};

/// The parts of a source that can be searched for by their exact value.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field {
    // The numbers are in the filters of segments: they never change.
    Service = 1,
    Flow = 2,
    Run = 3,
    Job = 4,
    Step = 5,
    Agent = 6,
    Project = 7,
    Branch = 8,
}

/// Odd numbers without a pattern: the fractional digits of the golden ratio and of π.
const FACTORS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0x243f_6a88_85a3_08d3];

fn mix(hash: u64, eight_bytes: u64) -> u64 {
    // The high half of a product depends on all of its factors' bits, the low half does not.
    let product = u128::from(hash ^ eight_bytes) * u128::from(FACTORS[0]);
    (product as u64) ^ (product >> 64) as u64
}

/// Hashes `bytes`, eight at a time, each after `fold`. Words differ by their length too, so padding can't confuse them.
fn hash(seed: u64, bytes: &[u8], fold: u64) -> u64 {
    let (chunks, rest) = bytes.as_chunks::<8>();
    let mut hash = FACTORS[1] ^ seed;
    for chunk in chunks {
        hash = mix(hash, u64::from_le_bytes(*chunk) | fold);
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    mix(mix(hash, u64::from_le_bytes(last) | fold), bytes.len() as u64)
}

/// Sets in each byte the bit that tells lower case from upper. It is set in digits already; that it makes some other
/// characters look alike only makes a filter claim a little more.
const ANY_CASE: u64 = 0x2020_2020_2020_2020;

/// `in_word` for each byte.
const IN_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = in_word(byte as u8);
        byte += 1;
    }
    table
};

/// Calls `found` with the hash of each word of `text`.
pub(super) fn each_word(text: &[u8], mut found: impl FnMut(u64)) {
    let mut at = 0;
    while at < text.len() {
        let begin = at;
        while at < text.len() && IN_WORD[usize::from(text[at])] {
            at += 1;
        }
        if begin < at {
            found(hash(0, &text[begin..at], ANY_CASE));
        }
        at += 1;
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

/// The hashes of the words that any entry with `text` must have.
pub(super) fn words_of(text: &Text) -> Vec<u64> {
    let mut hashes = Vec::new();
    for word in &text.words {
        each_word(word.as_bytes(), |hash| hashes.push(hash));
    }
    for phrase in &text.phrases {
        hashes.extend(whole_words(phrase.as_bytes()));
    }
    hashes
}

/// The hash of `value` in `field`; case counts.
pub(super) fn exact(field: Field, value: &str) -> u64 {
    hash(field as u64, value.as_bytes(), 0)
}

#[cfg(test)]
mod tests;
