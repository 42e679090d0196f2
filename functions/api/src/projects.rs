//! Projects.

use axum::{
    Json as Body,
    extract::{Path, State},
    http::StatusCode,
};
use kraken_control::Control;
use kraken_domain::access::Role;
use kraken_protocol::api::{NewProject, Page, Problem, ProjectView};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    page::{PageAsked, page},
    problem::Answer,
    request::{Asked, Json},
    views,
};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(show, delete))
}

/// All projects by name that the caller may see.
#[utoipa::path(get, path = "/api/projects", tag = "projects", params(PageAsked), responses((status = 200, body = Page<ProjectView>)))]
async fn list(State(control): State<Control>, Auth(caller): Auth, Asked(asked): Asked<PageAsked>) -> Answer<Body<Page<ProjectView>>> {
    let (after, limit) = asked.bounds()?;
    let mut projects = control.store.projects(limit, after.as_ref()).await?;
    projects.items.retain(|project| caller.require(Some(project.id), Role::Viewer).is_ok());
    Ok(Body(page(projects, |project| views::project(project.value))))
}

/// Makes a project.
#[utoipa::path(post, path = "/api/projects", tag = "projects", request_body = NewProject,
    responses((status = 201, body = ProjectView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(control): State<Control>,
    Auth(caller): Auth,
    Json(new): Json<NewProject>,
) -> Answer<(StatusCode, Body<ProjectView>)> {
    caller.require(None, Role::Admin)?;
    let project = control.create_project(new).await?;
    Ok((StatusCode::CREATED, Body(views::project(project))))
}

/// A project, by id or name.
#[utoipa::path(get, path = "/api/projects/{project}", tag = "projects", params(("project" = String, Path, description = "id or name")),
    responses((status = 200, body = ProjectView), (status = 404, body = Problem)))]
async fn show(State(control): State<Control>, Auth(caller): Auth, Path(project): Path<String>) -> Answer<Body<ProjectView>> {
    let project = control.find_project(&project).await?;
    caller.require(Some(project.id), Role::Viewer)?;
    Ok(Body(views::project(project.value)))
}

/// Removes a project that has no branches.
#[utoipa::path(delete, path = "/api/projects/{project}", tag = "projects", params(("project" = String, Path, description = "id or name")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete(State(control): State<Control>, Auth(caller): Auth, Path(project): Path<String>) -> Answer<StatusCode> {
    let project = control.find_project(&project).await?;
    caller.require(None, Role::Admin)?;
    control.delete_project(project.id).await?;
    Ok(StatusCode::NO_CONTENT)
}
