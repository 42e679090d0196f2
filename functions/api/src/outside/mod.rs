//! What is shown outside the application: badges, CCTray, Atom. Without a token for branches that are open to everyone.

mod atom;
mod badge;
mod cctray;
mod standing;
mod xml;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderName, header},
};
use kraken_control::{Control, ControlError};
use kraken_domain::{
    access::Role,
    record::{Branch, Project},
};
use kraken_protocol::api::Problem;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Secret, problem::Answer, request::id};

use standing::Standing;

/// Branches of a project in one answer.
const BRANCHES_MAX: u32 = 100;
/// Seconds for which a copy may be shown.
const CACHE: &str = "max-age=30";

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(badge)).routes(routes!(branch_tray)).routes(routes!(project_tray)).routes(routes!(feed))
}

type File = ([(HeaderName, &'static str); 2], String);

fn file(kind: &'static str, text: String) -> File {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, CACHE)], text)
}

/// How the newest finished CI flow of a branch ended, as an SVG badge.
#[utoipa::path(get, path = "/api/branches/{branch}/badges/build.svg", tag = "outside", security((), ("token" = [])),
    params(("branch" = String, Path)),
    responses((status = 200, body = String, content_type = "image/svg+xml"), (status = 404, body = Problem)))]
async fn badge(State(control): State<Control>, secret: Secret, Path(branch): Path<String>) -> Answer<File> {
    let branch = open_branch(&control, secret, &branch).await?;
    let standing = Standing::of(&control, branch.id).await?;
    Ok(file("image/svg+xml", badge::svg("build", badge::word(&standing))))
}

/// The stages of a branch for CCTray and whatever reads its format.
#[utoipa::path(get, path = "/api/branches/{branch}/cctray.xml", tag = "outside", security((), ("token" = [])), params(("branch" = String, Path)),
    responses((status = 200, body = String, content_type = "application/xml"), (status = 404, body = Problem)))]
async fn branch_tray(State(control): State<Control>, secret: Secret, headers: HeaderMap, Path(branch): Path<String>) -> Answer<File> {
    let branch = open_branch(&control, secret, &branch).await?;
    let project = control.project(branch.project).await?.value;
    let rows = rows_of(&control, &project, &branch, &base(&headers)).await?;
    Ok(file("application/xml; charset=utf-8", cctray::document(&rows)))
}

/// The stages of a project's branches, of those that the caller may see: a hundred branches at most, archived ones left out.
#[utoipa::path(get, path = "/api/projects/{project}/cctray.xml", tag = "outside", security((), ("token" = [])), params(("project" = String, Path)),
    responses((status = 200, body = String, content_type = "application/xml"), (status = 404, body = Problem)))]
async fn project_tray(State(control): State<Control>, secret: Secret, headers: HeaderMap, Path(name): Path<String>) -> Answer<File> {
    let all = match &secret.0 {
        Some(_) => Some(control.find_project(&name).await?.id),
        None => None,
    };
    if let Some(project) = all {
        require(&control, &secret, project).await?;
    }
    // Without a token a project without open branches is not there.
    let closed = || ControlError::not_found("project with open branches", format!("{name:?}"));
    let project = control.find_project(&name).await.map_err(|_| closed())?.value;
    let branches = control.store.branches(project.id, BRANCHES_MAX, None).await?.items;
    let branches: Vec<_> = branches.into_iter().filter(|branch| branch.archived_at.is_none() && (all.is_some() || branch.public)).collect();
    if all.is_none() && branches.is_empty() {
        return Err(closed().into());
    }
    let (base, mut rows) = (base(&headers), Vec::new());
    for branch in &branches {
        rows.extend(rows_of(&control, &project, branch, &base).await?);
    }
    Ok(file("application/xml; charset=utf-8", cctray::document(&rows)))
}

/// The newest finished CI flows of a branch as an Atom feed.
#[utoipa::path(get, path = "/api/branches/{branch}/feed.atom", tag = "outside", security((), ("token" = [])), params(("branch" = String, Path)),
    responses((status = 200, body = String, content_type = "application/atom+xml"), (status = 404, body = Problem)))]
async fn feed(State(control): State<Control>, secret: Secret, headers: HeaderMap, Path(branch): Path<String>) -> Answer<File> {
    let branch = open_branch(&control, secret, &branch).await?;
    let project = control.project(branch.project).await?.value;
    let standing = Standing::of(&control, branch.id).await?;
    Ok(file("application/atom+xml; charset=utf-8", atom::document(&project.name, &branch, &standing.flows, &base(&headers))))
}

async fn rows_of(control: &Control, project: &Project, branch: &Branch, base: &str) -> Answer<Vec<cctray::Row>> {
    let standing = Standing::of(control, branch.id).await?;
    let stages = standing.stages(control).await?;
    Ok(stages.into_iter().map(|stage| cctray::Row::new(project, branch, stage, base)).collect())
}

/// A branch that is open to everyone, or to whom the token belongs. To others it is not there.
async fn open_branch(control: &Control, secret: Secret, text: &str) -> Answer<Branch> {
    let branch = control.branch(id("branch", text)?).await;
    if secret.0.is_some() {
        let branch = branch?.value;
        require(control, &secret, branch.project).await?;
        return Ok(branch);
    }
    match branch {
        Ok(branch) if branch.public => Ok(branch.value),
        Ok(_) | Err(ControlError::NotFound { .. }) => Err(ControlError::not_found("open branch", text).into()),
        Err(error) => Err(error.into()),
    }
}

async fn require(control: &Control, secret: &Secret, project: kraken_domain::ProjectId) -> Answer<()> {
    if let Some(secret) = &secret.0 {
        control.caller(secret).await?.require(Some(project), Role::Viewer)?;
    }
    Ok(())
}

/// The address by which the caller reached this system, without a slash at its end.
fn base(headers: &HeaderMap) -> String {
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let scheme = said("x-forwarded-proto").filter(|scheme| scheme == "https").unwrap_or_else(|| "http".to_owned());
    let host = said("x-forwarded-host").or_else(|| said("host")).unwrap_or_else(|| "localhost".to_owned());
    format!("{scheme}://{host}")
}
