//! Deletes. Deleting what is not there succeeds, as in S3.

use s3s::dto::{DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, DeletedObject, Error};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::{Backend, conditions, only_version};
use crate::s3::catalogue::{CatalogueError, Condition, tables};

/// S3's limit for one request.
const MAX_KEYS: usize = 1000;

pub(super) async fn delete_object(backend: &Backend, request: S3Request<DeleteObjectInput>) -> S3Result<S3Response<DeleteObjectOutput>> {
    let DeleteObjectInput { bucket, key, version_id, if_match, .. } = request.input;
    only_version(version_id.as_deref())?;
    let condition = conditions::of_write(if_match, None)?;
    backend.catalogue.write(move |connection, effects| tables::delete(connection, effects, (&bucket, &key), &condition)).await?;
    Ok(S3Response::new(DeleteObjectOutput::default()))
}

pub(super) async fn delete_objects(backend: &Backend, request: S3Request<DeleteObjectsInput>) -> S3Result<S3Response<DeleteObjectsOutput>> {
    let DeleteObjectsInput { bucket, delete, .. } = request.input;
    if delete.objects.is_empty() || delete.objects.len() > MAX_KEYS {
        return Err(s3_error!(MalformedXML, "one request deletes 1 to {MAX_KEYS} keys, not {}", delete.objects.len()));
    }
    let quiet = delete.quiet.unwrap_or(false);
    // All in one change: the keys share a commit.
    let output = backend
        .catalogue
        .write(move |connection, effects| {
            tables::bucket_exists(connection, &bucket)?;
            let mut output = DeleteObjectsOutput::default();
            for object in delete.objects {
                let condition = object.e_tag.map_or(Condition::Always, |etag| Condition::Etag(etag.into_value()));
                let done = match only_version(object.version_id.as_deref()) {
                    Ok(()) => tables::delete(connection, effects, (&bucket, &object.key), &condition).map(drop),
                    Err(_) => Err(CatalogueError::NoSuchKey),
                };
                match done {
                    Ok(()) if quiet => {}
                    Ok(()) => {
                        let deleted = DeletedObject { key: Some(object.key), ..DeletedObject::default() };
                        output.deleted.get_or_insert_default().push(deleted);
                    }
                    Err(e @ CatalogueError::Storage(_)) => return Err(e),
                    Err(e) => output.errors.get_or_insert_default().push(failure(object.key, e)),
                }
            }
            Ok(output)
        })
        .await?;
    Ok(S3Response::new(output))
}

fn failure(key: String, e: CatalogueError) -> Error {
    let error = S3Error::from(e);
    Error {
        key: Some(key),
        code: Some(error.code().as_str().to_owned()),
        message: error.message().map(ToOwned::to_owned),
        ..Error::default()
    }
}
