//! Lists: as many pages as the user wants rows.

use clap::Args;
use kraken_protocol::api::Page;
use serde::de::DeserializeOwned;

use super::Client;
use crate::{
    failure::{Failure, Outcome},
    screen::Screen,
};

/// Rows that the API gives at most at a time.
const PAGE_ROWS: usize = 200;

/// How much of a list is wanted.
#[derive(Clone, Copy, Debug, Args)]
pub struct Pages {
    /// Show at most this many rows
    #[arg(long, value_name = "ROWS", default_value_t = 50, value_parser = rows)]
    pub limit: usize,
    /// Show all rows
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
}

fn rows(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|rows| *rows > 0).ok_or_else(|| "expected a whole number from 1; --all gives all rows".to_owned())
}

impl Pages {
    /// Everything.
    pub const ALL: Self = Self { limit: usize::MAX, all: true };

    fn wanted(self) -> usize {
        if self.all { usize::MAX } else { self.limit }
    }
}

/// Rows, and whether there are more.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether the server has more than were wanted.
    pub more: bool,
}

impl<T> Listed<T> {
    /// Says so, if there are more.
    pub fn note_more(&self, screen: &mut Screen) -> Outcome {
        if self.more { screen.note("there are more: --limit ROWS or --all shows them") } else { Ok(()) }
    }
}

impl Client {
    /// The rows of a list, page after page.
    pub async fn list<T: DeserializeOwned>(&self, path: &str, query: &[(&str, String)], pages: Pages) -> Outcome<Listed<T>> {
        let mut rows: Vec<T> = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let missing = pages.wanted() - rows.len();
            let mut query = query.to_vec();
            query.push(("limit", missing.min(PAGE_ROWS).to_string()));
            query.extend(cursor.clone().map(|cursor| ("cursor", cursor)));
            let page: Page<T> = self.get_with(path, &query).await?;
            rows.extend(page.items);
            match page.next {
                // A server that gives the same cursor for ever must not hold us for ever.
                Some(next) if Some(&next) == cursor.as_ref() => {
                    return Err(Failure::NotTheApi { server: self.server().to_string(), reason: format!("{path} never ends") });
                }
                Some(next) if rows.len() < pages.wanted() => cursor = Some(next),
                next => {
                    let more = next.is_some() || rows.len() > pages.wanted();
                    rows.truncate(pages.wanted());
                    return Ok(Listed { rows, more });
                }
            }
        }
    }

    /// All rows of a list.
    pub async fn list_all<T: DeserializeOwned>(&self, path: &str) -> Outcome<Vec<T>> {
        Ok(self.list(path, &[], Pages::ALL).await?.rows)
    }
}
