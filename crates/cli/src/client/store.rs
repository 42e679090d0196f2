//! The object store, by addresses that the server gave: they hold all rights that are needed, and are never sent the token.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use md5::{Digest, Md5};
use reqwest::{Response, StatusCode, Url, header};

use super::{Client, reason};
use crate::failure::{Failure, Outcome};

/// What became of reading a part of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// It came.
    Part {
        /// The part.
        bytes: Bytes,
        /// The ETag of the whole.
        etag: String,
        /// Bytes of the whole.
        total: u64,
    },
    /// There is no such object any more, or it is another one.
    Gone,
    /// The address is no longer good.
    Refused,
}

impl Client {
    /// At most `length` bytes of an object from `offset` on; of the one that has this ETag, if one is given.
    ///
    /// # Errors
    /// [`Failure::Unreachable`] when the store did not answer, or not now.
    pub async fn fetch(&self, url: &str, offset: u64, length: u64, etag: Option<&str>) -> Outcome<Fetched> {
        let range = format!("bytes={offset}-{}", offset + length - 1);
        let mut request = self.http.get(url).header(header::RANGE, range);
        if let Some(etag) = etag {
            request = request.header(header::IF_MATCH, etag);
        }
        let answer = request.send().await.map_err(|error| away(url, &reason(&error)))?;
        let text = |name: header::HeaderName| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let found = text(header::ETAG).unwrap_or_default();
        let total = match answer.status() {
            StatusCode::OK => answer.content_length(),
            StatusCode::PARTIAL_CONTENT => text(header::CONTENT_RANGE).and_then(|range| range.rsplit('/').next()?.parse().ok()),
            // There is no range of an object without bytes.
            StatusCode::RANGE_NOT_SATISFIABLE if offset == 0 => {
                return Ok(Fetched::Part { bytes: Bytes::new(), etag: found, total: 0 });
            }
            StatusCode::NOT_FOUND | StatusCode::PRECONDITION_FAILED | StatusCode::RANGE_NOT_SATISFIABLE => return Ok(Fetched::Gone),
            StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => return Ok(Fetched::Refused),
            status => return Err(away(url, &format!("it answered {status}"))),
        };
        let Some(total) = total else { return Err(away(url, "it does not say how large the object is")) };
        let bytes = answer.bytes().await.map_err(|error| away(url, &reason(&error)))?;
        Ok(Fetched::Part { bytes, etag: found, total })
    }

    /// Stores an object, or a part of one, checked by its MD5 when it arrives. Gives its ETag.
    ///
    /// # Errors
    /// [`Failure::Unreachable`] when the store did not take it: with a new address it may.
    pub async fn store(&self, url: &str, bytes: Bytes) -> Outcome<String> {
        let md5 = STANDARD.encode(Md5::digest(&bytes));
        let request = self.http.put(url).header("content-md5", md5).body(bytes);
        let answer = request.send().await.map_err(|error| away(url, &reason(&error)))?;
        if !answer.status().is_success() {
            return Err(refused(url, answer).await);
        }
        let etag = answer.headers().get(header::ETAG).and_then(|value| value.to_str().ok());
        Ok(etag.unwrap_or_default().to_owned())
    }
}

/// The store's own word for why, which is the first thing in its document; never the address, which holds a right.
async fn refused(url: &str, answer: Response) -> Failure {
    let status = answer.status();
    let said = answer.text().await.unwrap_or_default();
    let code = said.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>")).map_or("", |(code, _)| code);
    away(url, format!("it answered {status} {code}").trim_end())
}

fn away(url: &str, reason: &str) -> Failure {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    Failure::Unreachable { server: format!("the object store at {}", host.unwrap_or_default()), reason: reason.to_owned() }
}
