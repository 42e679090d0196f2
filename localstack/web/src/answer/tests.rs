#![allow(clippy::unwrap_used)]

use super::*;

const SCRIPT: &str = "console.log('kraken')\n";
/// [`SCRIPT`], by `gzip -n`.
const SCRIPT_GZIP: &[u8] = &[
    31, 139, 8, 0, 0, 0, 0, 0, 2, 255, 75, 206, 207, 43, 206, 207, 73, 213, 203, 201, 79, 215, 80, 207, 46, 74, 204, 78, 205, 83, 215, 228,
    2, 0, 73, 126, 139, 238, 22, 0, 0, 0,
];

static FILES: [File; 4] = [
    File {
        path: "/assets/app-1.js",
        media: "text/javascript; charset=utf-8",
        tag: "a1",
        stored: Stored::Packed { gzip: SCRIPT_GZIP, brotli: Some(b"brotli") },
    },
    File { path: "/assets/font-1.woff2", media: "font/woff2", tag: "f1", stored: Stored::Plain(b"font") },
    File { path: "/index.html", media: "text/html; charset=utf-8", tag: "i1", stored: Stored::Plain(b"<!doctype html>") },
    File {
        path: "/theme.js",
        media: "text/javascript; charset=utf-8",
        tag: "t1",
        stored: Stored::Packed { gzip: SCRIPT_GZIP, brotli: None },
    },
];
const BUILT: Site = Site::new(&FILES);

fn asked(site: Site, path: &str, headers: &[(http::HeaderName, &'static str)]) -> Response<Bytes> {
    let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect();
    site.answer(&Method::GET, path, &headers)
}

fn header(response: &Response<Bytes>, name: http::HeaderName) -> &str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

#[test]
fn pages_are_answered_by_the_index_whatever_their_name() {
    for path in ["/", "/index.html", "/flows/01m82htcs14dfhje6cb0941ce4", "/p/kraken/b/release-1.2", "/p/a%2Fb/b/x.js", "/design"] {
        let page = asked(BUILT, path, &[]);
        assert_eq!((page.status(), page.body().as_ref()), (StatusCode::OK, b"<!doctype html>".as_slice()), "{path}");
        assert_eq!(header(&page, header::CACHE_CONTROL), "no-cache", "{path}");
    }
}

#[test]
fn what_never_changes_is_kept_for_ever_and_what_is_not_there_is_an_error() {
    let font = asked(BUILT, "/assets/font-1.woff2", &[]);
    assert_eq!(header(&font, header::CACHE_CONTROL), "public, max-age=31536000, immutable");
    assert_eq!((header(&font, header::CONTENT_TYPE), font.body().as_ref()), ("font/woff2", b"font".as_slice()));
    let gone = asked(BUILT, "/assets/app-0.js", &[]);
    assert_eq!((gone.status(), header(&gone, header::CACHE_CONTROL)), (StatusCode::NOT_FOUND, "no-store"));
}

#[test]
fn packed_files_come_as_the_browser_takes_them() {
    let coded = |takes| {
        let script = asked(BUILT, "/assets/app-1.js", &[(header::ACCEPT_ENCODING, takes)]);
        assert_eq!(header(&script, header::VARY), "accept-encoding");
        (header(&script, header::CONTENT_ENCODING).to_owned(), script.into_body())
    };
    assert_eq!(coded("gzip, deflate, br, zstd"), ("br".to_owned(), Bytes::from_static(b"brotli")));
    assert_eq!(coded("*"), ("br".to_owned(), Bytes::from_static(b"brotli")));
    assert_eq!(coded("gzip, deflate"), ("gzip".to_owned(), Bytes::from_static(SCRIPT_GZIP)));
    assert_eq!(coded("br;q=0, gzip;q=0.5"), ("gzip".to_owned(), Bytes::from_static(SCRIPT_GZIP)));
    assert_eq!(coded("identity"), (String::new(), Bytes::from_static(SCRIPT.as_bytes())));
    assert_eq!(coded("gzip;q=0, br;q=0.0"), (String::new(), Bytes::from_static(SCRIPT.as_bytes())));
    let theme = asked(BUILT, "/theme.js", &[(header::ACCEPT_ENCODING, "br, gzip")]);
    assert_eq!(header(&theme, header::CONTENT_ENCODING), "gzip");
}

#[test]
fn what_a_browser_has_is_not_sent_again() {
    let script = asked(BUILT, "/theme.js", &[(header::ACCEPT_ENCODING, "gzip")]);
    assert_eq!(header(&script, header::ETAG), "\"t1-gzip\"");
    for tag in ["\"t1-gzip\"", "W/\"t1-gzip\"", "\"other\", \"t1-gzip\"", "*"] {
        let again = asked(BUILT, "/theme.js", &[(header::ACCEPT_ENCODING, "gzip"), (header::IF_NONE_MATCH, tag)]);
        assert_eq!((again.status(), again.body().len()), (StatusCode::NOT_MODIFIED, 0), "{tag}");
        assert_eq!((header(&again, header::ETAG), header(&again, header::CONTENT_ENCODING)), ("\"t1-gzip\"", ""), "{tag}");
    }
    // It has another coding of it.
    let other = asked(BUILT, "/theme.js", &[(header::IF_NONE_MATCH, "\"t1-gzip\"")]);
    assert_eq!((other.status(), other.body().as_ref()), (StatusCode::OK, SCRIPT.as_bytes()));
}

#[test]
fn every_answer_carries_the_headers_that_keep_the_page_safe() {
    for (site, path) in [(BUILT, "/"), (BUILT, "/assets/app-1.js"), (BUILT, "/assets/none"), (Site::new(&[]), "/")] {
        let answer = asked(site, path, &[(header::IF_NONE_MATCH, "*")]);
        let policy = header(&answer, header::CONTENT_SECURITY_POLICY);
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; ") && policy.ends_with("require-trusted-types-for 'script'"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("  "), "{policy}");
        assert_eq!(header(&answer, header::X_CONTENT_TYPE_OPTIONS), "nosniff", "{path}");
    }
}

#[test]
fn pages_are_only_read() {
    let answer = BUILT.answer(&Method::POST, "/flows", &HeaderMap::new());
    assert_eq!((answer.status(), header(&answer, header::ALLOW)), (StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD"));
    assert_eq!(BUILT.answer(&Method::HEAD, "/flows", &HeaderMap::new()).status(), StatusCode::OK);
}

#[test]
fn a_program_without_the_ui_says_how_to_get_it() {
    let answer = asked(Site::new(&[]), "/flows/1", &[]);
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert!(String::from_utf8_lossy(answer.body()).contains("make ui"));
}

#[test]
fn the_files_in_this_program_can_be_found_and_unpacked() {
    assert!(crate::FILES.is_sorted_by_key(|file| file.path));
    for file in crate::FILES {
        let whole = asked(SITE, file.path, &[(header::ACCEPT_ENCODING, "identity")]);
        assert!(!whole.body().is_empty(), "{} is empty", file.path);
    }
    assert!(crate::FILES.is_empty() || asked(SITE, "/any/page", &[]).body().starts_with(b"<!doctype html>"));
}
