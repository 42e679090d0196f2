//! Takes secret values out of a stream of bytes.
//!
//! Invariant: whatever the borders between chunks, what comes out is the same, and holds no form of any value. So only
//! bytes that may still become part of a value are held back; all others go on at once.

use aho_corasick::{AhoCorasick, MatchKind};
use serde_json::Value;

use super::forms::forms;

/// What stands in the place of a value.
pub(super) const MASK: &str = kraken_workflow::MASK;

/// Replaces every secret value in a stream.
#[derive(Debug, Default)]
pub struct Redactor {
    patterns: Option<Patterns>,
    /// The newest bytes, as far as they may be the beginning of a value.
    held: Vec<u8>,
    /// So many bytes of `held` belong to a value that was already replaced.
    covered: usize,
}

#[derive(Clone, Debug)]
struct Patterns {
    automaton: AhoCorasick,
    list: Vec<Vec<u8>>,
    longest: usize,
    /// Which bytes begin a value.
    begins: [bool; 256],
}

impl Redactor {
    /// Looks for all forms of these values. With no values it costs nothing.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let list: Vec<Vec<u8>> = forms(values).into_iter().collect();
        if list.is_empty() {
            return Self::default();
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(&list)
            .expect("building can only fail for millions of patterns, and a job's secrets are few");
        let longest = list.iter().map(Vec::len).max().unwrap_or_default();
        let mut begins = [false; 256];
        list.iter().filter_map(|pattern| pattern.first()).for_each(|first| begins[usize::from(*first)] = true);
        Self { patterns: Some(Patterns { automaton, list, longest, begins }), ..Self::default() }
    }

    /// A second one that looks for the same, at the beginning of its own stream.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self { patterns: self.patterns.clone(), ..Self::default() }
    }

    /// Takes the next bytes of the stream and hands on what is safe to show.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn feed<E>(&mut self, chunk: &[u8], out: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let Some(patterns) = &self.patterns else { return out(chunk) };
        if self.held.is_empty() {
            let keep_from = patterns.keep_from(chunk);
            self.covered = patterns.replace(chunk, 0, keep_from, out)?;
            self.held.extend_from_slice(&chunk[keep_from..]);
        } else {
            self.held.extend_from_slice(chunk);
            let keep_from = patterns.keep_from(&self.held);
            self.covered = patterns.replace(&self.held, self.covered, keep_from, out)?;
            self.held.drain(..keep_from);
        }
        Ok(())
    }

    /// Says that nothing follows for now that could complete a value: hands on what was held back.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn flush<E>(&mut self, out: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        if let Some(patterns) = &self.patterns {
            let held = std::mem::take(&mut self.held);
            patterns.replace(&held, std::mem::take(&mut self.covered), held.len(), out)?;
        }
        Ok(())
    }

    /// A text without any secret value.
    pub fn text(&self, text: &str) -> String {
        let Some(patterns) = &self.patterns else { return text.to_owned() };
        let mut clean = Vec::with_capacity(text.len());
        let mut keep = |bytes: &[u8]| -> Result<(), std::convert::Infallible> {
            clean.extend_from_slice(bytes);
            Ok(())
        };
        let Ok(_) = patterns.replace(text.as_bytes(), 0, text.len(), &mut keep);
        String::from_utf8_lossy(&clean).into_owned()
    }

    /// Whether some text inside `value` holds a secret value.
    pub fn is_in(&self, value: &Value) -> bool {
        let Some(patterns) = &self.patterns else { return false };
        match value {
            Value::String(text) => patterns.automaton.is_match(text),
            Value::Array(items) => items.iter().any(|item| self.is_in(item)),
            Value::Object(fields) => fields.iter().any(|(name, field)| patterns.automaton.is_match(name) || self.is_in(field)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
}

impl Patterns {
    /// From where on `bytes` may be the beginning of a value that the next bytes complete.
    fn keep_from(&self, bytes: &[u8]) -> usize {
        let earliest = bytes.len().saturating_sub(self.longest - 1);
        (earliest..bytes.len())
            .find(|start| {
                let rest = &bytes[*start..];
                self.begins[usize::from(rest[0])] && self.list.iter().any(|value| value.len() > rest.len() && value.starts_with(rest))
            })
            .unwrap_or(bytes.len())
    }

    /// Hands on `bytes[..end]` with [`MASK`] in the place of values; the first `covered` bytes belong to a value that was
    /// replaced before. Values that overlap are replaced as one. Says how many bytes after `end` belong to a value that was replaced.
    fn replace<E>(&self, bytes: &[u8], covered: usize, end: usize, out: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<usize, E> {
        let mut done = covered;
        // The search for overlapping values is slow, so it begins only when the quick one found something.
        if self.automaton.is_match(bytes) {
            for (from, to) in self.places(bytes) {
                if from >= end {
                    break;
                }
                if from >= done {
                    if from > done {
                        out(&bytes[done..from])?;
                    }
                    out(MASK.as_bytes())?;
                }
                done = done.max(to);
            }
        }
        if done < end {
            out(&bytes[done..end])?;
        }
        Ok(done.saturating_sub(end))
    }

    /// Where values are, by their beginnings.
    fn places(&self, bytes: &[u8]) -> Vec<(usize, usize)> {
        let mut places: Vec<_> = self.automaton.find_overlapping_iter(bytes).map(|found| (found.start(), found.end())).collect();
        places.sort_unstable();
        places
    }
}

#[cfg(test)]
mod tests;
