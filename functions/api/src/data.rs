//! User data of flows, branches and projects.
//!
//! A document is a resource of its own: its tag is its version, and who changes it may say over which version (`If-Match`). One that nobody
//! has written is an empty object of the version 0.

use axum::{
    Json as Body,
    extract::{FromRequest, Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kraken_control::{
    Control, ControlError,
    data::{DataRead, DataTerms, Named},
    setup::Caller,
};
use kraken_domain::{
    access::Role,
    data::{DataChange, DataOwner, found_at},
    flow::FlowKind,
};
use kraken_protocol::api::{DataPatch, Problem, UserData};
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    problem::{Answer, ApiError},
    request::{Asked, body, id, parsed},
};

/// What a patch is called (RFC 6902).
const JSON_PATCH: &str = "application/json-patch+json";

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new()
        .routes(routes!(of_flow, set_of_flow, patch_of_flow))
        .routes(routes!(of_branch, set_of_branch, patch_of_branch))
        .routes(routes!(of_project, set_of_project, patch_of_project))
}

/// A JSON body. None is not the same as an empty object: it would take everything away.
struct Given(Value);

impl<S: Send + Sync> FromRequest<S> for Given {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Answer<Self> {
        let bytes = body(request, state).await?;
        if bytes.is_empty() {
            return Err(ControlError::invalid("", "there is no body: expected JSON").into());
        }
        parsed(&bytes, |error| error.to_string()).map(Self)
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PlaceAsked {
    /// A place in the document, as a JSON pointer (RFC 6901): `/systems/0`; absent for all of it.
    pointer: Option<String>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct KindAsked {
    /// `ci` or `dev`: the data of these flows of the branch; absent for those of the branch itself.
    #[param(value_type = Option<String>)]
    kind: Option<FlowKind>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Header)]
#[allow(dead_code, reason = "describes what the handlers read from the headers")]
struct TermsAsked {
    /// The `ETag` of what was read: another one by now is answered with 412, and nothing changes.
    #[serde(rename = "If-Match")]
    if_match: Option<String>,
    /// Names the change: the same one, sent again by the same caller within 15 minutes and 300 changes of these data, is done once.
    #[serde(rename = "Idempotency-Key")]
    idempotency_key: Option<String>,
}

/// The user data of a flow.
#[utoipa::path(get, path = "/api/flows/{flow}/data", tag = "data", params(("flow" = String, Path), PlaceAsked),
    responses((status = 200, body = UserData, headers(("ETag" = String))), (status = 304), (status = 404, body = Problem)))]
async fn of_flow(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(flow): Path<String>,
    headers: HeaderMap,
    Asked(place): Asked<PlaceAsked>,
) -> Answer<Response> {
    let flow = control.flow(id("flow", &flow)?).await?;
    caller.require(Some(flow.project), Role::Viewer)?;
    show(&control, DataOwner::Flow(flow.id), &place, &headers).await
}

/// Sets the user data of a flow, or a value at a place in them; objects on the way are made.
#[utoipa::path(put, path = "/api/flows/{flow}/data", tag = "data", params(("flow" = String, Path), PlaceAsked, TermsAsked),
    request_body = UserData, responses((status = 200, body = UserData, headers(("ETag" = String))), (status = 404, body = Problem),
    (status = 412, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn set_of_flow(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(flow): Path<String>,
    headers: HeaderMap,
    Asked(place): Asked<PlaceAsked>,
    Given(value): Given,
) -> Answer<Response> {
    let flow = control.flow(id("flow", &flow)?).await?;
    caller.require(Some(flow.project), Role::User)?;
    set(&control, DataOwner::Flow(flow.id), &place, value, (&caller, &headers)).await
}

/// Changes the user data of a flow by a JSON Patch. Patches that come at the same moment are all done, one after the other.
#[utoipa::path(patch, path = "/api/flows/{flow}/data", tag = "data", params(("flow" = String, Path), TermsAsked),
    request_body(content = DataPatch, content_type = "application/json-patch+json"),
    responses((status = 200, body = UserData, headers(("ETag" = String))), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 412, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn patch_of_flow(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(flow): Path<String>,
    headers: HeaderMap,
    Given(value): Given,
) -> Answer<Response> {
    let flow = control.flow(id("flow", &flow)?).await?;
    caller.require(Some(flow.project), Role::User)?;
    patch(&control, DataOwner::Flow(flow.id), &value, (&caller, &headers)).await
}

/// The user data of a branch: its own, or those of its CI or DEV flows.
#[utoipa::path(get, path = "/api/branches/{branch}/data", tag = "data", params(("branch" = String, Path), KindAsked, PlaceAsked),
    responses((status = 200, body = UserData, headers(("ETag" = String))), (status = 304), (status = 404, body = Problem)))]
async fn of_branch(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    headers: HeaderMap,
    Asked(kind): Asked<KindAsked>,
    Asked(place): Asked<PlaceAsked>,
) -> Answer<Response> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Viewer)?;
    show(&control, kind.owner(branch.id), &place, &headers).await
}

/// Sets user data of a branch, or a value at a place in them; objects on the way are made.
#[utoipa::path(put, path = "/api/branches/{branch}/data", tag = "data",
    params(("branch" = String, Path), KindAsked, PlaceAsked, TermsAsked), request_body = UserData,
    responses((status = 200, body = UserData, headers(("ETag" = String))), (status = 404, body = Problem), (status = 412, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn set_of_branch(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    headers: HeaderMap,
    Asked(kind): Asked<KindAsked>,
    Asked(place): Asked<PlaceAsked>,
    Given(value): Given,
) -> Answer<Response> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Admin)?;
    set(&control, kind.owner(branch.id), &place, value, (&caller, &headers)).await
}

/// Changes user data of a branch by a JSON Patch. Patches that come at the same moment are all done, one after the other.
#[utoipa::path(patch, path = "/api/branches/{branch}/data", tag = "data", params(("branch" = String, Path), KindAsked, TermsAsked),
    request_body(content = DataPatch, content_type = "application/json-patch+json"),
    responses((status = 200, body = UserData, headers(("ETag" = String))), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 412, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn patch_of_branch(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(branch): Path<String>,
    headers: HeaderMap,
    Asked(kind): Asked<KindAsked>,
    Given(value): Given,
) -> Answer<Response> {
    let branch = control.branch(id("branch", &branch)?).await?;
    caller.require(Some(branch.project), Role::Admin)?;
    patch(&control, kind.owner(branch.id), &value, (&caller, &headers)).await
}

/// The user data of a project.
#[utoipa::path(get, path = "/api/projects/{project}/data", tag = "data",
    params(("project" = String, Path, description = "id or name"), PlaceAsked),
    responses((status = 200, body = UserData, headers(("ETag" = String))), (status = 304), (status = 404, body = Problem)))]
async fn of_project(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(project): Path<String>,
    headers: HeaderMap,
    Asked(place): Asked<PlaceAsked>,
) -> Answer<Response> {
    let project = control.find_project(&project).await?;
    caller.require(Some(project.id), Role::Viewer)?;
    show(&control, DataOwner::Project(project.id), &place, &headers).await
}

/// Sets the user data of a project, or a value at a place in them; objects on the way are made.
#[utoipa::path(put, path = "/api/projects/{project}/data", tag = "data",
    params(("project" = String, Path, description = "id or name"), PlaceAsked, TermsAsked), request_body = UserData,
    responses((status = 200, body = UserData, headers(("ETag" = String))), (status = 404, body = Problem), (status = 412, body = Problem),
    (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn set_of_project(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(project): Path<String>,
    headers: HeaderMap,
    Asked(place): Asked<PlaceAsked>,
    Given(value): Given,
) -> Answer<Response> {
    let project = control.find_project(&project).await?;
    caller.require(Some(project.id), Role::Admin)?;
    set(&control, DataOwner::Project(project.id), &place, value, (&caller, &headers)).await
}

/// Changes the user data of a project by a JSON Patch. Patches that come at the same moment are all done, one after the other.
#[utoipa::path(patch, path = "/api/projects/{project}/data", tag = "data",
    params(("project" = String, Path, description = "id or name"), TermsAsked),
    request_body(content = DataPatch, content_type = "application/json-patch+json"),
    responses((status = 200, body = UserData, headers(("ETag" = String))), (status = 404, body = Problem), (status = 409, body = Problem),
    (status = 412, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn patch_of_project(
    State(control): State<Control>,
    Auth(caller): Auth,
    Path(project): Path<String>,
    headers: HeaderMap,
    Given(value): Given,
) -> Answer<Response> {
    let project = control.find_project(&project).await?;
    caller.require(Some(project.id), Role::Admin)?;
    patch(&control, DataOwner::Project(project.id), &value, (&caller, &headers)).await
}

impl PlaceAsked {
    fn pointer(&self) -> &str {
        self.pointer.as_deref().unwrap_or_default()
    }
}

impl KindAsked {
    fn owner(&self, branch: kraken_domain::BranchId) -> DataOwner {
        match self.kind {
            None => DataOwner::Branch(branch),
            Some(FlowKind::Ci) => DataOwner::BranchCi(branch),
            Some(FlowKind::Dev) => DataOwner::BranchDev(branch),
        }
    }
}

/// Who asks, and the headers that came with it.
type AskedBy<'a> = (&'a Caller, &'a HeaderMap);

async fn show(control: &Control, owner: DataOwner, place: &PlaceAsked, headers: &HeaderMap) -> Answer<Response> {
    let read = control.data(owner).await?;
    let tag = tag(read.version);
    if headers.get(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
    }
    let found = found_at(&read.value, place.pointer())?;
    let found = found.ok_or_else(|| ControlError::not_found("value", format!("at {:?} in these data", place.pointer())))?;
    Ok(([(header::ETAG, tag)], Body(UserData(found.clone()))).into_response())
}

async fn set(control: &Control, owner: DataOwner, place: &PlaceAsked, value: Value, asked: AskedBy<'_>) -> Answer<Response> {
    let change = DataChange::set(place.pointer(), value)?;
    Ok(changed(control.change_data(owner, &change, &terms(asked)?).await?))
}

async fn patch(control: &Control, owner: DataOwner, value: &Value, asked: AskedBy<'_>) -> Answer<Response> {
    let kind = asked.1.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or(JSON_PATCH);
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case(JSON_PATCH) && !kind.eq_ignore_ascii_case("application/json") {
        let why = format!("{kind:?} is none that can be applied: expected {JSON_PATCH}");
        return Err(ControlError::invalid("/headers/content-type", why).into());
    }
    let change = DataChange::patch(value)?;
    Ok(changed(control.change_data(owner, &change, &terms(asked)?).await?))
}

/// The whole document, as it is now.
fn changed(now: DataRead) -> Response {
    ([(header::ETAG, tag(now.version))], Body(UserData(now.value))).into_response()
}

fn tag(version: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}

fn terms((caller, headers): AskedBy<'_>) -> Result<DataTerms, ControlError> {
    let text = |name: header::HeaderName| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let over = match text(header::IF_MATCH) {
        // There always is one.
        Some(any) if any.trim() == "*" => None,
        Some(tag) => {
            let version = tag.trim().strip_prefix('"').and_then(|tag| tag.strip_suffix('"')?.parse().ok());
            let wrong =
                || ControlError::invalid("/headers/if-match", format!("{tag:?} is no tag of such data: expected the ETag that was read"));
            Some(version.ok_or_else(wrong)?)
        }
        None => None,
    };
    let by = match caller {
        Caller::User { token, .. } => token.to_string(),
        Caller::Agent(agent) => agent.to_string(),
    };
    let once = text(header::HeaderName::from_static("idempotency-key")).map(|key| Named { by, key });
    Ok(DataTerms { over, once })
}
