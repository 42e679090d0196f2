//! Moving everything from one system to another, in steps that each fit into a function. Objects go straight between the caller and the
//! object store.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// `GET /api/export/objects`: an object, and where it can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoredObject {
    /// Its key.
    pub key: String,
    /// Bytes.
    pub size: u64,
    /// Good for a GET for up to an hour.
    pub url: String,
}

/// `POST /api/import/records`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordsToImport {
    /// Records as an export gave them.
    #[schema(value_type = Vec<Object>)]
    pub items: Vec<Value>,
}

/// `POST /api/import/objects`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectsToStore {
    /// Their keys: at most 100.
    pub keys: Vec<String>,
}

/// Where something can be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StoreAt {
    /// In the order of what was asked for; each good for a PUT for up to an hour.
    pub urls: Vec<String>,
}

/// `POST /api/import/uploads`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectInParts {
    /// Its key.
    pub key: String,
}

/// An object that is stored in parts.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UploadBegun {
    /// Names it in further calls.
    pub upload: String,
}

/// `POST /api/import/uploads/parts`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartsToStore {
    /// The object's key.
    pub key: String,
    /// Its upload.
    pub upload: String,
    /// Number of the first part; the first of all has number 1.
    pub first: u32,
    /// How many: at most 100. All parts but an object's last must have at least 5 MiB.
    pub count: u32,
}

/// `POST /api/import/uploads/complete`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartsStored {
    /// The object's key.
    pub key: String,
    /// Its upload.
    pub upload: String,
    /// The ETags of its parts, in order.
    pub etags: Vec<String>,
}

/// `POST /api/import/finish`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishImport {
    /// `next` of the call before; absent in the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// How far the end of an import is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ImportFinished {
    /// Call again with this cursor; absent when the import is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// `POST /api/import/abandon`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AbandonImport {
    /// `next` of the call before; absent in the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

/// How far an import is taken back.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
pub struct ImportAbandoned {
    /// Records that this call removed.
    pub removed: u64,
    /// Call again with this cursor; absent when all are removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
