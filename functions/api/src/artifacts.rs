//! Artifacts: what jobs stored.

use std::time::Duration;

use axum::{
    Json as Body,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Redirect, Response},
};
use kraken_cloud::Reading;
use kraken_control::{Control, ControlError};
use kraken_domain::{JobId, RunId, access::Role};
use kraken_protocol::api::{ArtifactAddress, ArtifactView, Page, Problem};
use kraken_store::ArtifactRecord;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::{Auth, Secret},
    page::{PageAsked, page},
    problem::Answer,
    request::{Asked, id},
};

/// How long the address of a file is good.
const READABLE_FOR: Duration = Duration::from_secs(300);

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(of_flow)).routes(routes!(of_run)).routes(routes!(download))
}

fn view((job, file): (JobId, ArtifactRecord)) -> ArtifactView {
    let ArtifactRecord { path, key: _, size, sha256, mode, public, report_entry } = file;
    ArtifactView { path, job, size, sha256, mode, public, report_entry }
}

/// The files that the jobs of a flow stored, run by run.
#[utoipa::path(get, path = "/api/flows/{flow}/artifacts", tag = "artifacts", params(("flow" = String, Path), PageAsked),
    responses((status = 200, body = Page<ArtifactView>), (status = 404, body = Problem)))]
async fn of_flow(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(flow): Path<String>,
    Asked(asked): Asked<PageAsked>,
) -> Answer<Body<Page<ArtifactView>>> {
    let flow = control.flow(id("flow", &flow)?).await?;
    caller.require(Some(flow.project), Role::Viewer)?;
    let (after, limit) = asked.bounds()?;
    Ok(Body(page(control.flow_artifacts(flow.id, limit as usize, after.as_ref()).await?, view)))
}

/// The files that the jobs of a run stored, by job. Files of jobs that were repeated are left out.
#[utoipa::path(get, path = "/api/runs/{run}/artifacts", tag = "artifacts", params(("run" = String, Path), PageAsked),
    responses((status = 200, body = Page<ArtifactView>), (status = 404, body = Problem)))]
async fn of_run(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(run): Path<String>,
    Asked(asked): Asked<PageAsked>,
) -> Answer<Body<Page<ArtifactView>>> {
    let run = control.run(id("run", &run)?).await?;
    caller.require(Some(run.project), Role::Viewer)?;
    let (after, limit) = asked.bounds()?;
    Ok(Body(page(control.run_artifacts(run.id, limit as usize, after.as_ref()).await?, view)))
}

/// What a browser takes the first page of a report for. What it is not known to show is text.
fn shown_as(path: &str) -> &'static str {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("html" | "htm") => "text/html; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("pdf") => "application/pdf",
        Some("json") => "application/json",
        _ => "text/plain; charset=utf-8",
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AddressAsked {
    /// `true`: the answer is the address, for programs that cannot follow where they are sent. Else one is sent there.
    address: Option<bool>,
    /// `true`: to be shown by a browser instead of kept, of its own kind. Only the first page of a report is.
    open: Option<bool>,
}

/// Leads to a file: an address that is good for five minutes. Public files need no token.
#[utoipa::path(get, path = "/api/runs/{run}/artifacts/{*path}", tag = "artifacts",
    params(("run" = String, Path), ("path" = String, Path), AddressAsked),
    responses((status = 200, body = ArtifactAddress), (status = 307), (status = 404, body = Problem)))]
async fn download(
    State(control): State<Control>,
    Secret(secret): Secret,
    Path((run, path)): Path<(String, String)>,
    Asked(asked): Asked<AddressAsked>,
) -> Answer<Response> {
    let run: RunId = id("run", &run)?;
    let not_found = || ControlError::not_found("artifact", format!("{path:?} in run {run}"));
    let found = match control.store.run(run).await? {
        Some(run) => control.run_artifact(run.id, &path).await?.map(|file| (run.project, file)),
        None => None,
    };
    if !found.as_ref().is_some_and(|(_, file)| file.public) {
        // Without leave nobody learns whether a file exists.
        let secret = secret.ok_or_else(|| ControlError::Unauthorised("no token: send one as 'Authorization: Bearer …'".into()))?;
        let caller = control.caller(&secret).await?;
        caller.require(Some(control.run(run).await?.project), Role::Viewer)?;
    }
    let (_, file) = found.ok_or_else(not_found)?;
    let reading = if asked.open.unwrap_or(false) {
        if !file.report_entry {
            return Err(
                ControlError::invalid("/open", format!("{path:?} is no report's first page, which a step names by report_entry")).into()
            );
        }
        // What a job wrote is never a page of the application's own origin: the object store is another one, or confines it to one of its own.
        Reading { content_type: Some(shown_as(&path)), ..Reading::default() }
    } else {
        Reading { file_name: path.rsplit('/').next(), ..Reading::default() }
    };
    let url = control.objects.presigned_get(&file.key, READABLE_FOR, reading).await?;
    if !asked.address.unwrap_or(false) {
        return Ok(Redirect::temporary(&url).into_response());
    }
    // It is only good for a while, and opens the file for whoever has it.
    let expires = control.clock.now().saturating_add(READABLE_FOR).unwrap_or(kraken_domain::Timestamp::MAX);
    Ok(([(header::CACHE_CONTROL, "no-store")], Body(ArtifactAddress { url, expires })).into_response())
}
