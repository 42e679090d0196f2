//! User data: documents of flows, branches and projects, and patches of them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// User data, or what is at a place in them: any JSON. A whole document is an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = Value)]
pub struct UserData(pub Value);

/// A JSON Patch (RFC 6902): operations that are done one after the other, all or none. At most 500.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct DataPatch(pub Vec<DataOperation>);

/// One operation of a [`DataPatch`]. What it must say besides depends on `op`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = DataPatchOperation)]
pub struct DataOperation {
    /// `add`, `remove`, `replace`, `move`, `copy` or `test`.
    pub op: String,
    /// Where: a JSON pointer (RFC 6901).
    pub path: String,
    /// `value`, or `from`.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}
