//! One port for everything: the web UI, the API, the queues and the object store, told apart by what a request looks like.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use kraken_control::Control;
use kraken_engines::{
    front::{self, is_sqs},
    meter::{Meter, OUTSIDE, within},
    s3::{DATA_BUCKET, Endpoint},
};
use kraken_serve::CancellationToken;
use tokio::{net::TcpListener, task::JoinSet};
use tower::ServiceExt;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::{StartError, engines::Engines};

/// Who does not send the head of a request within this time is cut off.
const HEAD_WITHIN: Duration = Duration::from_secs(30);
/// What is under way at a stop has so long to finish.
const FINISH_WITHIN: Duration = Duration::from_secs(5);
/// A receive that waits for messages at a stop has so long to get one: whoever waits asks again.
const POLL_WITHIN: Duration = Duration::from_millis(100);

/// Listens on `address`.
pub(crate) async fn bind(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })
}

/// Everything that is neither the API's nor the engines' is a page of the web UI.
fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// All doors behind the one port.
#[derive(Clone)]
pub(crate) struct Front {
    api: Router,
    queues: front::Front,
    objects: Endpoint,
    meter: Option<Meter>,
    stop: CancellationToken,
}

impl Front {
    pub(crate) fn new(engines: &Engines, control: Control, stop: CancellationToken) -> Self {
        let api = kraken_fn_api::router(control).merge(docs());
        Self { api, queues: engines.queue_front(), objects: engines.object_front(), meter: engines.meter().cloned(), stop }
    }

    async fn answer(self, request: Request<Incoming>) -> Result<Response<Body>, Infallible> {
        if is_sqs(&request) {
            let stopping = async {
                self.stop.cancelled().await;
                tokio::time::sleep(POLL_WITHIN).await;
            };
            return Ok(tokio::select! {
                biased;
                answer = self.queues.call(request) => answer.map(Body::new),
                // Dropped, a receive takes no message away.
                () = stopping => stopped(),
            });
        }
        if is_object(request.uri().path()) {
            let request = request.map(s3s::Body::from);
            let answer = match &self.meter {
                None => self.objects.respond(request).await,
                Some(meter) => self.objects.noted(meter, Arc::from(OUTSIDE), request).await,
            };
            return Ok(answer.map(|body| Body::new(body.map_err(axum::Error::new))));
        }
        if !is_api(request.uri().path()) {
            return Ok(kraken_web::answer(request.method(), request.uri().path(), request.headers()).map(Body::from));
        }
        let called = self.meter.is_some().then(|| format!("api {} {}", request.method(), request.uri().path()));
        within(self.meter.as_ref(), || called.unwrap_or_default(), self.api.oneshot(request.map(Body::new))).await
    }
}

/// The interactive page of the API at `/api/docs`, with its document.
fn docs() -> Router {
    SwaggerUi::new("/api/docs").config(Config::from("/api/openapi.json")).into()
}

fn stopped() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    response
}

/// `/kraken-data` and what is below it.
fn is_object(path: &str) -> bool {
    let rest = path.strip_prefix('/').and_then(|path| path.strip_prefix(DATA_BUCKET));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Answers until `stop`, then finishes what is under way.
pub(crate) async fn serve(listener: TcpListener, front: Front, stop: CancellationToken) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let _kept_small = stream.set_nodelay(true);
                    connections.spawn(connection(stream, front.clone(), stop.clone()));
                }
                // Out of file descriptors, most likely: those that end will free some.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
    let finished = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(FINISH_WITHIN, finished).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
        // Nothing may work on the data any more when this returns.
        connections.shutdown().await;
    }
}

async fn connection(stream: tokio::net::TcpStream, front: Front, stop: CancellationToken) {
    let service = service_fn(move |request| front.clone().answer(request));
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection ended early");
    }
}
