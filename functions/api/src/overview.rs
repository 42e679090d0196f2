//! All branches with their last flows.

use axum::{Json as Body, extract::State};
use kraken_control::{
    Control, ControlError,
    overview::{LAST_MAX, StandingBranch, Wanted},
};
use kraken_domain::flow::FlowKind;
use kraken_protocol::api::{BranchOverview, Page, Problem, words};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Auth, page::PageAsked, problem::Answer, request::Asked, views};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(overview))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct OverviewAsked {
    /// How many of its newest flows come with each branch: 0 to 50, 1 when absent.
    last: Option<u32>,
    /// `ci` (default) or `dev`.
    #[param(value_type = Option<words::FlowKind>)]
    kind: Option<FlowKind>,
    /// `true` for the flows with their runs (without the arguments of these) and the counts of their jobs.
    #[serde(default)]
    runs: bool,
    /// `next` of the page before; absent for the first one.
    cursor: Option<String>,
    /// The most branches to give: 1 to 200, 50 when absent.
    limit: Option<u32>,
}

/// The branches of all projects that the caller may see, by the names of project and branch, with their newest flows. Archived ones are left
/// out. A page may have fewer rows than asked for, even none, and still go on.
#[utoipa::path(get, path = "/api/branches", tag = "branches", params(OverviewAsked),
    responses((status = 200, body = Page<BranchOverview>), (status = 422, body = Problem)))]
async fn overview(
    State(control): State<Control>,
    Auth(caller): Auth,
    Asked(asked): Asked<OverviewAsked>,
) -> Answer<Body<Page<BranchOverview>>> {
    let (cursor, limit) = PageAsked { cursor: asked.cursor, limit: asked.limit }.bounds()?;
    let last = asked.last.unwrap_or(1);
    if last > LAST_MAX {
        let said = format!("{last} flows of each branch are too many: expected 0 to {LAST_MAX}");
        return Err(ControlError::invalid("/query/last", said).into());
    }
    let wanted = Wanted { last, kind: asked.kind.unwrap_or(FlowKind::Ci), runs: asked.runs };
    let cursor = cursor.map(|cursor| cursor.to_string());
    let (branches, next) = control.standing_branches(&caller, wanted, limit, cursor.as_deref()).await?;
    Ok(Body(Page { items: branches.into_iter().map(view).collect(), next }))
}

fn view(standing: StandingBranch) -> BranchOverview {
    let StandingBranch { project, branch, flows } = standing;
    BranchOverview {
        id: branch.id,
        name: branch.name,
        branch_name: branch.branch_name,
        project: project.id,
        project_name: project.name,
        flows: flows.into_iter().map(views::listed_flow).collect(),
    }
}
