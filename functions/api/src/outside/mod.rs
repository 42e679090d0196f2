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
use futures::{StreamExt, TryStreamExt, stream};
use kraken_control::{Control, ControlError};
use kraken_domain::{
    ProjectId,
    access::Role,
    record::{Branch, Project},
};
use kraken_protocol::api::Problem;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Secret, problem::Answer, request::id};

use standing::Standing;

/// Branches of a project in one answer.
const BRANCHES_MAX: usize = 20;
/// Branches that are read at a time, and such pages at most, to find those that may be shown.
const PAGE: u32 = 200;
const PAGES_MAX: usize = 5;
/// Branches whose flows are read at the same time.
const AT_ONCE: usize = 5;
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
    let base = base(&control, &headers).await?;
    let rows = rows_of(control, project, branch, base).await?;
    Ok(file("application/xml; charset=utf-8", cctray::document(&rows)))
}

/// The stages of a project's branches, of those that the caller may see: the first twenty by name, archived ones left out.
#[utoipa::path(get, path = "/api/projects/{project}/cctray.xml", tag = "outside", security((), ("token" = [])), params(("project" = String, Path)),
    responses((status = 200, body = String, content_type = "application/xml"), (status = 404, body = Problem)))]
async fn project_tray(State(control): State<Control>, secret: Secret, headers: HeaderMap, Path(name): Path<String>) -> Answer<File> {
    // Without a token a project without open branches is not there.
    let only_public = secret.0.is_none();
    let closed = || ControlError::not_found("project with open branches", format!("{name:?}"));
    let project = match control.find_project(&name).await {
        Err(ControlError::NotFound { .. }) if only_public => return Err(closed().into()),
        other => other?.value,
    };
    require(&control, &secret, project.id).await?;
    let branches = shown_branches(&control, project.id, only_public).await?;
    if only_public && branches.is_empty() {
        return Err(closed().into());
    }
    let base = base(&control, &headers).await?;
    let rows = stream::iter(branches).map(|branch| rows_of(control.clone(), project.clone(), branch, base.clone())).buffered(AT_ONCE);
    let rows: Vec<_> = rows.try_collect::<Vec<_>>().await?.into_iter().flatten().collect();
    Ok(file("application/xml; charset=utf-8", cctray::document(&rows)))
}

async fn shown_branches(control: &Control, project: ProjectId, only_public: bool) -> Answer<Vec<Branch>> {
    let (mut shown, mut after) = (Vec::new(), None);
    for _ in 0..PAGES_MAX {
        let page = control.store.branches(project, PAGE, after.as_ref()).await?;
        let fit = page
            .items
            .into_iter()
            .map(|branch| branch.value)
            .filter(|branch| branch.archived_at.is_none() && (branch.public || !only_public));
        shown.extend(fit.take(BRANCHES_MAX - shown.len()));
        after = page.next;
        if after.is_none() || shown.len() == BRANCHES_MAX {
            break;
        }
    }
    Ok(shown)
}

/// The newest finished CI flows of a branch as an Atom feed.
#[utoipa::path(get, path = "/api/branches/{branch}/feed.atom", tag = "outside", security((), ("token" = [])), params(("branch" = String, Path)),
    responses((status = 200, body = String, content_type = "application/atom+xml"), (status = 404, body = Problem)))]
async fn feed(State(control): State<Control>, secret: Secret, headers: HeaderMap, Path(branch): Path<String>) -> Answer<File> {
    let branch = open_branch(&control, secret, &branch).await?;
    let project = control.project(branch.project).await?.value;
    let standing = Standing::of(&control, branch.id).await?;
    Ok(file(
        "application/atom+xml; charset=utf-8",
        atom::document(&project.name, &branch, &standing.flows, &base(&control, &headers).await?),
    ))
}

async fn rows_of(control: Control, project: Project, branch: Branch, base: String) -> Answer<Vec<cctray::Row>> {
    let standing = Standing::of(&control, branch.id).await?;
    let stages = standing.stages(&control).await?;
    Ok(stages.into_iter().map(|stage| cctray::Row::new(&project, &branch, stage, &base)).collect())
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

async fn require(control: &Control, secret: &Secret, project: ProjectId) -> Answer<()> {
    if let Some(secret) = &secret.0 {
        control.caller(secret).await?.require(Some(project), Role::Viewer)?;
    }
    Ok(())
}

/// The address of the web UI, without a slash at its end: as it was set, else as the caller reached this system.
async fn base(control: &Control, headers: &HeaderMap) -> Answer<String> {
    if let Some(set) = control.system_settings().await?.0.public_url.or_else(|| control.settings.public_url.clone()) {
        return Ok(set.trim_end_matches('/').to_owned());
    }
    let said = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let scheme = said("x-forwarded-proto").filter(|scheme| scheme == "https").unwrap_or_else(|| "http".to_owned());
    Ok(format!("{scheme}://{}", said("host").unwrap_or_else(|| "localhost".to_owned())))
}
