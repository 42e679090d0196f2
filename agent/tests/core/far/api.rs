//! `/api/agent/*`, with queue and store behind the same door.
#![allow(clippy::result_large_err)]

use aws_sdk_s3::presigning::PresigningConfig;
use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::post,
};
use globset::Glob;
use jiff::{SignedDuration, Timestamp};
use kraken_engines::{
    auth::{agent_prefix, agent_queue},
    front::is_sqs,
    s3::DATA_BUCKET,
};
use kraken_protocol::agent::{
    AbandonRequest, Claimed, EnrolRequest, Enrolled, FindArtifacts, FinishRequest, Finished, FoundArtifact, FoundArtifacts,
    HeartbeatAnswer, HeartbeatRequest, RegisterArtifacts, Session, SessionRequest, TemporaryCredentials,
};
use serde_json::json;
use tower::Service;

use super::{ENROLMENT, Facts, Far, TOKEN};

type Answer<T> = Result<Json<T>, Response>;

pub fn router(far: Far) -> Router {
    let api = Router::new()
        .route("/api/agent/enrol", post(enrol))
        .route("/api/agent/session", post(session))
        .route("/api/agent/claim", post(claim))
        .route("/api/agent/heartbeat", post(heartbeat))
        .route("/api/agent/finish", post(finish))
        .route("/api/agent/abandon", post(abandon))
        .route("/api/agent/artifacts/register", post(register))
        .route("/api/agent/artifacts/find", post(find))
        .layer(middleware::from_fn_with_state(far.clone(), unwell));
    api.fallback(storage).with_state(far)
}

fn problem(status: StatusCode, kind: &str, detail: &str) -> Response {
    (status, Json(json!({"type": format!("https://kraken.example/problems/{kind}"), "detail": detail}))).into_response()
}

fn bearer(headers: &HeaderMap) -> &str {
    headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer ")).unwrap_or_default()
}

async fn unwell(State(far): State<Far>, request: Request, next: Next) -> Response {
    {
        let mut facts = far.facts();
        if facts.unwell > 0 {
            facts.unwell -= 1;
            return problem(StatusCode::SERVICE_UNAVAILABLE, "unwell", "starting up");
        }
    }
    let known = bearer(request.headers()) == TOKEN && !far.facts().deleted;
    if !request.uri().path().ends_with("/enrol") && !known {
        return problem(StatusCode::UNAUTHORIZED, "unauthorised", "no agent has this token");
    }
    next.run(request).await
}

async fn enrol(State(far): State<Far>, headers: HeaderMap, Json(request): Json<EnrolRequest>) -> Answer<Enrolled> {
    let mut facts = far.facts();
    match bearer(&headers) {
        ENROLMENT => {}
        "" => facts.authorised = false,
        _ => return Err(problem(StatusCode::UNAUTHORIZED, "unauthorised", "no such enrolment token")),
    }
    facts.installation = Some(request.installation);
    Ok(Json(Enrolled { agent: facts.agent, token: TOKEN.into(), authorised: facts.authorised }))
}

async fn session(State(far): State<Far>, Json(request): Json<SessionRequest>) -> Answer<Session> {
    let mut facts = far.facts();
    if facts.installation.get_or_insert(request.installation.clone()) != &request.installation {
        return Err(problem(StatusCode::CONFLICT, "agent-in-use", "another installation speaks for this agent"));
    }
    facts.sessions += 1;
    let agent = facts.agent.to_string();
    let now = Timestamp::now() + facts.ahead;
    let minted = far.keyring.mint(&agent, now + SignedDuration::from_secs(facts.credentials_s));
    Ok(Json(Session {
        agent: facts.agent,
        authorised: facts.authorised,
        server_time: now,
        queue_url: format!("{}/000000000000/{}", far.address, agent_queue(&agent)),
        queue_endpoint: Some(far.address.clone()),
        object_endpoint: Some(far.address.clone()),
        region: "us-east-1".into(),
        bucket: DATA_BUCKET.into(),
        prefix: agent_prefix(&agent),
        credentials: TemporaryCredentials {
            access_key_id: minted.access_key_id,
            secret_access_key: minted.secret_access_key,
            session_token: minted.session_token,
            expires: minted.expires,
        },
        intervals: facts.intervals,
    }))
}

async fn claim(State(far): State<Far>) -> Json<Claimed> {
    let mut facts = far.facts();
    facts.claims += 1;
    let job = facts.waiting.pop_front();
    if let Some(order) = &job {
        facts.held = Some((order.job, order.generation));
    }
    Json(Claimed { job: job.map(Box::new) })
}

fn fence(facts: &Facts, job: kraken_domain::JobId, generation: kraken_domain::job::Generation) -> Result<(), Response> {
    if facts.stale || facts.held != Some((job, generation)) {
        return Err(problem(StatusCode::CONFLICT, "stale-generation", "the job was given to another agent"));
    }
    Ok(())
}

async fn heartbeat(State(far): State<Far>, Json(request): Json<HeartbeatRequest>) -> Answer<HeartbeatAnswer> {
    let mut facts = far.facts();
    if let Some(progress) = &request.job {
        fence(&facts, progress.job, progress.generation)?;
    }
    facts.heartbeats.push(request.job.map(|progress| progress.steps));
    let now = Timestamp::now() + facts.ahead;
    let lease_until = facts.held.map(|_| now + SignedDuration::from_secs(facts.intervals.lease_s.into()));
    let claim = !facts.waiting.is_empty() && facts.held.is_none();
    Ok(Json(HeartbeatAnswer { server_time: now, lease_until, stop: facts.stop, authorised: facts.authorised, claim }))
}

async fn finish(State(far): State<Far>, Json(request): Json<FinishRequest>) -> Answer<Finished> {
    let more = {
        let mut facts = far.facts();
        fence(&facts, request.job, request.generation)?;
        facts.held = None;
        facts.stop = false;
        facts.finished.push(request);
        !facts.waiting.is_empty()
    };
    if more {
        // The agent is idle now, so it is promised the next one.
        far.wake().await;
    }
    Ok(Json(Finished::default()))
}

async fn abandon(State(far): State<Far>, Json(request): Json<AbandonRequest>) -> Answer<Finished> {
    let mut facts = far.facts();
    fence(&facts, request.job, request.generation)?;
    facts.held = None;
    facts.abandoned.push(request.job);
    Ok(Json(Finished::default()))
}

async fn register(State(far): State<Far>, Json(request): Json<RegisterArtifacts>) -> Answer<Finished> {
    let mut facts = far.facts();
    fence(&facts, request.job, request.generation)?;
    facts.artifacts.extend(request.files.into_iter().map(|file| (file.path.clone(), file)));
    Ok(Json(Finished::default()))
}

async fn find(State(far): State<Far>, Json(request): Json<FindArtifacts>) -> Answer<FoundArtifacts> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    {
        let facts = far.facts();
        fence(&facts, request.job, request.generation)?;
        for source in request.sources {
            let glob = Glob::new(&source).unwrap().compile_matcher();
            let before = found.len();
            found.extend(facts.artifacts.values().filter(|file| glob.is_match(&file.path)).cloned());
            if found.len() == before {
                missing.push(source);
            }
        }
    }
    if !missing.is_empty() {
        return Ok(Json(FoundArtifacts { files: Vec::new(), missing }));
    }
    let mut files = Vec::new();
    for file in found {
        let hour = PresigningConfig::expires_in(std::time::Duration::from_secs(3600)).unwrap();
        let signed = far.store.get_object().bucket(DATA_BUCKET).key(&file.key).presigned(hour).await.unwrap();
        files.push(FoundArtifact { file, url: signed.uri().to_owned() });
    }
    Ok(Json(FoundArtifacts { files, missing }))
}

/// Everything that is not the API is queue or store.
async fn storage(State(far): State<Far>, request: Request) -> Response {
    if is_sqs(&request) {
        return far.front.call(request).await.map(Body::new);
    }
    if request.method() != axum::http::Method::GET {
        let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        far.facts().puts.push(format!("{} {}{query}", request.method(), request.uri().path()));
    }
    let answer = far.endpoint.clone().call(request).await.unwrap();
    answer.map(Body::new)
}
