//! AWS as somebody with these credentials sees it: signed calls, answered by the emulator or by the embedded engines.
//!
//! Written by hand instead of with the SDK: what is looked at is status and words of single calls, of services that nothing else here
//! needs a client of.

use std::{fmt::Write, time::SystemTime};

use anyhow::{Context, Result, ensure};
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use kraken_harness::{Api, Deployment};
use kraken_protocol::agent::Session;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

/// What a service answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Answer {
    /// Whether the service refused for want of a right.
    pub(crate) fn is_denied(&self) -> bool {
        self.status == 403 && self.text.contains("AccessDenied")
    }

    /// The text of an answer that went well.
    pub(crate) fn text(self) -> Result<String> {
        ensure!(self.status < 300, "{}: {}", self.status, self.text);
        Ok(self.text)
    }

    fn json(self) -> Result<Value> {
        Ok(serde_json::from_str(&self.text()?)?)
    }
}

/// Something that was refused for want of a right.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Denial {
    pub(crate) principal: String,
    pub(crate) action: String,
    pub(crate) resource: String,
}

/// Services at one address, asked with one identity.
#[derive(Clone, Debug)]
pub(crate) struct Aws {
    client: reqwest::Client,
    endpoint: String,
    region: String,
    credentials: Credentials,
}

impl Aws {
    /// The account's own: may do anything.
    pub(crate) fn account(deployment: &Deployment) -> Self {
        Self::new(&deployment.facts.endpoint, &deployment.facts.region, Credentials::new("test", "test", None, None, "account"))
    }

    /// An agent, with what its session gave it.
    pub(crate) fn agent(session: &Session) -> Result<Self> {
        let given = &session.credentials;
        let credentials =
            Credentials::new(&given.access_key_id, &given.secret_access_key, Some(given.session_token.clone()), None, "session");
        let endpoint = session.queue_endpoint.as_deref().context("a session on this machine has an endpoint")?;
        Ok(Self::new(endpoint, &session.region, credentials))
    }

    fn new(endpoint: &str, region: &str, credentials: Credentials) -> Self {
        // Whoever comes first sets the process up for TLS, which a client wants also where it is not spoken.
        let _set_up = Api::new(endpoint, None);
        Self { client: reqwest::Client::new(), endpoint: endpoint.to_owned(), region: region.to_owned(), credentials }
    }

    /// One signed call.
    pub(crate) async fn call(&self, service: &str, method: Method, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Answer> {
        let url = format!("{}{path}", self.endpoint);
        let identity = self.credentials.clone().into();
        let mut settings = SigningSettings::default();
        if service == "s3" {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
            settings.percent_encoding_mode = PercentEncodingMode::Single;
            settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        }
        let params = v4::SigningParams::builder().identity(&identity).region(&self.region).name(service);
        let params = params.time(SystemTime::now()).settings(settings).build()?.into();
        let host = self.endpoint.trim_start_matches("http://").to_owned();
        let headers: Vec<(&str, &str)> = headers.iter().copied().chain([("host", host.as_str())]).collect();
        let signable = SignableRequest::new(method.as_str(), &url, headers.iter().copied(), SignableBody::Bytes(body))?;
        let (instructions, _signature) = sign(signable, &params)?.into_parts();
        let mut request = self.client.request(method, &url).body(body.to_vec());
        for (name, value) in headers.into_iter().chain(instructions.headers()) {
            request = request.header(name, value);
        }
        let response = request.send().await?;
        Ok(Answer { status: response.status().as_u16(), text: response.text().await? })
    }

    async fn operation(&self, service: &str, target: &str, version: &str, body: &Value) -> Result<Answer> {
        let kind = format!("application/x-amz-json-{version}");
        let headers = [("x-amz-target", target), ("content-type", kind.as_str())];
        self.call(service, Method::POST, "/", &headers, body.to_string().as_bytes()).await
    }

    /// A call of the queue service.
    pub(crate) async fn queue(&self, operation: &str, body: &Value) -> Result<Answer> {
        self.operation("sqs", &format!("AmazonSQS.{operation}"), "1.0", body).await
    }

    /// A call of the table service.
    pub(crate) async fn table(&self, operation: &str, body: &Value) -> Result<Answer> {
        self.operation("dynamodb", &format!("DynamoDB_20120810.{operation}"), "1.0", body).await
    }

    /// A call about an object.
    pub(crate) async fn object(&self, method: Method, bucket: &str, key: &str, body: &[u8]) -> Result<Answer> {
        self.call("s3", method, &format!("/{bucket}/{key}"), &[], body).await
    }

    /// Calls a function and waits for its answer. What it fails with is an answer, too.
    pub(crate) async fn invoke(&self, function: &str, event: &Value) -> Result<Value> {
        let path = format!("/2015-03-31/functions/kraken-{function}/invocations");
        let headers = [("content-type", "application/json")];
        self.call("lambda", Method::POST, &path, &headers, event.to_string().as_bytes()).await?.json()
    }

    /// What a function is made of.
    pub(crate) async fn function(&self, function: &str) -> Result<Value> {
        self.call("lambda", Method::GET, &format!("/2015-03-31/functions/kraken-{function}/configuration"), &[], &[]).await?.json()
    }

    /// Gives a function another program, in base64.
    pub(crate) async fn replace_program(&self, function: &str, package: &str) -> Result<Value> {
        let path = format!("/2015-03-31/functions/kraken-{function}/code");
        let body = json!({"ZipFile": package}).to_string();
        self.call("lambda", Method::PUT, &path, &[("content-type", "application/json")], body.as_bytes()).await?.json()
    }

    /// A call about rights.
    pub(crate) async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String> {
        let mut body = format!("Action={action}&Version=2010-05-08");
        for (name, value) in parameters {
            write!(body, "&{name}={}", escaped(value))?;
        }
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.call("iam", Method::POST, "/", &headers, body.as_bytes()).await?.text()
    }

    /// The names of the deployment's functions.
    pub(crate) async fn functions(&self) -> Result<Vec<String>> {
        let all = self.call("lambda", Method::GET, "/2015-03-31/functions/?MaxItems=50", &[], &[]).await?.json()?;
        let names = all["Functions"].as_array().into_iter().flatten().filter_map(|function| function["FunctionName"].as_str());
        Ok(names.filter_map(|name| name.strip_prefix("kraken-")).map(str::to_owned).collect())
    }

    /// What feeds a function from its queue.
    pub(crate) async fn mapping_of(&self, function: &str) -> Result<String> {
        let path = format!("/2015-03-31/event-source-mappings/?FunctionName=kraken-{function}");
        let all = self.call("lambda", Method::GET, &path, &[], &[]).await?.json()?;
        Ok(all["EventSourceMappings"][0]["UUID"].as_str().with_context(|| format!("{function} has a queue: {all}"))?.to_owned())
    }

    /// Lets a queue feed its function, or not.
    pub(crate) async fn enable_mapping(&self, mapping: &str, enabled: bool) -> Result<()> {
        let (path, body) = (format!("/2015-03-31/event-source-mappings/{mapping}"), json!({"Enabled": enabled}).to_string());
        self.call("lambda", Method::PUT, &path, &[("content-type", "application/json")], body.as_bytes()).await?.text().map(drop)
    }

    /// What was refused since it was last forgotten, oldest first.
    pub(crate) async fn denials(&self) -> Result<Vec<Denial>> {
        self.told_denials(Method::GET).await
    }

    /// Forgets what was refused.
    pub(crate) async fn forget_denials(&self) -> Result<()> {
        self.told_denials(Method::DELETE).await.map(drop)
    }

    async fn told_denials(&self, method: Method) -> Result<Vec<Denial>> {
        let response = self.client.request(method, format!("{}/_kraken/denials", self.endpoint)).send().await?;
        let told: Value = response.json().await.context("is the mend 'denials' in place?")?;
        Ok(serde_json::from_value(told["denials"].clone())?)
    }

    /// Sets faults of the emulator, `{}` for none.
    pub(crate) async fn faults(&self, faults: &Value) -> Result<()> {
        let response = self.client.put(format!("{}/_kraken/faults", self.endpoint)).body(faults.to_string()).send().await?;
        let status = response.status();
        ensure!(status.is_success(), "{status}: {}: is the mend 'faults' in place?", response.text().await?);
        Ok(())
    }
}

fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut escaped, byte| {
        let _infallible = match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => write!(escaped, "{}", char::from(byte)),
            _ => write!(escaped, "%{byte:02X}"),
        };
        escaped
    })
}
