//! Branches.

use axum::{
    Json as Body,
    extract::{Path, State},
    http::StatusCode,
};
use kraken_control::{Control, ControlError};
use kraken_domain::access::Role;
use kraken_protocol::api::{BranchChange, BranchFork, BranchMove, BranchView, NewBranch, Page, Problem};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    page::{PageAsked, page},
    problem::Answer,
    request::{Asked, Json, id},
    views,
};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    let one = OpenApiRouter::new().routes(routes!(show, change, delete)).routes(routes!(fork)).routes(routes!(move_to));
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(find)).merge(one)
}

/// The branches of a project by name.
#[utoipa::path(get, path = "/api/projects/{project}/branches", tag = "branches", params(("project" = String, Path), PageAsked),
    responses((status = 200, body = Page<BranchView>), (status = 404, body = Problem)))]
async fn list(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(project): Path<String>,
    Asked(asked): Asked<PageAsked>,
) -> Answer<Body<Page<BranchView>>> {
    let project = control.find_project(&project).await?;
    caller.require(Some(project.id), Role::Viewer)?;
    let (after, limit) = asked.bounds()?;
    Ok(Body(page(control.store.branches(project.id, limit, after.as_ref()).await?, |branch| views::branch(branch.value))))
}

/// Makes a branch.
#[utoipa::path(post, path = "/api/projects/{project}/branches", tag = "branches", params(("project" = String, Path)), request_body = NewBranch,
    responses((status = 201, body = BranchView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(project): Path<String>,
    Json(new): Json<NewBranch>,
) -> Answer<(StatusCode, Body<BranchView>)> {
    let project = control.find_project(&project).await?;
    caller.require(Some(project.id), Role::Admin)?;
    Ok((StatusCode::CREATED, Body(views::branch(control.create_branch(project.id, new).await?))))
}

/// A branch by the names of its project and its own.
#[utoipa::path(get, path = "/api/projects/{project}/branches/{name}", tag = "branches", params(("project" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = BranchView), (status = 404, body = Problem)))]
async fn find(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path((project, name)): Path<(String, String)>,
) -> Answer<Body<BranchView>> {
    let project = control.find_project(&project).await?;
    caller.require(Some(project.id), Role::Viewer)?;
    let not_found = || ControlError::not_found("branch", format!("{name:?} in project {:?}", project.name));
    let branch = control.store.branch_named(project.id, &name).await?.ok_or_else(not_found)?;
    Ok(Body(views::branch(control.branch(branch).await?.value)))
}

/// A branch.
#[utoipa::path(get, path = "/api/branches/{branch}", tag = "branches", params(("branch" = String, Path)),
    responses((status = 200, body = BranchView), (status = 404, body = Problem)))]
async fn show(State(control): State<Control>, Auth(caller): Auth, Path(branch): Path<String>) -> Answer<Body<BranchView>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Viewer)?;
    Ok(Body(views::branch(branch.value)))
}

/// Renames a branch, puts it away or brings it back, opens its badges and feeds to everyone.
#[utoipa::path(put, path = "/api/branches/{branch}", tag = "branches", params(("branch" = String, Path)), request_body = BranchChange,
    responses((status = 200, body = BranchView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn change(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    Json(change): Json<BranchChange>,
) -> Answer<Body<BranchView>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Admin)?;
    Ok(Body(views::branch(control.change_branch(branch.id, change).await?)))
}

/// Makes a branch with copies of this one's stages and variables.
#[utoipa::path(post, path = "/api/branches/{branch}/fork", tag = "branches", params(("branch" = String, Path)), request_body = BranchFork,
    responses((status = 201, body = BranchView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn fork(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    Json(fork): Json<BranchFork>,
) -> Answer<(StatusCode, Body<BranchView>)> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Admin)?;
    Ok((StatusCode::CREATED, Body(views::branch(control.fork_branch(branch.id, fork).await?))))
}

/// Moves a branch to another project, with all that is its own. This is for administrators of both. Its flows follow, the newest first: those of
/// a large branch within minutes.
#[utoipa::path(post, path = "/api/branches/{branch}/move", tag = "branches", params(("branch" = String, Path)), request_body = BranchMove,
    responses((status = 200, body = BranchView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn move_to(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    Json(to): Json<BranchMove>,
) -> Answer<Body<BranchView>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Admin)?;
    // Before anybody looks whether there is one.
    caller.require(Some(to.project), Role::Admin)?;
    // Those whom the branch leaves want to know by whom.
    kraken_store::audit::note_project(Some(branch.project));
    Ok(Body(views::branch(control.move_branch(branch.id, to.project).await?)))
}

/// Removes a branch that has no stages.
#[utoipa::path(delete, path = "/api/branches/{branch}", tag = "branches", params(("branch" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete(State(control): State<Control>, Auth(caller): Auth, Path(branch): Path<String>) -> Answer<StatusCode> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Admin)?;
    control.delete_branch(branch.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
