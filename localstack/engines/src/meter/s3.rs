//! Which operation of S3 a request is: its bill depends on that alone
//! (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html>).

use http::{Method, Uri};

/// The operation's name at AWS. `copies`: the request names a source to copy from.
pub fn operation(method: &Method, uri: &Uri, copies: bool) -> &'static str {
    let asks = |name: &str| {
        let pairs = uri.query().unwrap_or_default().split('&');
        pairs.map(|pair| pair.split_once('=').map_or(pair, |(key, _)| key)).any(|key| key == name)
    };
    // "/bucket/key", path-style.
    let has_key = uri.path().trim_start_matches('/').split_once('/').is_some_and(|(_, key)| !key.is_empty());
    match (method.as_str(), has_key) {
        ("PUT", true) if asks("partNumber") => "UploadPart",
        ("PUT", true) if copies => "CopyObject",
        ("PUT", true) => "PutObject",
        ("PUT", false) => "CreateBucket",
        ("POST", true) if asks("uploads") => "CreateMultipartUpload",
        ("POST", true) => "CompleteMultipartUpload",
        ("POST", false) => "DeleteObjects",
        ("HEAD", _) => "HeadObject",
        ("DELETE", true) if asks("uploadId") => "AbortMultipartUpload",
        ("DELETE", _) => "DeleteObject",
        (_, true) => "GetObject",
        (_, false) => "ListObjectsV2",
    }
}
