//! Who did what: noted with each call that may change something, and shown to administrators.

use std::{collections::HashMap, sync::OnceLock};

use axum::{
    Json as Body,
    extract::{MatchedPath, State},
    http::{Method, request::Parts},
};
use jiff::Timestamp;
use kraken_control::{Control, ControlError, audit::AuditQuery, setup::Caller};
use kraken_domain::{
    audit::{AuditEntry, kept_path},
    id::InvalidId,
};
use kraken_protocol::api::{AuditView, MadeView, Page, Problem};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    page::{PageAsked, page},
    problem::Answer,
    request::{Asked, RequestId},
};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Flows say themselves who started them, and bots start thousands.
const STARTS: &str = "/api/branches/{branch}/flows";
/// What is brought piece by piece is told by its beginning and its end.
const PIECES: [&str; 5] =
    ["/api/import/records", "/api/import/objects", "/api/import/uploads", "/api/import/uploads/parts", "/api/import/uploads/complete"];

/// Notes who makes a call, if it may change something. What is sent with it stays out.
pub(crate) fn note(parts: &Parts, control: &Control, caller: &Caller) {
    let Caller::User { token, name, .. } = caller else { return };
    let (Some(route), Some(RequestId(request))) = (parts.extensions.get::<MatchedPath>(), parts.extensions.get::<RequestId>()) else {
        return;
    };
    let route = route.as_str();
    if parts.method.is_safe() || parts.method == Method::POST && (route == STARTS || PIECES.contains(&route)) {
        return;
    }
    kraken_store::audit::note_call(AuditEntry {
        at: control.clock.now(),
        request: request.clone(),
        token: *token,
        name: name.clone(),
        action: format!("{} {route}", parts.method),
        path: kept_path(parts.uri.path()),
        project: None,
        made: None,
    });
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct AuditAsked {
    /// Of this project (its id): for its administrators. Else for those of the system.
    project: Option<String>,
    /// Made with the token of this id or name.
    actor: Option<String>,
    /// Made at this time (RFC 3339) or later.
    since: Option<Timestamp>,
    /// Made before this time (RFC 3339).
    until: Option<Timestamp>,
    /// `next` of the page before; absent for the first one.
    cursor: Option<String>,
    /// The most rows to give: 1 to 200, 50 when absent.
    limit: Option<u32>,
}

/// Who did what, newest first: one entry for each call that changed something, kept for 400 days. Flows that were started are not in it: they
/// say by whom. A page may have fewer entries than were asked for, even none, although more follow: only a missing `next` says that none do.
#[utoipa::path(get, path = "/api/audit", tag = "system", params(AuditAsked),
    responses((status = 200, body = Page<AuditView>), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn list(State(control): State<Control>, Auth(caller): Auth, Asked(asked): Asked<AuditAsked>) -> Answer<Body<Page<AuditView>>> {
    let (after, limit) = PageAsked { cursor: asked.cursor, limit: asked.limit }.bounds()?;
    let wrong = |error: InvalidId| ControlError::invalid("/query/project", error.to_string());
    let project = asked.project.map(|project| project.parse().map_err(wrong)).transpose()?;
    let query = AuditQuery { project, actor: asked.actor, since: asked.since, until: asked.until };
    Ok(Body(page(control.audit(&caller, query, limit as usize, after.as_ref()).await?, view)))
}

fn view(entry: AuditEntry) -> AuditView {
    AuditView {
        at: entry.at,
        request_id: entry.request,
        token: entry.token,
        actor: entry.name,
        words: words(&entry.action),
        action: entry.action,
        path: entry.path,
        project: entry.project,
        made: entry.made.map(|made| MadeView { kind: made.kind, id: made.id }),
    }
}

/// What the document of the API says of an action, without the full stop.
fn words(action: &str) -> Option<String> {
    static WORDS: OnceLock<HashMap<String, String>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let mut words = HashMap::new();
        for (path, item) in crate::openapi().paths.paths {
            for (method, operation) in [("POST", item.post), ("PUT", item.put), ("DELETE", item.delete), ("PATCH", item.patch)] {
                if let Some(summary) = operation.and_then(|operation| operation.summary) {
                    let first = summary.split_once(". ").map_or(summary.as_str(), |(first, _)| first);
                    words.insert(format!("{method} {path}"), first.trim_end_matches('.').to_owned());
                }
            }
        }
        words
    });
    words.get(action).cloned()
}
