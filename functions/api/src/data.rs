//! User data of flows, branches and projects.
//!
//! A document is a resource of its own: its tag is its version, and who changes it may say over which version (`If-Match`). One that nobody
//! has written is an empty object of the version 0.

mod asking;

use axum::{
    extract::{FromRequest, Path, Request},
    response::Response,
};
use kraken_control::{Control, ControlError};
use kraken_domain::{BranchId, data::DataOwner, flow::FlowKind};
use kraken_protocol::api::{DataPatch, Problem, UserData};
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, IntoResponses};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::asking::Asking;
use crate::{
    problem::{Answer, ApiError},
    request::{Asked, body, parsed},
};

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

/// What a look is answered with.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "describes what the handlers answer")]
enum Shown {
    #[response(status = 200, headers(("ETag" = String)))]
    AsTheyAre(UserData),
    #[response(status = 304)]
    NotModified,
    #[response(status = 404)]
    NotFound(Problem),
}

/// What a change is answered with.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "describes what the handlers answer")]
enum Changed {
    #[response(status = 200, headers(("ETag" = String)))]
    AsTheyAre(UserData),
    #[response(status = 404)]
    NotFound(Problem),
    #[response(status = 412)]
    Moved(Problem),
    #[response(status = 413)]
    TooLarge(Problem),
    #[response(status = 422)]
    Invalid(Problem),
}

/// The user data of a flow.
#[utoipa::path(get, path = "/api/flows/{flow}/data", tag = "data", params(("flow" = String, Path), PlaceAsked), responses(Shown))]
async fn of_flow(asking: Asking, Path(flow): Path<String>, Asked(place): Asked<PlaceAsked>) -> Answer<Response> {
    asking.show(asking.flow(&flow).await?, &place).await
}

/// Sets the user data of a flow, or a value at a place in them; objects on the way are made.
#[utoipa::path(put, path = "/api/flows/{flow}/data", tag = "data", params(("flow" = String, Path), PlaceAsked, TermsAsked),
    request_body = UserData, responses(Changed))]
async fn set_of_flow(asking: Asking, Path(flow): Path<String>, Asked(place): Asked<PlaceAsked>, Given(value): Given) -> Answer<Response> {
    asking.set(asking.flow(&flow).await?, &place, value).await
}

/// Changes the user data of a flow by a JSON Patch. Patches that come at the same moment are all done, one after the other.
#[utoipa::path(patch, path = "/api/flows/{flow}/data", tag = "data", params(("flow" = String, Path), TermsAsked),
    request_body(content = DataPatch, content_type = "application/json-patch+json"),
    responses(Changed, (status = 409, body = Problem)))]
async fn patch_of_flow(asking: Asking, Path(flow): Path<String>, Given(value): Given) -> Answer<Response> {
    asking.patch(asking.flow(&flow).await?, &value).await
}

/// The user data of a branch: its own, or those of its CI or DEV flows.
#[utoipa::path(get, path = "/api/branches/{branch}/data", tag = "data", params(("branch" = String, Path), KindAsked, PlaceAsked),
    responses(Shown))]
async fn of_branch(
    asking: Asking,
    Path(branch): Path<String>,
    Asked(kind): Asked<KindAsked>,
    Asked(place): Asked<PlaceAsked>,
) -> Answer<Response> {
    asking.show(asking.branch(&branch, &kind).await?, &place).await
}

/// Sets user data of a branch, or a value at a place in them; objects on the way are made.
#[utoipa::path(put, path = "/api/branches/{branch}/data", tag = "data",
    params(("branch" = String, Path), KindAsked, PlaceAsked, TermsAsked), request_body = UserData, responses(Changed))]
async fn set_of_branch(
    asking: Asking,
    Path(branch): Path<String>,
    Asked(kind): Asked<KindAsked>,
    Asked(place): Asked<PlaceAsked>,
    Given(value): Given,
) -> Answer<Response> {
    asking.set(asking.branch(&branch, &kind).await?, &place, value).await
}

/// Changes user data of a branch by a JSON Patch. Patches that come at the same moment are all done, one after the other.
#[utoipa::path(patch, path = "/api/branches/{branch}/data", tag = "data", params(("branch" = String, Path), KindAsked, TermsAsked),
    request_body(content = DataPatch, content_type = "application/json-patch+json"),
    responses(Changed, (status = 409, body = Problem)))]
async fn patch_of_branch(
    asking: Asking,
    Path(branch): Path<String>,
    Asked(kind): Asked<KindAsked>,
    Given(value): Given,
) -> Answer<Response> {
    asking.patch(asking.branch(&branch, &kind).await?, &value).await
}

/// The user data of a project.
#[utoipa::path(get, path = "/api/projects/{project}/data", tag = "data",
    params(("project" = String, Path, description = "id or name"), PlaceAsked), responses(Shown))]
async fn of_project(asking: Asking, Path(project): Path<String>, Asked(place): Asked<PlaceAsked>) -> Answer<Response> {
    asking.show(asking.project(&project).await?, &place).await
}

/// Sets the user data of a project, or a value at a place in them; objects on the way are made.
#[utoipa::path(put, path = "/api/projects/{project}/data", tag = "data",
    params(("project" = String, Path, description = "id or name"), PlaceAsked, TermsAsked), request_body = UserData, responses(Changed))]
async fn set_of_project(
    asking: Asking,
    Path(project): Path<String>,
    Asked(place): Asked<PlaceAsked>,
    Given(value): Given,
) -> Answer<Response> {
    asking.set(asking.project(&project).await?, &place, value).await
}

/// Changes the user data of a project by a JSON Patch. Patches that come at the same moment are all done, one after the other.
#[utoipa::path(patch, path = "/api/projects/{project}/data", tag = "data",
    params(("project" = String, Path, description = "id or name"), TermsAsked),
    request_body(content = DataPatch, content_type = "application/json-patch+json"),
    responses(Changed, (status = 409, body = Problem)))]
async fn patch_of_project(asking: Asking, Path(project): Path<String>, Given(value): Given) -> Answer<Response> {
    asking.patch(asking.project(&project).await?, &value).await
}

impl PlaceAsked {
    fn pointer(&self) -> &str {
        self.pointer.as_deref().unwrap_or_default()
    }
}

impl KindAsked {
    fn owner(&self, branch: BranchId) -> DataOwner {
        match self.kind {
            None => DataOwner::Branch(branch),
            Some(FlowKind::Ci) => DataOwner::BranchCi(branch),
            Some(FlowKind::Dev) => DataOwner::BranchDev(branch),
        }
    }
}
