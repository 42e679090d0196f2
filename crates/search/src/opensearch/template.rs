//! What OpenSearch is told about our indices before the first one is made: fields, and how text is taken apart.
//!
//! Invariant: the words of a text are the same here as everywhere in this crate (`in_word`, ASCII case aside). Only
//! listed fields are indexed, so that nobody's logs grow the mapping.

use serde_json::{Value, json};

use super::names::Names;
use crate::in_word;

/// Raised with each change below. A template is replaced by later ones only: functions of two versions may run at once.
pub(super) const VERSION: u64 = 1;

/// Characters of a word that are indexed as one; what follows counts as another word. Lucene takes no word of more than
/// 32766 bytes.
const WORD_CHARS: usize = 8000;

/// Ids longer than this can't be searched for. In UTF-8, Lucene's limit again.
const ID_CHARS: usize = 8191;

/// The index template. `serverless`: without what a collection decides by itself.
pub(super) fn template(names: &Names, serverless: bool) -> Value {
    let id = json!({ "type": "keyword", "ignore_above": ID_CHARS });
    let mut index = json!({ "analysis": analysis() });
    if !serverless {
        index["number_of_shards"] = json!(1);
        // A copy where there is a second node to hold it.
        index["auto_expand_replicas"] = json!("0-1");
        index["codec"] = json!("best_compression");
        index["refresh_interval"] = json!("5s");
    }
    json!({
        "index_patterns": names.patterns(),
        "version": VERSION,
        "_meta": { "description": "Log entries of Kraken, an index for each day" },
        "template": {
            "settings": { "index": index },
            "mappings": {
                "dynamic": false,
                "properties": {
                    "time": { "type": "date_nanos" },
                    "text": { "type": "text", "analyzer": "words", "norms": false },
                    "level": id,
                    // What levels are compared by: they have no order as names.
                    "rank": { "type": "byte" },
                    "service": id,
                    "project": id,
                    "branch": id,
                    "flow": id,
                    "run": id,
                    "job": id,
                    "step": id,
                    "agent": id,
                    "origin": id,
                    "number": { "type": "long" },
                    // Known before a text is fetched, so that pages stay small.
                    "bytes": { "type": "integer" },
                },
            },
        },
    })
}

fn analysis() -> Value {
    let between: Vec<String> = (0..=u8::MAX).filter(|byte| !in_word(*byte)).map(separator).collect();
    let lower: Vec<String> = ('A'..='Z').map(|letter| format!("{letter} => {}", letter.to_ascii_lowercase())).collect();
    json!({
        "char_filter": { "ascii_lower_case": { "type": "mapping", "mappings": lower } },
        "tokenizer": { "words": { "type": "char_group", "tokenize_on_chars": between, "max_token_length": WORD_CHARS } },
        "analyzer": { "words": { "type": "custom", "char_filter": ["ascii_lower_case"], "tokenizer": "words" } },
    })
}

/// A character as `char_group` wants it: itself, a backslash as an escape.
fn separator(byte: u8) -> String {
    match byte {
        b'\\' => r"\\".to_owned(),
        other => char::from(other).to_string(),
    }
}
