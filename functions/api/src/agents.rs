//! Agents, as people see them.

use axum::{
    Json as Body,
    extract::{Path, State},
    http::StatusCode,
};
use kraken_control::Control;
use kraken_domain::{AgentId, access::Role, agent::Agent};
use kraken_protocol::api::{AgentGroups, AgentView, JobView, Page, Problem};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    page::{PageAsked, page},
    problem::Answer,
    request::{Asked, Json, id},
    views,
};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(show, delete))
        .routes(routes!(jobs))
        .routes(routes!(authorise))
        .routes(routes!(enable))
        .routes(routes!(disable))
        .routes(routes!(set_groups))
}

async fn shown(control: &Control, agent: Agent) -> Answer<Body<AgentView>> {
    let seen = control.store.seen(&[agent.id]).await?.into_iter().next().flatten();
    Ok(Body(views::agent(agent, seen.as_ref().map(|seen| &seen.value))))
}

/// All agents that are not deleted, in order of joining. Everybody with a token may see them: they say why jobs wait.
#[utoipa::path(get, path = "/api/agents", tag = "agents", params(PageAsked), responses((status = 200, body = Page<AgentView>)))]
async fn list(State(control): State<Control>, _caller: Auth, Asked(asked): Asked<PageAsked>) -> Answer<Body<Page<AgentView>>> {
    let (after, limit) = asked.bounds()?;
    let agents = control.store.agents(limit, after.as_ref()).await?;
    let ids: Vec<AgentId> = agents.items.iter().map(|agent| agent.id).collect();
    let mut seen = control.store.seen(&ids).await?.into_iter();
    Ok(Body(page(agents, |agent| views::agent(agent.value, seen.next().flatten().as_ref().map(|seen| &seen.value)))))
}

/// An agent.
#[utoipa::path(get, path = "/api/agents/{agent}", tag = "agents", params(("agent" = String, Path)),
    responses((status = 200, body = AgentView), (status = 404, body = Problem)))]
async fn show(State(control): State<Control>, _caller: Auth, Path(agent): Path<String>) -> Answer<Body<AgentView>> {
    let agent = control.agent(id("agent", &agent)?).await?;
    shown(&control, agent.value).await
}

/// The jobs that an agent ran or runs, newest first; those of projects that the caller may see.
#[utoipa::path(get, path = "/api/agents/{agent}/jobs", tag = "agents", params(("agent" = String, Path), PageAsked),
    responses((status = 200, body = Page<JobView>), (status = 404, body = Problem)))]
async fn jobs(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(agent): Path<String>,
    Asked(asked): Asked<PageAsked>,
) -> Answer<Body<Page<JobView>>> {
    let agent = control.agent(id("agent", &agent)?).await?;
    let (after, limit) = asked.bounds()?;
    let mut jobs = control.store.jobs_of_agent(agent.id, limit, after.as_ref()).await?;
    jobs.items.retain(|job| caller.require(Some(job.project), Role::Viewer).is_ok());
    Ok(Body(page(jobs, |job| views::job(job.value, false))))
}

/// Lets a discovered agent in.
#[utoipa::path(post, path = "/api/agents/{agent}/authorise", tag = "agents", params(("agent" = String, Path)),
    responses((status = 200, body = AgentView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn authorise(State(control): State<Control>, Auth(caller): Auth, Path(agent): Path<String>) -> Answer<Body<AgentView>> {
    caller.require(None, Role::Admin)?;
    let agent = control.authorise_agent(id("agent", &agent)?).await?;
    shown(&control, agent).await
}

/// Lets an agent take jobs.
#[utoipa::path(post, path = "/api/agents/{agent}/enable", tag = "agents", params(("agent" = String, Path)),
    responses((status = 200, body = AgentView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn enable(State(control): State<Control>, Auth(caller): Auth, Path(agent): Path<String>) -> Answer<Body<AgentView>> {
    caller.require(None, Role::Admin)?;
    let agent = control.enable_agent(id("agent", &agent)?).await?;
    shown(&control, agent).await
}

/// Lets an agent finish its job and take no more.
#[utoipa::path(post, path = "/api/agents/{agent}/disable", tag = "agents", params(("agent" = String, Path)),
    responses((status = 200, body = AgentView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn disable(State(control): State<Control>, Auth(caller): Auth, Path(agent): Path<String>) -> Answer<Body<AgentView>> {
    caller.require(None, Role::Admin)?;
    let agent = control.disable_agent(id("agent", &agent)?).await?;
    shown(&control, agent).await
}

/// Puts an agent into exactly these groups, besides `all`.
#[utoipa::path(put, path = "/api/agents/{agent}/groups", tag = "agents", params(("agent" = String, Path)), request_body = AgentGroups,
    responses((status = 200, body = AgentView), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn set_groups(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(agent): Path<String>,
    Json(wanted): Json<AgentGroups>,
) -> Answer<Body<AgentView>> {
    caller.require(None, Role::Admin)?;
    let agent = control.set_agent_groups(id("agent", &agent)?, wanted.groups).await?;
    shown(&control, agent).await
}

/// Removes an agent: its token is worth nothing from now on.
#[utoipa::path(delete, path = "/api/agents/{agent}", tag = "agents", params(("agent" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete(State(control): State<Control>, Auth(caller): Auth, Path(agent): Path<String>) -> Answer<StatusCode> {
    caller.require(None, Role::Admin)?;
    control.delete_agent(id("agent", &agent)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
