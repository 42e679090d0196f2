//! Calls about user data: whose they are, who may do what with them, and on which terms.

use axum::{
    Json as Body,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use kraken_control::{
    Control, ControlError,
    data::{DataRead, DataTerms, Named},
    setup::Caller,
};
use kraken_domain::{
    ProjectId,
    access::Role,
    data::{DataChange, DataOwner, found_at},
};
use kraken_protocol::api::UserData;
use serde_json::Value;

use super::{KindAsked, PlaceAsked};
use crate::{
    auth::Auth,
    problem::{Answer, ApiError},
    request::id,
};

/// What a patch is called (RFC 6902).
const JSON_PATCH: &str = "application/json-patch+json";

/// Whose data a call is about. All who may look at the project may read them.
pub(super) struct Whose {
    owner: DataOwner,
    project: ProjectId,
    /// Who may change them.
    changed_by: Role,
}

/// A call about user data: who makes it, and the headers that came with it.
pub(super) struct Asking {
    control: Control,
    caller: Caller,
    headers: HeaderMap,
}

impl FromRequestParts<Control> for Asking {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, control: &Control) -> Answer<Self> {
        let Auth(caller) = Auth::from_request_parts(parts, control).await?;
        Ok(Self { control: control.clone(), caller, headers: parts.headers.clone() })
    }
}

impl Asking {
    pub(super) async fn flow(&self, flow: &str) -> Answer<Whose> {
        let flow = self.control.flow(id("flow", flow)?).await?;
        Ok(Whose { owner: DataOwner::Flow(flow.id), project: flow.project, changed_by: Role::User })
    }

    pub(super) async fn branch(&self, branch: &str, kind: &KindAsked) -> Answer<Whose> {
        let branch = self.control.branch(id("branch", branch)?).await?;
        Ok(Whose { owner: kind.owner(branch.id), project: branch.project, changed_by: Role::Admin })
    }

    pub(super) async fn project(&self, project: &str) -> Answer<Whose> {
        let project = self.control.find_project(project).await?;
        Ok(Whose { owner: DataOwner::Project(project.id), project: project.id, changed_by: Role::Admin })
    }

    pub(super) async fn show(&self, whose: Whose, place: &PlaceAsked) -> Answer<Response> {
        self.caller.require(Some(whose.project), Role::Viewer)?;
        let read = self.control.data(whose.owner).await?;
        let tag = tag(read.version);
        if self.headers.get(header::IF_NONE_MATCH) == Some(&tag) {
            return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response());
        }
        let found = found_at(&read.value, place.pointer())?;
        let found = found.ok_or_else(|| ControlError::not_found("value", format!("at {:?} in these data", place.pointer())))?;
        Ok(([(header::ETAG, tag)], Body(UserData(found.clone()))).into_response())
    }

    pub(super) async fn set(&self, whose: Whose, place: &PlaceAsked, value: Value) -> Answer<Response> {
        self.caller.require(Some(whose.project), whose.changed_by)?;
        let change = DataChange::set(place.pointer(), value)?;
        Ok(changed(self.control.change_data(whose.owner, &change, &self.terms()?).await?))
    }

    pub(super) async fn patch(&self, whose: Whose, value: &Value) -> Answer<Response> {
        self.caller.require(Some(whose.project), whose.changed_by)?;
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or(JSON_PATCH);
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if !kind.eq_ignore_ascii_case(JSON_PATCH) && !kind.eq_ignore_ascii_case("application/json") {
            let why = format!("{kind:?} is none that can be applied: expected {JSON_PATCH}");
            return Err(ControlError::invalid("/headers/content-type", why).into());
        }
        let change = DataChange::patch(value)?;
        Ok(changed(self.control.change_data(whose.owner, &change, &self.terms()?).await?))
    }

    fn terms(&self) -> Result<DataTerms, ControlError> {
        let text = |name: header::HeaderName| self.headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        let over = match text(header::IF_MATCH) {
            // There always is one.
            Some(any) if any.trim() == "*" => None,
            Some(tag) => {
                let version = tag.trim().strip_prefix('"').and_then(|tag| tag.strip_suffix('"')?.parse().ok());
                let wrong = || {
                    ControlError::invalid("/headers/if-match", format!("{tag:?} is no tag of such data: expected the ETag that was read"))
                };
                Some(version.ok_or_else(wrong)?)
            }
            None => None,
        };
        let by = match &self.caller {
            Caller::User { token, .. } => token.to_string(),
            Caller::Agent(agent) => agent.to_string(),
        };
        let once = text(header::HeaderName::from_static("idempotency-key")).map(|key| Named { by, key });
        Ok(DataTerms { over, once })
    }
}

/// The whole document, as it is now.
fn changed(now: DataRead) -> Response {
    ([(header::ETAG, tag(now.version))], Body(UserData(now.value))).into_response()
}

fn tag(version: u64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""))
}
