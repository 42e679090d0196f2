//! What agents call. Not in the public document: it is between agent and server of neighbouring versions.

use axum::{Json as Body, Router, extract::State, routing::post};
use kraken_control::Control;
use kraken_protocol::agent::{
    AbandonRequest, ChangeData, ChangedData, ClaimRequest, Claimed, DataNow, EnrolRequest, Enrolled, FindArtifacts, FinishRequest,
    Finished, FoundArtifacts, HeartbeatAnswer, HeartbeatRequest, ReadData, RegisterArtifacts, Session, SessionRequest,
};

use crate::{
    auth::{AsAgent, Secret},
    problem::Answer,
    request::{Json, note_job},
};

pub(crate) fn routes() -> Router<Control> {
    Router::new()
        .route("/api/agent/enrol", post(enrol))
        .route("/api/agent/session", post(session))
        .route("/api/agent/claim", post(claim))
        .route("/api/agent/heartbeat", post(heartbeat))
        .route("/api/agent/finish", post(finish))
        .route("/api/agent/abandon", post(abandon))
        .route("/api/agent/artifacts/register", post(register_artifacts))
        .route("/api/agent/artifacts/find", post(find_artifacts))
        .route("/api/agent/data/read", post(read_data))
        .route("/api/agent/data/change", post(change_data))
}

async fn enrol(State(control): State<Control>, Secret(secret): Secret, Json(request): Json<EnrolRequest>) -> Answer<Body<Enrolled>> {
    Ok(Body(control.enrol(secret.as_deref(), request).await?))
}

async fn session(State(control): State<Control>, AsAgent(agent): AsAgent, Json(request): Json<SessionRequest>) -> Answer<Body<Session>> {
    Ok(Body(control.open_session(agent, request).await?))
}

async fn claim(State(control): State<Control>, AsAgent(agent): AsAgent, Json(request): Json<ClaimRequest>) -> Answer<Body<Claimed>> {
    Ok(Body(control.claim(agent, request).await?))
}

async fn heartbeat(
    State(control): State<Control>,
    AsAgent(agent): AsAgent,
    Json(request): Json<HeartbeatRequest>,
) -> Answer<Body<HeartbeatAnswer>> {
    if let Some(progress) = &request.job {
        note_job(progress.job);
    }
    Ok(Body(control.heartbeat(agent, request).await?))
}

async fn finish(State(control): State<Control>, AsAgent(agent): AsAgent, Json(request): Json<FinishRequest>) -> Answer<Body<Finished>> {
    note_job(request.job);
    Ok(Body(control.finish(agent, request).await?))
}

async fn abandon(State(control): State<Control>, AsAgent(agent): AsAgent, Json(request): Json<AbandonRequest>) -> Answer<Body<Finished>> {
    note_job(request.job);
    control.abandon(agent, request).await?;
    Ok(Body(Finished::default()))
}

async fn register_artifacts(
    State(control): State<Control>,
    AsAgent(agent): AsAgent,
    Json(request): Json<RegisterArtifacts>,
) -> Answer<Body<Finished>> {
    note_job(request.job);
    control.register_artifacts(agent, request).await?;
    Ok(Body(Finished::default()))
}

async fn find_artifacts(
    State(control): State<Control>,
    AsAgent(agent): AsAgent,
    Json(request): Json<FindArtifacts>,
) -> Answer<Body<FoundArtifacts>> {
    note_job(request.job);
    Ok(Body(control.find_artifacts(agent, request).await?))
}

async fn read_data(State(control): State<Control>, AsAgent(agent): AsAgent, Json(request): Json<ReadData>) -> Answer<Body<DataNow>> {
    note_job(request.job);
    Ok(Body(control.read_data(agent, request).await?))
}

async fn change_data(
    State(control): State<Control>,
    AsAgent(agent): AsAgent,
    Json(request): Json<ChangeData>,
) -> Answer<Body<ChangedData>> {
    note_job(request.job);
    Ok(Body(control.change_data_of_job(agent, request).await?))
}
