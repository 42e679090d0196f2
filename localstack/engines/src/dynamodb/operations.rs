//! The operations of the protocol: JSON in, one call of the storage, JSON out
//! (<https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html>).
//!
//! Reading and writing JSON happens on the caller's task; only the call itself runs on the store's thread.

use std::sync::Arc;

use dynoxide::actions;
use dynoxide::actions::transact_write_items::{TransactWriteItemsRequest, TransactWriteItemsResponse};
use dynoxide::actions::vector_lifecycle::VectorIndexLifecycle;
use dynoxide::errors::DynoxideError;
use dynoxide::storage::Storage;
use futures::FutureExt;
use http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::DynamoDb;
use super::thread::Access::{self, Read, Write};

/// What goes back to the SDK.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
}

/// Performs the operation that `target` names (`DynamoDB_20120810.GetItem`).
pub(super) async fn answer(store: &DynamoDb, target: &str, body: &[u8]) -> Answer {
    let operation = target.strip_prefix("DynamoDB_20120810.").unwrap_or_default();
    let outcome = match operation {
        "GetItem" => run(store, Read, body, actions::get_item::execute).await,
        "Query" => run(store, Read, body, actions::query::execute).await,
        "BatchGetItem" => run(store, Read, body, actions::batch_get_item::execute).await,
        "TransactGetItems" => run(store, Read, body, actions::transact_get_items::execute).await,
        "Scan" => run(store, Read, body, actions::scan::execute).await,
        "PutItem" => run(store, Write, body, actions::put_item::execute).await,
        "UpdateItem" => run(store, Write, body, actions::update_item::execute).await,
        "DeleteItem" => run(store, Write, body, actions::delete_item::execute).await,
        "BatchWriteItem" => run(store, Write, body, actions::batch_write_item::execute).await,
        "TransactWriteItems" => transact_write_items(store, body).await,
        "CreateTable" => run(store, Write, body, actions::create_table::execute).await,
        "UpdateTimeToLive" => run(store, Write, body, actions::update_time_to_live::execute).await,
        "DescribeTable" => {
            // Vector indexes, whose life-cycle this is, can't be made here.
            let describe =
                async |storage: &Storage, request| actions::describe_table::execute(storage, request, &VectorIndexLifecycle::new()).await;
            run(store, Read, body, describe).await
        }
        _ => return unknown_operation(target),
    };
    outcome.unwrap_or_else(|error| Answer {
        status: StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        body: error.to_json().into_bytes(),
    })
}

async fn run<Q, A, F>(store: &DynamoDb, access: Access, body: &[u8], execute: F) -> Result<Answer, DynoxideError>
where
    Q: DeserializeOwned + Send + 'static,
    A: Serialize + Send + 'static,
    F: AsyncFnOnce(&Storage, Q) -> Result<A, DynoxideError> + Send + 'static,
{
    let request: Q = decode(body)?;
    let response = store.thread.run(access, move |storage| settle(execute(storage, request))).await?;
    encode(&response)
}

async fn transact_write_items(store: &DynamoDb, body: &[u8]) -> Result<Answer, DynoxideError> {
    let request: TransactWriteItemsRequest = decode(body)?;
    let tokens = Arc::clone(&store.tokens);
    let copy = body.to_vec();
    let response: TransactWriteItemsResponse = store
        .thread
        .run(Write, move |storage| {
            // Held throughout, so that two requests with one token can't both run.
            let mut tokens = tokens.lock().map_err(|_| DynoxideError::InternalServerError("an earlier transaction panicked".into()))?;
            let token = request.client_request_token.clone();
            if let Some(token) = &token
                && let Some(earlier) = tokens.earlier(token, &copy)?
            {
                return Ok(earlier);
            }
            let response = settle(actions::transact_write_items::execute(storage, request))?;
            if let Some(token) = token {
                tokens.remember(token, copy, response.clone());
            }
            Ok(response)
        })
        .await?;
    encode(&response)
}

/// The storage is synchronous behind its async signatures: its futures are ready at the first poll.
pub(super) fn settle<A>(execution: impl Future<Output = Result<A, DynoxideError>>) -> Result<A, DynoxideError> {
    execution.now_or_never().unwrap_or_else(|| Err(DynoxideError::InternalServerError("the storage did not finish".into())))
}

/// What the storage's decoder puts before a message that is a verdict on the request and not on the JSON.
const VERDICTS: [&str; 3] = ["VALIDATION_REQUEST:", "VALIDATION_AS_READ:", "VALIDATION:"];

fn decode<Q: DeserializeOwned>(body: &[u8]) -> Result<Q, DynoxideError> {
    serde_json::from_slice(body).map_err(|error| {
        let text = error.to_string();
        match VERDICTS.iter().find_map(|mark| text.strip_prefix(mark)) {
            Some(verdict) => DynoxideError::ValidationException(verdict.to_owned()),
            None if error.is_data() => DynoxideError::ValidationException(text),
            None => DynoxideError::SerializationException(text),
        }
    })
}

fn encode(response: &impl Serialize) -> Result<Answer, DynoxideError> {
    let body = serde_json::to_vec(response).map_err(|error| DynoxideError::InternalServerError(error.to_string()))?;
    Ok(Answer { status: StatusCode::OK, body })
}

fn unknown_operation(target: &str) -> Answer {
    let body = serde_json::json!({
        "__type": "com.amazon.coral.service#UnknownOperationException",
        "message": format!("the embedded table store does not offer {target:?}"),
    });
    Answer { status: StatusCode::BAD_REQUEST, body: body.to_string().into_bytes() }
}
