//! Lines of any log.

use axum::{Json as Body, extract::State};
use jiff::Timestamp;
use kraken_control::{Control, ControlError};
use kraken_protocol::api::{FoundLogs, Problem};
use kraken_search::{DEFAULT_LIMIT, Level, Order, Query, Text};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Auth, problem::Answer, request::Asked};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(find))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct FindAsked {
    /// Words that a line must have, in any case, and phrases in double quotes. All lines when absent.
    q: Option<String>,
    /// Of this project (its id).
    project: Option<String>,
    /// Of this branch (its id).
    branch: Option<String>,
    /// Of this flow.
    flow: Option<String>,
    /// Of this run.
    run: Option<String>,
    /// Of this job.
    job: Option<String>,
    /// Of the step with this number in its job, from 0.
    step: Option<String>,
    /// Of this agent (its id).
    agent: Option<String>,
    /// Written by it: `job`, `agent`, `api`, …
    service: Option<String>,
    /// Of this level or a graver one: `debug`, `info`, `warn`, `error`.
    level: Option<String>,
    /// Written at this time (RFC 3339) or later.
    since: Option<Timestamp>,
    /// Written before this time (RFC 3339).
    until: Option<Timestamp>,
    /// `newest` or `oldest` first; the newest when absent.
    #[param(inline)]
    order: Option<Asking>,
    /// The most lines to give: 1 to 1,000, 100 when absent.
    limit: Option<usize>,
    /// Where the page before this one ended.
    cursor: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum Asking {
    Newest,
    Oldest,
}

/// Lines of the logs of jobs, agents and services that fit all that is asked. Whoever may see a project sees the lines of its jobs; all others
/// are for administrators. Where there is no log search, a run or a job must be named.
#[utoipa::path(get, path = "/api/logs", tag = "logs", params(FindAsked),
    responses((status = 200, body = FoundLogs), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn find(State(control): State<Control>, auth: Auth, Asked(asked): Asked<FindAsked>) -> Answer<Body<FoundLogs>> {
    let level = |name: String| name.parse::<Level>().map_err(|why| ControlError::invalid("/query/level", why));
    let order = asked.order.map(|order| match order {
        Asking::Newest => Order::NewestFirst,
        Asking::Oldest => Order::OldestFirst,
    });
    let query = Query {
        text: Text::parse(asked.q.as_deref().unwrap_or_default()),
        service: asked.service,
        project: asked.project,
        branch: asked.branch,
        flow: asked.flow,
        run: asked.run,
        job: asked.job,
        step: asked.step,
        agent: asked.agent,
        level: asked.level.map(level).transpose()?,
        since: asked.since,
        until: asked.until,
        limit: asked.limit.unwrap_or(DEFAULT_LIMIT),
        cursor: asked.cursor,
        ..Query::default()
    };
    Ok(Body(control.find_logs(&auth.0, query, order).await?))
}
