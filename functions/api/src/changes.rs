//! One call for live views: has anything of what I look at changed?

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Json as Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, TryStreamExt, stream};
use kraken_control::{Control, ControlError, changes::Watched};
use kraken_domain::access::Role;
use kraken_protocol::api::{Changes, Problem};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Auth, problem::Answer, request::Asked};

/// The most keys that one call watches.
const KEYS_MAX: usize = 50;
/// Keys that are looked at at the same time.
const AT_ONCE: usize = 8;

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(changes))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ChangesAsked {
    /// Keys, separated by commas: `flow:<id>`, `run:<id>`, `job:<id>`; `branch:<id>` for its newest runs of both kinds; `agents`; `queue` for
    /// the jobs that wait longest.
    watch: String,
}

/// The versions of what is watched. With `If-None-Match`, `304` when nothing changed. Ask again after `next_ms`.
#[utoipa::path(get, path = "/api/changes", tag = "changes", params(ChangesAsked, ("If-None-Match" = Option<String>, Header)),
    responses((status = 200, body = Changes), (status = 304), (status = 422, body = Problem)))]
async fn changes(
    State(control): State<Control>,
    Auth(caller): Auth,
    headers: HeaderMap,
    Asked(asked): Asked<ChangesAsked>,
) -> Answer<Response> {
    let keys: BTreeSet<&str> = asked.watch.split(',').filter(|key| !key.is_empty()).collect();
    if keys.is_empty() || keys.len() > KEYS_MAX {
        return Err(
            ControlError::invalid("/query/watch", format!("{} keys cannot be watched: expected 1 to {KEYS_MAX}", keys.len())).into()
        );
    }
    let (mut changed, mut next_ms) = (BTreeMap::new(), u32::MAX);
    let watched = keys.iter().map(|key| key.parse::<Watched>()).collect::<Result<Vec<_>, _>>()?;
    let control = &control;
    let looks = stream::iter(watched).map(|watched| async move { control.watched(&watched).await }).buffered(AT_ONCE);
    let seen: Vec<_> = looks.try_collect().await?;
    for (key, seen) in keys.into_iter().zip(seen) {
        let Some(seen) = seen else { continue };
        if let Some(project) = seen.project {
            caller.require(Some(project), Role::Viewer)?;
        }
        changed.insert(key.to_owned(), seen.version);
        next_ms = next_ms.min(seen.next_ms);
    }
    let etag = etag(&changed);
    let quoted = HeaderValue::from_str(&format!("\"{etag}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
    if headers.get(header::IF_NONE_MATCH) == Some(&quoted) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, quoted)]).into_response());
    }
    let next_ms = if changed.is_empty() { kraken_control::changes::IDLE_MS } else { next_ms };
    Ok(([(header::ETAG, quoted)], Body(Changes { etag, changed, next_ms })).into_response())
}

fn etag(changed: &BTreeMap<String, u64>) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for (key, version) in changed {
        hash.update(key.as_bytes());
        hash.update(version.to_be_bytes());
    }
    hex::encode(&hash.finalize()[..16])
}
