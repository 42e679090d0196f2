//! The leanest SDK clients for engines in the same process: what the SDK does for the sake of a network is left out.

/// A client of the crate `$sdk` (an `aws-sdk-*` crate), whose requests go through the transport `$http`.
///
/// It doesn't sign, and neither retries nor times out: nothing gets lost on the way. The endpoint rules, whose evaluation each request is
/// spared, would give an address that nobody uses. A macro, because each SDK crate has types of its own for the same things.
macro_rules! lean_client {
    ($sdk:ident, $http:expr) => {{
        use aws_smithy_runtime_api::client::auth::{AuthSchemeId, AuthSchemeOption, AuthSchemeOptionsFuture};
        use $sdk::config::auth::{Params as AuthParams, ResolveAuthScheme};
        use $sdk::config::endpoint::{Endpoint, EndpointFuture, Params, ResolveEndpoint};
        use $sdk::config::retry::RetryConfig;
        use $sdk::config::timeout::TimeoutConfig;
        use $sdk::config::{BehaviorVersion, ConfigBag, RuntimeComponents, StalledStreamProtectionConfig};

        #[derive(Debug)]
        struct InProcess;

        impl ResolveEndpoint for InProcess {
            fn resolve_endpoint<'a>(&'a self, _: &'a Params) -> EndpointFuture<'a> {
                EndpointFuture::ready(Ok(Endpoint::builder().url("http://engine.invalid").build()))
            }
        }

        #[derive(Debug)]
        struct Unsigned;

        /// The SDK's own name for requests without a signature.
        const NO_AUTH: AuthSchemeId = AuthSchemeId::new("noAuth");

        impl ResolveAuthScheme for Unsigned {
            fn resolve_auth_scheme<'a>(
                &'a self,
                _: &'a AuthParams,
                _: &'a ConfigBag,
                _: &'a RuntimeComponents,
            ) -> AuthSchemeOptionsFuture<'a> {
                AuthSchemeOptionsFuture::ready(Ok(vec![AuthSchemeOption::from(NO_AUTH)]))
            }
        }

        $sdk::Client::from_conf(
            $sdk::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .http_client($http)
                .endpoint_resolver(InProcess)
                .auth_scheme_resolver(Unsigned)
                .retry_config(RetryConfig::disabled())
                .timeout_config(TimeoutConfig::disabled())
                .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
                .build(),
        )
    }};
}

pub(crate) use lean_client;
