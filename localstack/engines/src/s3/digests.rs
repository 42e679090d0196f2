//! The digests of a body: the MD5 that becomes its ETag, and the checksums a client asks to have verified.
//!
//! A client announces a checksum in a header, or names it in `x-amz-trailer` and sends it after the body. All of them
//! are computed while the body passes and compared before anything is committed.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use md5::{Digest, Md5};
use s3s::checksum::ChecksumHasher;
use s3s::{S3Result, TrailingHeaders, s3_error};
use serde::{Deserialize, Serialize};

/// A checksum algorithm of S3, besides MD5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Algorithm {
    Crc32,
    Crc32c,
    Crc64nvme,
    Sha1,
    Sha256,
}

impl Algorithm {
    const ALL: [Self; 5] = [Self::Crc32, Self::Crc32c, Self::Crc64nvme, Self::Sha1, Self::Sha256];

    /// The header, or trailer, that carries the value in base64.
    pub(crate) fn header(self) -> &'static str {
        match self {
            Self::Crc32 => "x-amz-checksum-crc32",
            Self::Crc32c => "x-amz-checksum-crc32c",
            Self::Crc64nvme => "x-amz-checksum-crc64nvme",
            Self::Sha1 => "x-amz-checksum-sha1",
            Self::Sha256 => "x-amz-checksum-sha256",
        }
    }
}

/// Checksums in base64.
pub(crate) type Checksums = BTreeMap<Algorithm, String>;

/// The headers that tell a client the checksums of an object.
pub(crate) fn checksum_headers(checksums: &Checksums) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (algorithm, value) in checksums {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(algorithm.header()), value);
        }
    }
    headers
}

/// What the client says the digests are.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    md5: Option<[u8; 16]>,
    values: Checksums,
    trailers: Vec<Algorithm>,
    /// Asked for by name: to be computed and kept, with nothing to compare.
    named: Vec<Algorithm>,
}

impl Expected {
    /// From the headers of a PUT.
    pub(crate) fn from_headers(headers: &HeaderMap) -> S3Result<Self> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let md5 = match text("content-md5") {
            None => None,
            Some(value) => {
                let bytes = STANDARD.decode(value).ok().and_then(|bytes| bytes.try_into().ok());
                Some(bytes.ok_or_else(|| s3_error!(InvalidDigest, "Content-MD5 must be 16 bytes in base64, not {value:?}"))?)
            }
        };
        let announced = text("x-amz-trailer").unwrap_or_default();
        let named = text("x-amz-sdk-checksum-algorithm").unwrap_or_default();
        let mut expected = Self { md5, ..Self::default() };
        for algorithm in Algorithm::ALL {
            if let Some(value) = text(algorithm.header()) {
                expected.values.insert(algorithm, value.to_owned());
            }
            if announced.split(',').any(|name| name.trim().eq_ignore_ascii_case(algorithm.header())) {
                expected.trailers.push(algorithm);
            }
            if algorithm.header().strip_prefix("x-amz-checksum-").is_some_and(|name| name.eq_ignore_ascii_case(named)) {
                expected.named.push(algorithm);
            }
        }
        Ok(expected)
    }

    /// What must be computed to compare.
    pub(crate) fn digests(&self) -> Digests {
        let wanted =
            |algorithm| self.values.contains_key(&algorithm) || self.trailers.contains(&algorithm) || self.named.contains(&algorithm);
        Digests {
            md5: Md5::new(),
            checksums: ChecksumHasher {
                crc32: wanted(Algorithm::Crc32).then(s3s::crypto::Checksum::new),
                crc32c: wanted(Algorithm::Crc32c).then(s3s::crypto::Checksum::new),
                crc64nvme: wanted(Algorithm::Crc64nvme).then(s3s::crypto::Checksum::new),
                sha1: wanted(Algorithm::Sha1).then(s3s::crypto::Checksum::new),
                sha256: wanted(Algorithm::Sha256).then(s3s::crypto::Checksum::new),
            },
        }
    }

    /// Compares with what was found. `trailers` are those of the request; they are complete once the body is read.
    pub(crate) fn check(&self, found: &Found, trailers: Option<&TrailingHeaders>) -> S3Result<()> {
        if self.md5.is_some_and(|md5| md5 != found.md5) {
            return Err(s3_error!(BadDigest, "the Content-MD5 you specified did not match what we received"));
        }
        for (algorithm, value) in &self.values {
            compare(*algorithm, value, found)?;
        }
        for algorithm in &self.trailers {
            let sent = trailers.and_then(|t| t.read(|map| map.get(algorithm.header())?.to_str().ok().map(ToOwned::to_owned))).flatten();
            let Some(value) = sent else {
                return Err(s3_error!(IncompleteBody, "the announced trailer {} did not come", algorithm.header()));
            };
            compare(*algorithm, &value, found)?;
        }
        Ok(())
    }
}

fn compare(algorithm: Algorithm, sent: &str, found: &Found) -> S3Result<()> {
    if found.checksums.get(&algorithm).is_some_and(|value| value == sent) {
        return Ok(());
    }
    Err(s3_error!(BadDigest, "the {} you specified did not match what we received", algorithm.header()))
}

/// Digests in the making.
pub(crate) struct Digests {
    md5: Md5,
    checksums: ChecksumHasher,
}

impl Digests {
    pub(crate) fn update(&mut self, data: &[u8]) {
        self.md5.update(data);
        self.checksums.update(data);
    }

    pub(crate) fn finish(self) -> Found {
        let sums = self.checksums.finalize();
        let values = [
            (Algorithm::Crc32, sums.checksum_crc32),
            (Algorithm::Crc32c, sums.checksum_crc32c),
            (Algorithm::Crc64nvme, sums.checksum_crc64nvme),
            (Algorithm::Sha1, sums.checksum_sha1),
            (Algorithm::Sha256, sums.checksum_sha256),
        ];
        let checksums = values.into_iter().filter_map(|(algorithm, value)| Some((algorithm, value?))).collect();
        Found { md5: self.md5.finalize().into(), checksums }
    }
}

/// The digests of a whole body.
#[derive(Debug)]
pub(crate) struct Found {
    md5: [u8; 16],
    pub(crate) checksums: Checksums,
}

impl Found {
    /// The ETag of an object uploaded in one piece, without quotes.
    pub(crate) fn etag(&self) -> String {
        hex::encode(self.md5)
    }
}

/// The ETag of an object uploaded in parts, as S3 makes it: the MD5 of the parts' MD5s, and their number. `None` if a
/// part's ETag is not an MD5.
pub(crate) fn multipart_etag<'a>(parts: impl ExactSizeIterator<Item = &'a str>) -> Option<String> {
    let count = parts.len();
    let mut md5 = Md5::new();
    for etag in parts {
        md5.update(hex::decode(etag).ok()?);
    }
    Some(format!("{}-{count}", hex::encode(md5.finalize())))
}

#[cfg(test)]
mod tests;
