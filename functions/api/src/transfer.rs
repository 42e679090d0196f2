//! Everything out, everything in: for moving a system, and for backups. Step by step, so that each fits into a function; what is large
//! goes straight between the caller and the object store.

use axum::{Json as Body, extract::State, http::StatusCode};
use kraken_control::Control;
use kraken_domain::access::Role;
use kraken_protocol::api::{
    AbandonImport, FinishImport, ImportAbandoned, ImportFinished, ObjectInParts, ObjectsToStore, Page, PartsStored, PartsToStore, Problem,
    RecordsToImport, StoreAt, StoredObject, UploadBegun,
};
use kraken_store::Cursor;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    auth::Auth,
    page::page,
    problem::Answer,
    request::{Asked, Json},
};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new()
        .routes(routes!(records))
        .routes(routes!(objects))
        .routes(routes!(begin))
        .routes(routes!(take_records))
        .routes(routes!(take_objects))
        .routes(routes!(begin_parts))
        .routes(routes!(take_parts))
        .routes(routes!(complete_parts))
        .routes(routes!(finish))
        .routes(routes!(abandon))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct After {
    /// `next` of the page before; absent for the first one.
    cursor: Option<String>,
}

/// All records, page by page. Read them before the objects: what they name is there.
#[utoipa::path(get, path = "/api/export/records", tag = "system", params(After), responses((status = 200, body = Page<Object>)))]
async fn records(State(control): State<Control>, Auth(caller): Auth, Asked(after): Asked<After>) -> Answer<Body<Page<serde_json::Value>>> {
    caller.require(None, Role::Admin)?;
    Ok(Body(page(control.export_records(after.cursor.map(Cursor::from).as_ref()).await?, |item| item)))
}

/// All objects in the order of their keys, page by page, with addresses to read them that are good for up to an hour.
#[utoipa::path(get, path = "/api/export/objects", tag = "system", params(After), responses((status = 200, body = Page<StoredObject>)))]
async fn objects(State(control): State<Control>, Auth(caller): Auth, Asked(after): Asked<After>) -> Answer<Body<Page<StoredObject>>> {
    caller.require(None, Role::Admin)?;
    Ok(Body(page(control.export_objects(after.cursor.map(Cursor::from).as_ref()).await?, |object| object)))
}

/// Begins to take an export into a system that has no projects and agents yet. Until it is finished it may be begun again.
#[utoipa::path(post, path = "/api/import", tag = "system", responses((status = 204), (status = 409, body = Problem)))]
async fn begin(State(control): State<Control>, Auth(caller): Auth) -> Answer<StatusCode> {
    caller.require(None, Role::Admin)?;
    control.begin_import().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes records. The same records again change nothing.
#[utoipa::path(post, path = "/api/import/records", tag = "system", request_body = RecordsToImport,
    responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn take_records(State(control): State<Control>, Auth(caller): Auth, Json(records): Json<RecordsToImport>) -> Answer<StatusCode> {
    caller.require(None, Role::Admin)?;
    control.import_records(&records.items).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where objects of up to 5 GB can be stored.
#[utoipa::path(post, path = "/api/import/objects", tag = "system", request_body = ObjectsToStore,
    responses((status = 200, body = StoreAt), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn take_objects(State(control): State<Control>, Auth(caller): Auth, Json(objects): Json<ObjectsToStore>) -> Answer<Body<StoreAt>> {
    caller.require(None, Role::Admin)?;
    Ok(Body(control.import_objects(&objects).await?))
}

/// Begins an object that is stored in parts.
#[utoipa::path(post, path = "/api/import/uploads", tag = "system", request_body = ObjectInParts,
    responses((status = 200, body = UploadBegun), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn begin_parts(State(control): State<Control>, Auth(caller): Auth, Json(object): Json<ObjectInParts>) -> Answer<Body<UploadBegun>> {
    caller.require(None, Role::Admin)?;
    Ok(Body(control.import_in_parts(&object.key).await?))
}

/// Where parts can be stored.
#[utoipa::path(post, path = "/api/import/uploads/parts", tag = "system", request_body = PartsToStore,
    responses((status = 200, body = StoreAt), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn take_parts(State(control): State<Control>, Auth(caller): Auth, Json(parts): Json<PartsToStore>) -> Answer<Body<StoreAt>> {
    caller.require(None, Role::Admin)?;
    Ok(Body(control.import_parts(&parts).await?))
}

/// Completes an object out of its parts: from now on it exists.
#[utoipa::path(post, path = "/api/import/uploads/complete", tag = "system", request_body = PartsStored,
    responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn complete_parts(State(control): State<Control>, Auth(caller): Auth, Json(stored): Json<PartsStored>) -> Answer<StatusCode> {
    caller.require(None, Role::Admin)?;
    control.import_whole(&stored).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Completes the import: call again while the answer has a `next`.
#[utoipa::path(post, path = "/api/import/finish", tag = "system", request_body = FinishImport,
    responses((status = 200, body = ImportFinished), (status = 422, body = Problem)))]
async fn finish(State(control): State<Control>, Auth(caller): Auth, Json(asked): Json<FinishImport>) -> Answer<Body<ImportFinished>> {
    caller.require(None, Role::Admin)?;
    Ok(Body(control.finish_import(asked.cursor.map(Cursor::from).as_ref()).await?))
}

/// Gives up an import that has not ended: the records that it brought go. Call again while the answer has a `next`. Objects that it brought
/// stay in the object store, unnamed, until the same import brings them again.
#[utoipa::path(post, path = "/api/import/abandon", tag = "system", request_body = AbandonImport,
    responses((status = 200, body = ImportAbandoned), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn abandon(State(control): State<Control>, Auth(caller): Auth, Json(asked): Json<AbandonImport>) -> Answer<Body<ImportAbandoned>> {
    caller.require(None, Role::Admin)?;
    Ok(Body(control.abandon_import(asked.cursor.map(Cursor::from).as_ref()).await?))
}
