//! Feeding a handler under Lambda: HTTP requests, messages of a queue, the clock.

use std::{fmt::Display, future::Future};

use kraken_serve::{LogFormat, init_log};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Answers HTTP requests with `router`.
///
/// # Errors
/// When the runtime breaks; Lambda starts a new instance.
pub async fn on_http(router: axum::Router) -> Result<(), Error> {
    log();
    lambda_http::run(router).await
}

/// Feeds `handler` with the bodies of messages. Those that it fails on, and only those, come again. A call that it fails on wholly is an error
/// of the function: its messages come again as well, and alarms hear of it.
///
/// # Errors
/// When the runtime breaks; Lambda starts a new instance.
pub async fn on_queue<F, E>(handler: impl Fn(String) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    log();
    let handler = &handler;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Messages>| deal_with(event.payload, handler).await)).await
}

/// The same for a function that is called without a queue, too: such an event is a message as it is, and one that `handler` fails on is
/// Lambda's to bring again.
///
/// # Errors
/// When the runtime breaks; Lambda starts a new instance.
pub async fn on_queue_and_more<F, E>(handler: impl Fn(String) -> F) -> Result<(), Error>
where
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    log();
    let handler = &handler;
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Value>| of_queue_or_not(event.payload, handler).await)).await
}

async fn of_queue_or_not<F, E>(event: Value, handler: &impl Fn(String) -> F) -> Result<Value, Error>
where
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    if event["Records"][0]["eventSource"] == "aws:sqs" {
        let failures = deal_with(serde_json::from_value(event)?, handler).await?;
        return Ok(serde_json::to_value(failures)?);
    }
    // Said once, here: Lambda counts the error and tries again.
    Box::pin(handler(event.to_string())).await.map(|()| Value::Null).map_err(|error| Error::from(error.to_string()))
}

/// Calls `handler` whenever the clock's rule does.
///
/// # Errors
/// When the runtime breaks; Lambda starts a new instance.
pub async fn on_schedule<F, E>(handler: impl Fn() -> F) -> Result<(), Error>
where
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    log();
    let handler = &handler;
    let call = async move |_: LambdaEvent<Value>| match Box::pin(handler()).await {
        Ok(()) => Ok(()),
        // Said once, here: Lambda counts the error and tries again.
        Err(error) => Err(Error::from(error.to_string())),
    };
    lambda_runtime::run(service_fn(call)).await
}

/// What is logged, unless the deployment says otherwise.
const LOG: &str = "info";

fn log() {
    init_log(LogFormat::Json, std::env::var("KRAKEN_LOG").as_deref().unwrap_or(LOG));
}

/// The messages of one call. Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS".
#[derive(Debug, Deserialize)]
struct Messages {
    /// Absent in what a bucket sends to try a queue.
    #[serde(rename = "Records", default)]
    records: Vec<Message>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    message_id: String,
    body: String,
}

/// The messages that shall come again.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failures {
    batch_item_failures: Vec<Failure>,
}

/// One of them.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    item_identifier: String,
}

/// Equal messages are dealt with once: they only say where to look.
///
/// # Errors
/// When nothing went well. Lambda takes failures of single messages for a success of the function, and an error of the function for a failure
/// of every message: all of them come again either way, in their order where the queue keeps one, but only errors are counted. Where something
/// went well it is no error: what is done would come again, and end among the dead letters with what failed.
async fn deal_with<F, E>(messages: Messages, handler: &impl Fn(String) -> F) -> Result<Failures, Error>
where
    F: Future<Output = Result<(), E>>,
    E: Display,
{
    let mut done: Vec<(String, bool)> = Vec::new();
    let mut failures = Failures::default();
    let mut last_error = None;
    for Message { message_id, body } in messages.records {
        let known = done.iter().find(|(other, _)| *other == body).map(|(_, went_well)| *went_well);
        let went_well = match known {
            Some(went_well) => went_well,
            None => {
                // On the heap: handlers are large, and are called from deep within the runtime.
                let result = Box::pin(handler(body.clone())).await;
                if let Err(error) = &result {
                    tracing::warn!(message = body, %error, "a message could not be dealt with; it comes again");
                    last_error = Some(error.to_string());
                }
                done.push((body, result.is_ok()));
                result.is_ok()
            }
        };
        if !went_well {
            failures.batch_item_failures.push(Failure { item_identifier: message_id });
        }
    }
    match last_error {
        // The runtime says it in the log.
        Some(error) if done.iter().all(|(_, went_well)| !went_well) => {
            Err(Error::from(format!("none of {} messages could be dealt with: {error}", done.len())))
        }
        _ => Ok(failures),
    }
}

#[cfg(test)]
mod tests;
