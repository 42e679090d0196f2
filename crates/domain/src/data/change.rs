//! Changes of a document.
//!
//! Invariant: what is done on the way is bounded as well, not only what comes of it. A patch that copies a document into itself a few dozen
//! times would otherwise fill any memory.

use json_patch::{PatchErrorKind, PatchOperation};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    DATA_DEPTH_MAX, InvalidData, check_document,
    limits::check_extent,
    place::{names_of, put},
    shortened,
};

/// Operations that a patch may have: after those that copy or move, the whole is measured.
pub const PATCH_OPERATIONS_MAX: usize = 500;

/// A change of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum DataChange {
    /// Put a value somewhere, whatever is there.
    Set {
        /// Where: a JSON pointer.
        pointer: String,
        /// What.
        value: Value,
    },
    /// Operations one after the other, all or none.
    Patch(Vec<PatchStep>),
}

/// One operation of a patch.
#[derive(Clone, Debug, PartialEq)]
pub struct PatchStep {
    /// For people.
    path: String,
    /// Whether it can make much of little.
    multiplies: bool,
    operation: PatchOperation,
}

impl DataChange {
    /// Puts `value` at `pointer`.
    ///
    /// # Errors
    /// [`InvalidData::Pointer`].
    pub fn set(pointer: &str, value: Value) -> Result<Self, InvalidData> {
        names_of(pointer)?;
        Ok(Self::Set { pointer: pointer.to_owned(), value })
    }

    /// The operations of a JSON Patch (RFC 6902).
    ///
    /// # Errors
    /// [`InvalidData::NotAPatch`], [`InvalidData::Pointer`].
    pub fn patch(patch: &Value) -> Result<Self, InvalidData> {
        let Value::Array(operations) = patch else {
            return Err(InvalidData::NotAPatch("expected a list of operations".to_owned()));
        };
        if operations.len() > PATCH_OPERATIONS_MAX {
            let why = format!("it has {} operations, expected at most {PATCH_OPERATIONS_MAX}", operations.len());
            return Err(InvalidData::NotAPatch(why));
        }
        operations.iter().enumerate().map(|(index, operation)| step(index, operation)).collect::<Result<_, _>>().map(Self::Patch)
    }

    /// The change as a text: the same for the same change alone.
    pub fn fingerprint(&self) -> String {
        match self {
            Self::Set { pointer, value } => json!(["set", pointer, value]),
            Self::Patch(steps) => json!(["patch", steps.iter().map(|step| json!(step.operation)).collect::<Vec<_>>()]),
        }
        .to_string()
    }

    /// `document` with the change.
    ///
    /// # Errors
    /// [`InvalidData`].
    pub fn applied_to(&self, document: &Value) -> Result<Value, InvalidData> {
        let mut changed = document.clone();
        match self {
            Self::Set { pointer, value } => put(&mut changed, pointer, value.clone())?,
            Self::Patch(steps) => {
                for (index, step) in steps.iter().enumerate() {
                    step.apply(index, &mut changed)?;
                }
            }
        }
        check_document(&changed)?;
        Ok(changed)
    }
}

impl PatchStep {
    fn apply(&self, index: usize, document: &mut Value) -> Result<(), InvalidData> {
        let path = || self.path.clone();
        json_patch::patch_unsafe(document, std::slice::from_ref(&self.operation)).map_err(|error| match error.kind {
            PatchErrorKind::TestFailed => InvalidData::TestFailed { index, path: path() },
            kind => InvalidData::Operation { index, path: path(), why: kind.to_string() },
        })?;
        if self.multiplies { check_extent(document) } else { Ok(()) }
    }
}

fn step(index: usize, operation: &Value) -> Result<PatchStep, InvalidData> {
    let text = |name: &str| operation.get(name).and_then(Value::as_str);
    for pointer in [text("path"), text("from")].into_iter().flatten() {
        // A value may only come to lie so deep: what is checked at the end must be within reach of recursion.
        if pointer.matches('/').count() > DATA_DEPTH_MAX {
            return Err(InvalidData::Pointer { pointer: shortened(pointer), why: "it goes deeper than a document may" });
        }
    }
    let path = shortened(text("path").unwrap_or_default());
    let multiplies = matches!(text("op"), Some("copy" | "move"));
    let operation = PatchOperation::deserialize(operation);
    let operation = operation.map_err(|error| InvalidData::NotAPatch(format!("operation {index}: {}", shortened(&error.to_string()))))?;
    Ok(PatchStep { path, multiplies, operation })
}
