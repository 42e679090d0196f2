//! The SDK's transport without a network: a request is answered by a function of this process.
//!
//! Nothing is signed or checked on this way: the process trusts itself.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::BoxFuture;

/// The account that owns everything on one machine.
pub(crate) const ACCOUNT: &str = "000000000000";
/// The region of everything on one machine.
pub(crate) const REGION: &str = "us-east-1";

type Answer = BoxFuture<'static, http::Response<Bytes>>;

/// A client for the `aws-sdk-*` crates whose requests `answer` answers.
pub(crate) fn client<F, R>(answer: F) -> SharedHttpClient
where
    F: Fn(http::Request<Bytes>) -> R + Send + Sync + 'static,
    R: Future<Output = http::Response<Bytes>> + Send + 'static,
{
    let connector = SharedHttpConnector::new(InProcess { answer: Arc::new(move |request| answer(request).boxed()) });
    http_client_fn(move |_, _| connector.clone())
}

struct InProcess {
    answer: Arc<dyn Fn(http::Request<Bytes>) -> Answer + Send + Sync>,
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let answer = Arc::clone(&self.answer);
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
            // The JSON protocols hold each body in memory; there is nothing to stream.
            let request = request.map(|body| Bytes::copy_from_slice(body.bytes().unwrap_or_default()));
            let response = answer(request).await.map(SdkBody::from);
            Response::try_from(response).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// A random UUID (version 4), as AWS names messages, events and requests.
pub(crate) fn uuid() -> Result<String, getrandom::Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes)?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let text = hex::encode(bytes);
    Ok(format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]))
}
