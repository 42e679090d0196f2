//! The object store as an HTTP service, path-style: `/bucket/key`.
//!
//! Invariants: nothing that `s3s` logs reaches the log of the server, because at its lower levels it prints requests
//! with their tokens; failures of the server are logged here instead, by method and path. Forms that would be read into
//! memory before their signature is checked, and the signature of 2006, are refused at the door.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use s3s::config::{S3Config, StaticConfigProvider};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, S3Error, s3_error};
use tracing::instrument::WithSubscriber;

use super::access::Gate;
use super::operations::Backend;
use crate::meter::{Call, Meter, Service, begun, s3_operation};

/// Lists of parts and of keys to delete are the largest documents that come: 10,000 parts take some 3 MB.
const XML_BYTES: usize = 8 * 1024 * 1024;

/// A clonable [`tower::Service`] that never fails: whatever goes wrong is a response.
#[derive(Clone)]
pub struct Endpoint {
    inner: S3Service,
}

impl Endpoint {
    /// Verifies signatures and rights.
    pub(crate) fn verifying(backend: Backend, gate: Gate) -> Self {
        let mut builder = S3ServiceBuilder::new(backend);
        builder.set_auth(gate.clone());
        builder.set_access(gate);
        Self::build(builder)
    }

    /// Trusts whoever calls, in this process. A signature that is there is verified all the same.
    pub(crate) fn trusting(backend: Backend, gate: Gate) -> Self {
        let mut builder = S3ServiceBuilder::new(backend);
        builder.set_auth(gate);
        builder.set_access(Trust);
        Self::build(builder)
    }

    fn build(mut builder: S3ServiceBuilder) -> Self {
        let mut config = S3Config::default();
        config.xml_max_body_size = XML_BYTES;
        // Browser forms are refused; should one get past, it must not fill the memory.
        config.post_object_max_file_size = 0;
        builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
        Self { inner: builder.build() }
    }

    /// Answers one request of `caller`, and notes it.
    pub async fn noted(&self, meter: &Meter, caller: Arc<str>, request: Request<Body>) -> Response<Body> {
        let began = begun().await;
        let operation = s3_operation(request.method(), request.uri(), request.headers().contains_key("x-amz-copy-source"));
        let about = request.uri().path().to_owned();
        let response = self.respond(request).await;
        let failed = response.status().is_client_error() || response.status().is_server_error();
        meter.note(Call { about, failed, items: 1, ..Call::new(began, caller, Service::S3, operation) });
        response
    }

    /// Answers one request.
    pub async fn respond(&self, request: Request<Body>) -> Response<Body> {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let mut response = match refused_at_the_door(&request) {
            Some(error) => error.to_http_response().unwrap_or_else(|_| bare(StatusCode::FORBIDDEN)),
            None => {
                let silent = tracing::Dispatch::none();
                self.inner.call(request).with_subscriber(silent).await.unwrap_or_else(|_| bare(StatusCode::INTERNAL_SERVER_ERROR))
            }
        };
        if response.status().is_server_error() && response.status() != StatusCode::NOT_IMPLEMENTED {
            tracing::error!(%method, path, status = response.status().as_u16(), "a request to the object store failed");
        } else {
            tracing::trace!(%method, path, status = response.status().as_u16(), "answered a request to the object store");
        }
        // Neither has a body in HTTP; in process nobody else would cut it off.
        if response.status() == StatusCode::NOT_MODIFIED || method == Method::HEAD {
            *response.body_mut() = Body::empty();
        }
        if response.status() == StatusCode::NOT_MODIFIED {
            response.headers_mut().remove(header::CONTENT_TYPE);
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
        confine(response.headers_mut());
        response
    }
}

/// Objects come from jobs and may be served beside the application: a browser must not guess that one is a page, and a
/// page among them gets an origin of its own, away from the application's session.
fn confine(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox allow-scripts"));
}

fn refused_at_the_door(request: &Request<Body>) -> Option<S3Error> {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let form = request.method() == Method::POST
        && text(header::CONTENT_TYPE).is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"));
    if form {
        return Some(s3_error!(NotImplemented, "uploads by browser forms are not implemented; use a presigned PUT"));
    }
    let version_2 = text(header::AUTHORIZATION).is_some_and(|value| value.starts_with("AWS "))
        || request.uri().query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("Signature=")));
    if version_2 {
        return Some(s3_error!(AccessDenied, "AWS Signature Version 2 is not accepted; sign with Version 4"));
    }
    None
}

fn bare(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("s3::Endpoint")
    }
}

impl<B> tower::Service<Request<B>> for Endpoint
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: std::error::Error + Send + Sync + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let endpoint = self.clone();
        let request = request.map(Body::http_body_unsync);
        Box::pin(async move { Ok(endpoint.respond(request).await) })
    }
}

/// Allows everything.
struct Trust;

#[async_trait::async_trait]
impl s3s::access::S3Access for Trust {
    async fn check(&self, _: &mut s3s::access::S3AccessContext<'_>) -> s3s::S3Result<()> {
        Ok(())
    }
}
