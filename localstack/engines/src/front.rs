//! Queue requests that arrive over HTTP: found out who signed them, held to that principal's rights, then answered.
//!
//! Invariant: nothing reaches the queues before its signature and its rights are checked.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};

use crate::auth::sigv4::Claim;
use crate::auth::{Keyring, Principal};
use crate::clock::Now;
use crate::meter::{self, Meter, OUTSIDE, Service};
use crate::sqs::{self, Call, Fault, FaultKind, Sqs, TARGET};

/// Bytes of the largest request: a batch of 1 MiB, as JSON may spell it at worst.
const MAX_BODY: usize = 8 * 1024 * 1024;
const SERVICE: &str = "sqs";

/// Is this request meant for the queues?
pub fn is_sqs<B>(request: &Request<B>) -> bool {
    request.method() == http::Method::POST && target(request).starts_with(TARGET)
}

/// The door to the queues. Cheap to clone.
#[derive(Clone)]
pub struct Front {
    sqs: Sqs,
    keyring: Keyring,
    now: Now,
    meter: Option<Meter>,
}

impl Front {
    /// A door to `sqs` for those whose keys `keyring` knows, by the time of `now`.
    pub fn new(sqs: Sqs, keyring: Keyring, now: Now) -> Self {
        Self { sqs, keyring, now, meter: None }
    }

    /// The same door, with what comes through it noted by `meter`, if there is one.
    pub fn metered(self, meter: Option<Meter>) -> Self {
        Self { meter, ..self }
    }

    /// Answers one request. Dropping the future ends a long poll; a message it would have got stays in the queue.
    pub async fn call<B>(&self, request: Request<B>) -> Response<Full<Bytes>>
    where
        B: Body<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let claim = match Claim::read(&parts, SERVICE, &self.keyring, (self.now)()) {
            Ok(claim) => claim,
            Err(refused) => return sqs::refusal(&refused).map(Full::new),
        };
        let body = match Limited::new(body, MAX_BODY).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return unreadable(&*error).map(Full::new),
        };
        match claim.prove(&parts, &body) {
            Ok(principal) => self.answer(&principal, parts, &body).await.map(Full::new),
            Err(refused) => sqs::refusal(&refused).map(Full::new),
        }
    }

    async fn answer(&self, principal: &Principal, parts: Parts, body: &Bytes) -> Response<Bytes> {
        let request = Request::from_parts(parts, ());
        let call = match Call::parse(target(&request), body) {
            Ok(call) => call,
            Err(fault) => return sqs::fault(&fault),
        };
        let allowed = match call.queue() {
            Ok(queue) => principal.check_queue(call.operation(), queue),
            Err(fault) => return sqs::fault(&fault),
        };
        if let Err(refused) = allowed {
            tracing::warn!(operation = call.operation(), %refused, "a queue request was refused");
            return sqs::refusal(&refused);
        }
        let Some(meter) = &self.meter else { return self.sqs.execute(call, &base(&request)).await };
        let (began, operation) = (Instant::now(), call.operation());
        let about = call.queue().ok().flatten().and_then(|queue| queue.rsplit('/').next()).unwrap_or_default().to_owned();
        let answer = self.sqs.execute(call, &base(&request)).await;
        let noted = meter::Call::new(began, Arc::from(OUTSIDE), Service::Sqs, operation);
        meter.note(meter::Call { about, items: sqs::messages(answer.body()), failed: !answer.status().is_success(), ..noted });
        answer
    }
}

impl std::fmt::Debug for Front {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Front")
    }
}

fn target<B>(request: &Request<B>) -> &str {
    request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default()
}

/// Addresses of queues start with what the caller reached us by.
fn base<B>(request: &Request<B>) -> String {
    let host = request.headers().get(http::header::HOST).and_then(|host| host.to_str().ok());
    format!("http://{}", host.unwrap_or("localhost"))
}

fn unreadable(error: &(dyn std::error::Error + 'static)) -> Response<Bytes> {
    if error.is::<LengthLimitError>() {
        let text = format!("The request is longer than {MAX_BODY} bytes.");
        let mut response = sqs::fault(&Fault::new(FaultKind::BatchRequestTooLong, text));
        *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
        return response;
    }
    sqs::fault(&Fault::new(FaultKind::Malformed, "The body of the request could not be read."))
}
