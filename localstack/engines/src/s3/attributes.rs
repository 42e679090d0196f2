//! What an object carries besides its body: the headers to give back and the user's metadata.

use std::collections::HashMap;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use s3s::{S3Result, s3_error};
use serde::{Deserialize, Serialize};

use super::digests::Checksums;

/// The headers an object keeps, in the words of RFC 9110.
const KEPT: [HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::CONTENT_ENCODING,
    header::CONTENT_DISPOSITION,
    header::CONTENT_LANGUAGE,
    header::CACHE_CONTROL,
    header::EXPIRES,
];

/// S3's limit on keys and values of user metadata together.
const METADATA_BYTES: usize = 2048;

/// Kept as JSON in the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Attributes {
    /// Header name → value.
    #[serde(default, skip_serializing_if = "HashMap::is_empty")]
    headers: HashMap<String, String>,
    /// User metadata, without the `x-amz-meta-` prefix.
    #[serde(default, skip_serializing_if = "HashMap::is_empty")]
    pub(crate) metadata: HashMap<String, String>,
    /// The checksums that were verified when the object came; of whole objects only.
    #[serde(default, skip_serializing_if = "Checksums::is_empty")]
    pub(crate) checksums: Checksums,
    /// The multipart upload that made the object: completing it again answers the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) upload: Option<String>,
}

impl Attributes {
    /// From the headers of the request that makes the object.
    pub(crate) fn from_request(headers: &HeaderMap, metadata: Option<HashMap<String, String>>) -> S3Result<Self> {
        let metadata = metadata.unwrap_or_default();
        let metadata_bytes: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
        if metadata_bytes > METADATA_BYTES {
            return Err(s3_error!(MetadataTooLarge, "user metadata must be at most {METADATA_BYTES} bytes, not {metadata_bytes}"));
        }
        let mut kept = HashMap::new();
        for name in KEPT {
            let Some(value) = headers.get(&name) else { continue };
            let Ok(value) = value.to_str() else {
                return Err(s3_error!(InvalidArgument, "the header {name} must be ASCII"));
            };
            let value = if name == header::CONTENT_ENCODING { without_transfer_coding(value) } else { value.to_owned() };
            if !value.is_empty() {
                kept.insert(name.as_str().to_owned(), value);
            }
        }
        Ok(Self { headers: kept, metadata, ..Self::default() })
    }

    /// The headers to give back with the object.
    pub(crate) fn to_headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for name in KEPT {
            if let Some(value) = self.headers.get(name.as_str()).and_then(|value| HeaderValue::from_str(value).ok()) {
                headers.insert(name, value);
            }
        }
        if !headers.contains_key(header::CONTENT_TYPE) {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("binary/octet-stream"));
        }
        headers
    }
}

/// `aws-chunked` describes the request, not the object.
fn without_transfer_coding(value: &str) -> String {
    let codings: Vec<&str> = value.split(',').map(str::trim).filter(|coding| !coding.eq_ignore_ascii_case("aws-chunked")).collect();
    codings.join(",")
}
