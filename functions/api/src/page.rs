//! Pages of lists.

use kraken_control::ControlError;
use kraken_protocol::api::Page;
use kraken_store::{Cursor, Paged};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::problem::ApiError;

const LIMIT_DEFAULT: u32 = 50;
const LIMIT_MAX: u32 = 200;

/// Which page of a list is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageAsked {
    /// `next` of the page before; absent for the first one.
    pub(crate) cursor: Option<String>,
    /// The most rows to give: 1 to 200, 50 when absent.
    pub(crate) limit: Option<u32>,
}

impl PageAsked {
    /// The cursor and the limit.
    pub(crate) fn bounds(self) -> Result<(Option<Cursor>, u32), ApiError> {
        self.bounds_up_to(LIMIT_MAX)
    }

    /// The same for a list that gives up to `most` rows.
    pub(crate) fn bounds_up_to(self, most: u32) -> Result<(Option<Cursor>, u32), ApiError> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=most).contains(&limit) {
            return Err(ControlError::invalid("/query/limit", format!("{limit} rows cannot be given at once: expected 1 to {most}")).into());
        }
        Ok((self.cursor.map(Cursor::from), limit))
    }
}

/// A page of records as a page of views.
pub(crate) fn page<T, V>(paged: Paged<T>, view: impl FnMut(T) -> V) -> Page<V> {
    let paged = paged.map(view);
    Page { items: paged.items, next: paged.next.map(|cursor| cursor.to_string()) }
}
