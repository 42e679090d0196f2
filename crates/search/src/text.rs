//! What a search says about the text of an entry, and finding it.

use std::ops::Range;

use regex::bytes::{Regex, RegexBuilder};

use crate::SearchError;

/// Bytes that a word or a phrase may have.
const MAX_NEEDLE_BYTES: usize = 1024;

/// Words and phrases that a search may have.
const MAX_NEEDLES: usize = 64;

/// Whether `byte` is part of a word: ASCII letters, digits, `_`, and all that isn't ASCII.
pub const fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// What an entry's text must have: every word, and every phrase. ASCII case doesn't count; other case does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// Each stands in the text with no letter, digit or `_` right before or after it. A word may hold other characters
    /// (`out-of-memory`).
    pub words: Vec<String>,
    /// Each stands anywhere in the text, within words too.
    pub phrases: Vec<String>,
}

impl Text {
    /// What a person types: words, and phrases in double quotes. A quote that is never closed goes to the end.
    pub fn parse(typed: &str) -> Self {
        let mut text = Self::default();
        for (index, part) in typed.split('"').enumerate() {
            if index % 2 == 0 {
                text.words.extend(part.split_whitespace().map(str::to_owned));
            } else if !part.is_empty() {
                text.phrases.push(part.to_owned());
            }
        }
        text
    }
}

/// A text made ready to be found in bytes.
#[derive(Debug)]
pub struct Matcher {
    /// Longest first: the longest is likely the rarest, and it is looked for first.
    needles: Vec<Needle>,
}

impl Matcher {
    /// Prepares `text`; refuses one that is too much to be looked for.
    pub fn new(text: &Text) -> Result<Self, SearchError> {
        let count = text.words.len() + text.phrases.len();
        if count > MAX_NEEDLES {
            return Err(SearchError::Query(format!("text: {count} words and phrases, expected at most {MAX_NEEDLES}")));
        }
        let words = text.words.iter().filter(|word| !word.is_empty()).map(|word| Needle::new(word, true));
        let phrases = text.phrases.iter().filter(|phrase| !phrase.is_empty()).map(|phrase| Needle::new(phrase, false));
        let mut needles = words.chain(phrases).collect::<Result<Vec<_>, _>>()?;
        needles.sort_by_key(|needle| std::cmp::Reverse(needle.length));
        Ok(Self { needles })
    }

    /// Whether every text has it.
    pub fn is_empty(&self) -> bool {
        self.needles.is_empty()
    }

    /// Whether `text`, of any number of entries, is worth a closer look.
    pub fn may_be_in(&self, text: &[u8]) -> bool {
        self.is_empty() || self.next(text, 0).is_some()
    }

    /// Where in `text`, at or after `from`, the first needle stands.
    pub fn next(&self, text: &[u8], from: usize) -> Option<Range<usize>> {
        self.needles.first()?.next(text, from)
    }

    /// Whether `line` has all of it.
    pub fn matches(&self, line: &[u8]) -> bool {
        self.needles.iter().all(|needle| needle.next(line, 0).is_some())
    }
}

#[derive(Debug)]
struct Needle {
    regex: Regex,
    length: usize,
    /// Whether a word character may not come right before, and right after.
    edges: (bool, bool),
}

impl Needle {
    fn new(needle: &str, whole: bool) -> Result<Self, SearchError> {
        if needle.len() > MAX_NEEDLE_BYTES {
            let bytes = needle.len();
            return Err(SearchError::Query(format!("text: a word or phrase of {bytes} bytes, expected at most {MAX_NEEDLE_BYTES}")));
        }
        // Bytes, not characters: the case of what isn't ASCII counts, here as in every index of words.
        let regex = RegexBuilder::new(&regex::escape(needle)).case_insensitive(true).unicode(false).build();
        let regex = regex.map_err(|error| SearchError::Query(format!("text {needle:?}: {error}")))?;
        let bytes = needle.as_bytes();
        let edge = |byte: Option<&u8>| whole && byte.is_some_and(|byte| in_word(*byte));
        Ok(Self { regex, length: bytes.len(), edges: (edge(bytes.first()), edge(bytes.last())) })
    }

    fn next(&self, text: &[u8], mut from: usize) -> Option<Range<usize>> {
        loop {
            let found = self.regex.find_at(text, from)?.range();
            let before = found.start.checked_sub(1).and_then(|at| text.get(at));
            let joined = |byte: Option<&u8>| byte.is_some_and(|byte| in_word(*byte));
            if !(self.edges.0 && joined(before) || self.edges.1 && joined(text.get(found.end))) {
                return Some(found);
            }
            // A needle that begins a word can't stand further on in the word it was found in. Going on behind it keeps the
            // time linear in the text, however long its words are.
            let skipped = if self.edges.0 { text[found.start..].iter().take_while(|byte| in_word(**byte)).count() } else { 1 };
            from = found.start + skipped;
        }
    }
}

#[cfg(test)]
mod tests;
