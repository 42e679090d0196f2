//! The way from the AWS SDK to the engine without a socket.

use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Builder, Credentials, IdentityCache, Region, RequestChecksumCalculation, ResponseChecksumValidation,
    StalledStreamProtectionConfig,
};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http::{HeaderValue, header};
use s3s::Body;

use super::endpoint::Endpoint;
use crate::auth;
use crate::meter::{self, Meter};

/// The engine has no regions; signatures need one.
const REGION: &str = "us-east-1";

/// A client configuration without what only a network needs: no retries, timeouts or checksums of its own.
pub(crate) fn config(endpoint_url: &str, owner: auth::Credentials, http: SharedHttpClient) -> aws_sdk_s3::Config {
    Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(endpoint_url)
        .force_path_style(true)
        .credentials_provider(Credentials::new(owner.access_key_id, owner.secret_access_key, None, None, "kraken"))
        .identity_cache(IdentityCache::no_cache())
        .http_client(http)
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .build()
}

/// Hands requests of the SDK to an [`Endpoint`].
#[derive(Clone, Debug)]
pub(crate) struct Connector {
    pub(crate) endpoint: Endpoint,
    pub(crate) meter: Option<Meter>,
}

impl Connector {
    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let mut request = request.try_into_http1x().map_err(|e| ConnectorError::user(e.into()))?;
        let headers = request.headers();
        let signed_chunks = headers.get("x-amz-content-sha256").is_some_and(|value| value.as_bytes().starts_with(b"STREAMING-"));
        if signed_chunks {
            // The signature is what tells `s3s` to decode the chunks, so it stays, with the host it covers.
            if let Some(host) = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok()) {
                request.headers_mut().entry(header::HOST).or_insert(host);
            }
        } else {
            request.headers_mut().remove(header::AUTHORIZATION);
        }
        let request = request.map(Body::http_body_unsync);
        let response = match &self.meter {
            None => self.endpoint.respond(request).await,
            Some(meter) => self.endpoint.noted(meter, meter::caller(), request).await,
        };
        HttpResponse::try_from(response.map(SdkBody::from_body_1_x)).map_err(|e| ConnectorError::other(e.into(), None))
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new_boxed(Box::pin(self.clone().send(request)))
    }
}

impl HttpClient for Connector {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}
