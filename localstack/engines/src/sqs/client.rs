//! The leanest SDK client for queues in the same process: what the SDK does for the sake of a network is left out.

use aws_sdk_sqs::config::auth::{Params as AuthParams, ResolveAuthScheme};
use aws_sdk_sqs::config::endpoint::{Endpoint, EndpointFuture, Params, ResolveEndpoint};
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::config::{BehaviorVersion, ConfigBag, RuntimeComponents, StalledStreamProtectionConfig};
use aws_sdk_sqs::{Client, Config};
use aws_smithy_runtime_api::client::auth::{AuthSchemeId, AuthSchemeOption, AuthSchemeOptionsFuture};

use super::Sqs;

pub(super) fn client(sqs: &Sqs) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(sqs.http_client())
        .endpoint_resolver(InProcess)
        .auth_scheme_resolver(Unsigned)
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build();
    Client::from_conf(config)
}

/// Spares each request the evaluation of the endpoint rules; the address is never used.
#[derive(Debug)]
struct InProcess;

impl ResolveEndpoint for InProcess {
    fn resolve_endpoint<'a>(&'a self, _: &'a Params) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(Endpoint::builder().url("http://sqs.invalid").build()))
    }
}

/// Spares each request its signature.
#[derive(Debug)]
struct Unsigned;

/// The SDK's own name for requests without a signature.
const NO_AUTH: AuthSchemeId = AuthSchemeId::new("noAuth");

impl ResolveAuthScheme for Unsigned {
    fn resolve_auth_scheme<'a>(&'a self, _: &'a AuthParams, _: &'a ConfigBag, _: &'a RuntimeComponents) -> AuthSchemeOptionsFuture<'a> {
        AuthSchemeOptionsFuture::ready(Ok(vec![AuthSchemeOption::from(NO_AUTH)]))
    }
}
