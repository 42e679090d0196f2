//! Secrets of projects and branches: set as a whole, listed without their values, never given out.

use axum::{
    Json as Body,
    extract::{Path, State},
    http::StatusCode,
};
use kraken_control::Control;
use kraken_domain::{
    access::Role,
    secret::{SecretOwner, StoredSecret},
};
use kraken_protocol::api::{NewSecret, Problem, SecretList, SecretView};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    problem::Answer,
    request::{SecretJson, id},
};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new()
        .routes(routes!(list_of_project))
        .routes(routes!(set_of_project, delete_of_project))
        .routes(routes!(list_of_branch))
        .routes(routes!(set_of_branch, delete_of_branch))
}

/// The secrets of a project by name, without their values.
#[utoipa::path(get, path = "/api/projects/{project}/secrets", tag = "secrets", params(("project" = String, Path)),
    responses((status = 200, body = SecretList), (status = 404, body = Problem)))]
async fn list_of_project(State(control): State<Control>, Auth(caller): Auth, Path(project): Path<String>) -> Answer<Body<SecretList>> {
    let project = control.find_project(&project).await?;
    caller.require(Some(project.id), Role::Viewer)?;
    list(&control, SecretOwner::Project(project.id)).await
}

/// Sets a secret of a project as a whole.
#[utoipa::path(put, path = "/api/projects/{project}/secrets/{name}", tag = "secrets", request_body = NewSecret,
    params(("project" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = SecretView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set_of_project(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path((project, name)): Path<(String, String)>,
    SecretJson(new): SecretJson<NewSecret>,
) -> Answer<Body<SecretView>> {
    let project = control.find_project(&project).await?;
    caller.require(Some(project.id), Role::Admin)?;
    let owner = SecretOwner::Project(project.id);
    Ok(Body(view(control.set_secret(owner, &name, &new, caller.name()).await?)))
}

/// Removes a secret of a project.
#[utoipa::path(delete, path = "/api/projects/{project}/secrets/{name}", tag = "secrets",
    params(("project" = String, Path), ("name" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn delete_of_project(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path((project, name)): Path<(String, String)>,
) -> Answer<StatusCode> {
    let project = control.find_project(&project).await?;
    caller.require(Some(project.id), Role::Admin)?;
    control.delete_secret(SecretOwner::Project(project.id), &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The secrets of a branch's own by name, without their values. Its project's can be used as well.
#[utoipa::path(get, path = "/api/branches/{branch}/secrets", tag = "secrets", params(("branch" = String, Path)),
    responses((status = 200, body = SecretList), (status = 404, body = Problem)))]
async fn list_of_branch(State(control): State<Control>, Auth(caller): Auth, Path(branch): Path<String>) -> Answer<Body<SecretList>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Viewer)?;
    list(&control, SecretOwner::Branch(branch.id)).await
}

/// Sets a secret of a branch as a whole. It is used in the place of the project's of the same name.
#[utoipa::path(put, path = "/api/branches/{branch}/secrets/{name}", tag = "secrets", request_body = NewSecret,
    params(("branch" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = SecretView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set_of_branch(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path((branch, name)): Path<(String, String)>,
    SecretJson(new): SecretJson<NewSecret>,
) -> Answer<Body<SecretView>> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Admin)?;
    let owner = SecretOwner::Branch(branch.id);
    Ok(Body(view(control.set_secret(owner, &name, &new, caller.name()).await?)))
}

/// Removes a secret of a branch. The project's of the same name is used from then on.
#[utoipa::path(delete, path = "/api/branches/{branch}/secrets/{name}", tag = "secrets",
    params(("branch" = String, Path), ("name" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn delete_of_branch(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path((branch, name)): Path<(String, String)>,
) -> Answer<StatusCode> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Admin)?;
    control.delete_secret(SecretOwner::Branch(branch.id), &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list(control: &Control, owner: SecretOwner) -> Answer<Body<SecretList>> {
    let items = control.secrets(owner).await?.into_iter().map(view).collect();
    Ok(Body(SecretList { items }))
}

fn view(secret: StoredSecret) -> SecretView {
    let of = match secret.owner {
        SecretOwner::Project(_) => "project",
        SecretOwner::Branch(_) => "branch",
    };
    SecretView {
        name: secret.name,
        kind: secret.kind.as_str().to_owned(),
        of: of.to_owned(),
        note: secret.note,
        changed_at: secret.changed_at,
        changed_by: secret.changed_by,
        set: secret.sealed.is_some(),
    }
}
