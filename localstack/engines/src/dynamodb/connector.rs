//! The SDK's transport, with the store at the other end instead of a network.

use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use super::DynamoDb;
use super::operations::{self, Answer};
use crate::meter::{self, Call, Meter, Service};

/// Answers what the SDK would have sent.
#[derive(Clone, Debug)]
pub(super) struct Connector {
    store: DynamoDb,
}

impl Connector {
    pub(super) fn new(store: DynamoDb) -> Self {
        Self { store }
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let store = self.store.clone();
        HttpConnectorFuture::new(async move {
            let target = request.headers().get("x-amz-target").unwrap_or_default();
            // The SDK never streams a request of this protocol.
            let body = request.body().bytes().unwrap_or_default();
            Ok(response(match &store.meter {
                None => operations::answer(&store, target, body).await,
                Some(meter) => noted(meter, &store, target, body).await,
            }))
        })
    }
}

/// Answers, and notes what it took.
async fn noted(meter: &Meter, store: &DynamoDb, target: &str, body: &[u8]) -> Answer {
    let (caller, body) = (meter::caller(), meter::asking(body));
    let began = meter::begun().await;
    let answer = operations::answer(store, target, &body).await;
    let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
    let failed = !answer.status.is_success();
    let (units, items, about) = meter::priced(&operation, &body, &answer.body, failed);
    meter.note(Call { units, items, about, failed, ..Call::new(began, caller, Service::DynamoDb, operation) });
    answer
}

fn response(answer: Answer) -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::from(answer.status), SdkBody::from(answer.body));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    response
}
