//! A query in the language of OpenSearch.
//!
//! What is asked of the index finds every entry that fits, and perhaps others: an index knows words, not what stands
//! between them or within them. `Asked::exact` says when it finds no others.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::cursor::Place;
use super::document::storable;
use crate::{Order, Query, Text, in_word};

/// Bytes of a part of a word that the index is asked for; the entry's text is looked at afterwards anyway.
const PART_BYTES: usize = 64;

/// What the index is asked.
pub(super) struct Asked {
    filter: Vec<Value>,
    order: &'static str,
    /// Whether everything it finds fits.
    pub(super) exact: bool,
}

impl Asked {
    pub(super) fn new(query: &Query) -> Self {
        let mut filter = Vec::new();
        let ids = [
            ("service", &query.service),
            ("project", &query.project),
            ("branch", &query.branch),
            ("flow", &query.flow),
            ("run", &query.run),
            ("job", &query.job),
            ("step", &query.step),
            ("agent", &query.agent),
        ];
        let given = ids.into_iter().filter_map(|(field, id)| Some((field, id.as_ref()?)));
        filter.extend(given.map(|(field, id)| json!({ "term": { field: { "value": id } } })));
        if let Some(level) = query.level {
            filter.push(json!({ "range": { "rank": { "gte": level as u8 } } }));
        }
        let bounds = [("gte", query.since), ("lt", query.until)];
        let given = bounds.into_iter().filter_map(|(bound, time)| Some((bound, time?)));
        filter.extend(given.map(|(bound, time): (_, Timestamp)| json!({ "range": { "time": { bound: storable(time).to_string() } } })));
        filter.extend(query.text.words.iter().filter_map(|word| together(word)));
        filter.extend(query.text.phrases.iter().flat_map(|phrase| parts(phrase)));
        let order = match query.order {
            Order::NewestFirst => "desc",
            Order::OldestFirst => "asc",
        };
        Self { filter, order, exact: is_exact(&query.text) }
    }

    /// The request for the places of `size` entries after `after`.
    pub(super) fn request(&self, size: usize, after: Option<&Place>) -> Value {
        let order = self.order;
        let mut request = json!({
            "size": size,
            "query": { "bool": { "filter": self.filter } },
            "sort": [
                { "time": { "order": order, "numeric_type": "date_nanos" } },
                { "origin": { "order": order } },
                { "number": { "order": order } },
            ],
            "track_total_hits": false,
            "_source": false,
            "docvalue_fields": ["bytes"],
        });
        if let Some(after) = after {
            request["search_after"] = json!(after);
        }
        request
    }
}

/// Whether each word is one word to the index, and nothing is asked that it doesn't know.
fn is_exact(text: &Text) -> bool {
    let one_word = |word: &String| word.bytes().all(in_word);
    text.phrases.iter().all(String::is_empty) && text.words.iter().all(one_word)
}

/// That all words of `text` follow each other; nothing when it has none.
fn together(text: &str) -> Option<Value> {
    text.bytes().any(in_word).then(|| json!({ "match_phrase": { "text": text } }))
}

/// What an entry must have so that `phrase` can stand in it: the words that the phrase shows both ends of, and words
/// that end or begin as its own ends do.
fn parts(phrase: &str) -> Vec<Value> {
    let Some(first_gap) = phrase.bytes().position(|byte| !in_word(byte)) else {
        let part = tail(phrase);
        return if part.is_empty() { Vec::new() } else { vec![wildcard(format!("*{part}*"))] };
    };
    let last_gap = phrase.bytes().rposition(|byte| !in_word(byte)).unwrap_or(first_gap);
    // Gaps are ASCII, so both are at the edges of characters.
    let (begin, whole, end) = (&phrase[..first_gap], &phrase[first_gap..=last_gap], &phrase[last_gap + 1..]);
    let begin = (!begin.is_empty()).then(|| wildcard(format!("*{}", tail(begin))));
    let end = (!end.is_empty()).then(|| json!({ "prefix": { "text": { "value": head(end) } } }));
    [begin, together(whole), end].into_iter().flatten().collect()
}

/// `pattern` holds nothing but word characters and the asterisks around them.
fn wildcard(pattern: String) -> Value {
    json!({ "wildcard": { "text": { "value": pattern } } })
}

/// The first bytes of a part of a word, as the index has them.
fn head(part: &str) -> String {
    part[..part.floor_char_boundary(PART_BYTES)].to_ascii_lowercase()
}

/// The last ones.
fn tail(part: &str) -> String {
    part[part.ceil_char_boundary(part.len().saturating_sub(PART_BYTES))..].to_ascii_lowercase()
}
