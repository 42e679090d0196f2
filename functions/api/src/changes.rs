//! One call for live views: has anything of what I look at changed?

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Json as Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{StreamExt, TryStreamExt, stream};
use kraken_control::{
    Control, ControlError,
    changes::{Version, Watched},
    setup::Caller,
};
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
///
/// One call is for many views, of many people's browser tabs: a key that cannot be watched is left out, and never ends the call.
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
    let (mut changed, mut left_out, mut next_ms) = (BTreeMap::new(), BTreeMap::new(), u32::MAX);
    let (control, caller) = (&control, &caller);
    let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
    let looks =
        stream::iter(keys).map(|key| async move { Ok::<_, ControlError>((look(control, caller, &key).await?, key)) }).buffered(AT_ONCE);
    let seen: Vec<_> = looks.try_collect().await?;
    for (seen, key) in seen {
        match seen {
            Ok(seen) => {
                changed.insert(key, seen.version);
                next_ms = next_ms.min(seen.next_ms);
            }
            Err(why) => _ = left_out.insert(key, why),
        }
    }
    let etag = etag(&changed, &left_out);
    let quoted = HeaderValue::from_str(&format!("\"{etag}\"")).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
    if headers.get(header::IF_NONE_MATCH) == Some(&quoted) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, quoted)]).into_response());
    }
    let next_ms = if changed.is_empty() { kraken_control::changes::IDLE_MS } else { next_ms };
    Ok(([(header::ETAG, quoted)], Body(Changes { etag, changed, left_out, next_ms })).into_response())
}

/// How a watched thing stands, or why nothing is said of it.
async fn look(control: &Control, caller: &Caller, key: &str) -> Result<Result<Version, String>, ControlError> {
    let watched: Watched = match key.parse() {
        Ok(watched) => watched,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let Some(seen) = control.watched(&watched).await? else { return Ok(Err("there is no such thing".into())) };
    Ok(match seen.project.map(|project| caller.require(Some(project), Role::Viewer)) {
        Some(Err(refused)) => Err(refused.to_string()),
        None | Some(Ok(())) => Ok(seen),
    })
}

fn etag(changed: &BTreeMap<String, u64>, left_out: &BTreeMap<String, String>) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for (key, version) in changed {
        hash.update(key.as_bytes());
        hash.update(version.to_be_bytes());
    }
    for key in left_out.keys() {
        hash.update(key.as_bytes());
        hash.update([0]);
    }
    hex::encode(&hash.finalize()[..16])
}
