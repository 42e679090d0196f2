//! The place of an entry in the order, as it is written in cursors and asked for with `search_after`: its time, its
//! origin, and its number within it. No two entries have one place.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::{Query, SearchError};

/// Nanoseconds since 1970, origin, number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Place(i64, String, i64);

impl Place {
    pub(super) fn cursor(&self) -> Result<String, SearchError> {
        let text = serde_json::to_vec(self).map_err(|error| SearchError::Unavailable(format!("no cursor: {error}")))?;
        Ok(URL_SAFE_NO_PAD.encode(text))
    }

    pub(super) fn parse(cursor: &str) -> Result<Self, SearchError> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| Query::wrong_cursor(cursor))?;
        serde_json::from_slice(&bytes).map_err(|_| Query::wrong_cursor(cursor))
    }
}
