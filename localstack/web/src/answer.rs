//! What a browser is answered.
//!
//! An address without a file is a page of the UI, which finds its way itself; so it is answered by `index.html`. Below `/assets/` names change
//! with their content: they are kept for ever, and a name that is not there is an error.

use std::io::Read;

use bytes::Bytes;
use flate2::read::GzDecoder;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

use crate::{
    File, SITE, Stored,
    headers::{Coding, has, secure, takes},
};

const ASSETS: &str = "/assets/";
const INDEX: &str = "/index.html";
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const ASK_FIRST: &str = "no-cache";

/// Said instead of the UI by a program that was built without it.
const NOT_BUILT: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Kraken</title>\n<h1>Kraken runs, without its web UI</h1>\n\
<p>This program was built before the UI was. With Node 20 or later: <code>make ui</code>, then build the program again.</p>\n\
<p>The command line does everything, too: <code>kraken --help</code>. The API is described at <a href=\"/api/docs\">/api/docs</a>.</p>\n";

/// A web UI: its files.
#[derive(Clone, Copy, Debug)]
pub struct Site {
    files: &'static [File],
}

/// What the UI in this program answers at `path`.
pub fn answer(method: &Method, path: &str, headers: &HeaderMap) -> Response<Bytes> {
    SITE.answer(method, path, headers)
}

impl Site {
    /// The site of these files, which are sorted by address.
    pub(crate) const fn new(files: &'static [File]) -> Self {
        Self { files }
    }

    /// What a browser is answered at `path`. A body comes with `HEAD`, too: whoever writes to the connection leaves it out.
    pub fn answer(&self, method: &Method, path: &str, headers: &HeaderMap) -> Response<Bytes> {
        let mut response = if method != Method::GET && method != Method::HEAD {
            let mut refused =
                said(StatusCode::METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "pages are only read: the API is below /api/\n");
            refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            refused
        } else if let Some(file) = self.file(path) {
            file.answer(headers)
        } else if path.starts_with(ASSETS) {
            said(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "no such file: the web UI was upgraded, load the page again\n")
        } else {
            match self.file(INDEX) {
                Some(index) => index.answer(headers),
                None => said(StatusCode::NOT_FOUND, "text/html; charset=utf-8", NOT_BUILT),
            }
        };
        secure(response.headers_mut());
        response
    }

    fn file(&self, path: &str) -> Option<&'static File> {
        let at = self.files.binary_search_by(|file| file.path.cmp(path)).ok()?;
        self.files.get(at)
    }
}

impl File {
    fn answer(&self, asked: &HeaderMap) -> Response<Bytes> {
        let (coding, body) = self.stored.coded(asked);
        let tag = format!("\"{}{}\"", self.tag, coding.name().map_or(String::new(), |name| format!("-{name}")));
        let unchanged = has(asked, &tag);
        let mut response = Response::new(if unchanged { Bytes::new() } else { body() });
        if unchanged {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(if self.path.starts_with(ASSETS) { FOR_EVER } else { ASK_FIRST }));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        if matches!(self.stored, Stored::Packed { .. }) {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if !unchanged {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media));
            if let Some(name) = coding.name() {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
            }
        }
        response
    }
}

impl Stored {
    /// The best way that the browser takes, and the bytes, made when they are wanted.
    fn coded(self, asked: &HeaderMap) -> (Coding, impl FnOnce() -> Bytes) {
        let (coding, kept) = match self {
            Self::Plain(bytes) => (Coding::Identity, bytes),
            Self::Packed { brotli: Some(brotli), .. } if takes(asked, "br") => (Coding::Brotli, brotli),
            Self::Packed { gzip, .. } if takes(asked, "gzip") => (Coding::Gzip, gzip),
            Self::Packed { gzip, .. } => (Coding::Identity, gzip),
        };
        let inflate = coding == Coding::Identity && matches!(self, Self::Packed { .. });
        (coding, move || if inflate { inflated(kept) } else { Bytes::from_static(kept) })
    }
}

fn inflated(gzip: &[u8]) -> Bytes {
    let mut plain = Vec::new();
    // What was packed when this program was built can be read: its own tests do.
    let _whole = GzDecoder::new(gzip).read_to_end(&mut plain);
    plain.into()
}

fn said(status: StatusCode, media: &'static str, words: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(words.as_bytes()));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests;
