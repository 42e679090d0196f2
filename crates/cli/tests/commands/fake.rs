//! An API server that says what a test tells it to, on a real socket.
//!
//! Answers are listed per call, in order; the last one is given for ever. A call that nobody expected answers 404. The token is
//! `good`.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::Response,
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// One answer.
#[derive(Clone)]
pub(crate) struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

pub(crate) fn ok(body: Value) -> Answer {
    Answer { status: 200, headers: vec![("content-type", "application/json".to_owned())], body: body.to_string().into_bytes() }
}

/// A document of the version that the tag names.
pub(crate) fn tagged(body: Value, tag: &str) -> Answer {
    let mut answer = ok(body);
    answer.headers.push(("etag", tag.to_owned()));
    answer
}

pub(crate) fn nothing(status: u16) -> Answer {
    Answer { status, headers: Vec::new(), body: Vec::new() }
}

pub(crate) fn bytes(body: &[u8]) -> Answer {
    Answer { status: 200, headers: Vec::new(), body: body.to_vec() }
}

pub(crate) fn gzip(body: &[u8]) -> Answer {
    Answer { status: 200, headers: vec![("content-type", "application/gzip".to_owned())], body: body.to_vec() }
}

pub(crate) fn redirect(to: &str) -> Answer {
    Answer { status: 307, headers: vec![("location", to.to_owned())], body: Vec::new() }
}

pub(crate) fn problem(status: u16, kind: &str, detail: &str) -> Answer {
    let body = json!({"type": format!("/problems/{kind}"), "title": kind, "status": status, "detail": detail, "request_id": "req-1"});
    Answer { status, headers: vec![("content-type", "application/problem+json".to_owned())], body: body.to_string().into_bytes() }
}

pub(crate) fn page(items: Value) -> Answer {
    ok(json!({"items": items}))
}

/// A call that was made.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) line: String,
    pub(crate) query: String,
    pub(crate) token: Option<String>,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Value,
}

#[derive(Default)]
struct Script {
    answers: HashMap<String, Vec<Answer>>,
    calls: Vec<Call>,
}

/// The server, until dropped.
pub(crate) struct Fake {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    _runtime: Runtime,
}

impl Fake {
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let script = Arc::new(Mutex::new(Script::default()));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&script));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { address, script, _runtime: runtime }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What `line` (`GET /api/projects`) answers: the first time the first of `answers`, and so on.
    pub(crate) fn on(&self, line: &str, answers: impl IntoIterator<Item = Answer>) -> &Self {
        let answers: Vec<Answer> = answers.into_iter().collect();
        assert!(!answers.is_empty());
        self.script.lock().unwrap().answers.insert(line.to_owned(), answers);
        self
    }

    /// The calls so far whose line begins like this.
    pub(crate) fn calls(&self, line: &str) -> Vec<Call> {
        self.script.lock().unwrap().calls.iter().filter(|call| call.line.starts_with(line)).cloned().collect()
    }
}

async fn answer(State(script): State<Arc<Mutex<Script>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let line = format!("{} {}", parts.method, parts.uri.path());
    let token = parts.headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap().trim_start_matches("Bearer ").to_owned());
    let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
    let mut script = script.lock().unwrap();
    script.calls.push(Call {
        line: line.clone(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        token: token.clone(),
        headers,
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let open = !parts.uri.path().starts_with("/api/") || parts.uri.path() == "/api/version";
    let answer = match script.answers.get_mut(&line) {
        _ if token.as_deref() != Some("good") && !open => problem(401, "unauthorised", "this token is not known"),
        Some(answers) if answers.len() > 1 => answers.remove(0),
        Some(answers) => answers[0].clone(),
        None => problem(404, "not-found", &format!("nothing at {line}")),
    };
    let mut response = Response::builder().status(StatusCode::from_u16(answer.status).unwrap());
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(answer.body)).unwrap()
}

pub(crate) const FLOW: &str = "01j9zqk3v5w8x2y4t6r7n0m1pa";
pub(crate) const ULID: &str = "01j9zqk3v5w8x2y4t6r7n0m1pb";
const BEGIN: &str = "2026-03-01T12:00:00Z";

pub(crate) fn project(name: &str) -> Value {
    json!({"id": ULID, "name": name, "description": "a demo", "created_at": BEGIN})
}

pub(crate) fn branch() -> Value {
    json!({"id": ULID, "project": ULID, "name": "main", "branch_name": "main", "created_at": BEGIN, "env_vars": {}})
}

pub(crate) fn flow(state: &str, runs: &[Value]) -> Value {
    json!({"id": FLOW, "project": ULID, "branch": ULID, "kind": "ci", "label": "7.", "sequence": 7, "own_sequence": 7, "branch_name": "main",
        "state": state, "cancelled": false, "created_at": BEGIN, "args": {}, "runs": runs,
        "completed_at": (state == "completed").then_some("2026-03-01T12:01:03Z")})
}

/// The only run. `state` may be a result, too.
pub(crate) fn run(state: &str, jobs: i64) -> Value {
    let result = matches!(state, "ok" | "error" | "cancelled").then_some(state);
    json!({"id": format!("{FLOW}-1"), "flow": FLOW, "stage": ULID, "stage_name": "tests", "label": "7.", "result": result,
        "state": if result.is_some() { "processed" } else { state }, "reason": "flow", "created_at": BEGIN, "args": {}, "started_at": BEGIN,
        "completed_at": result.map(|_| "2026-03-01T12:01:00Z"),
        "jobs": {"total": jobs, "waiting": 0, "executing": 0, "completed": 0, "error": if state == "error" { 1 } else { 0 }}})
}

/// A job of the run. `state` may be an outcome, too.
pub(crate) fn job(number: u32, name: &str, state: &str) -> Value {
    let over = !matches!(state, "queued" | "assigned" | "running" | "finished");
    json!({"id": format!("{FLOW}-1-{number}"), "run": format!("{FLOW}-1"), "flow": FLOW, "name": name, "system": "any", "executor": "local",
        "agents_group": "all", "config": "default", "state": if over { "completed" } else { state }, "outcome": over.then_some(state),
        "stopping": false, "created_at": BEGIN, "timeout_s": 300, "timeout_reason": "default", "assignments": 1,
        "started_at": (state != "queued").then_some(BEGIN), "completed_at": over.then_some("2026-03-01T12:00:28Z")})
}

pub(crate) fn changes(etag: &str) -> Answer {
    ok(json!({"etag": etag, "changed": {}, "next_ms": 10}))
}

impl Answer {
    pub(crate) fn set_status(&mut self, status: u16) {
        self.status = status;
    }
}
