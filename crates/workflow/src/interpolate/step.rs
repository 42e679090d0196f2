//! Fills in a step, at any depth, twice: for its agent, and for everybody else.

use std::fmt;

use serde_json::Value;

use super::{InterpolationError, Interpolator};
use crate::schema::StepSpec;

/// Both copies of a step.
#[derive(Clone, PartialEq)]
pub struct Interpolated {
    /// The one for its agent: secrets in clear.
    pub clear: StepSpec,
    /// The one that may be stored, shown and logged.
    pub masked: StepSpec,
}

impl fmt::Debug for Interpolated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interpolated").field("masked", &self.masked).finish_non_exhaustive()
    }
}

type Fill<'f> = &'f dyn Fn(&str) -> Result<String, InterpolationError>;

pub(super) fn fill(step: &StepSpec, interpolator: &Interpolator) -> Result<Interpolated, InterpolationError> {
    Ok(Interpolated { clear: copy(step, &|text| interpolator.text(text))?, masked: copy(step, &|text| interpolator.masked_text(text))? })
}

/// All texts but the tool's name and `when`, which is an expression as a whole.
fn copy(step: &StepSpec, fill: Fill<'_>) -> Result<StepSpec, InterpolationError> {
    let field = |text: &String, field: String| fill(text).map_err(|error| error.in_field(field));
    let name = step.name.as_ref().map(|name| field(name, "/name".to_owned())).transpose()?;
    let cwd = field(&step.cwd, "/cwd".to_owned())?;
    let env = step.env.iter().map(|(key, value)| Ok((key.clone(), field(value, pointer("/env", key))?)));
    let fields = step.fields.iter().map(|(key, value)| Ok((key.clone(), deep(value, fill, &pointer("", key))?)));
    Ok(StepSpec { name, cwd, env: env.collect::<Result<_, _>>()?, fields: fields.collect::<Result<_, _>>()?, ..step.clone() })
}

fn deep(value: &Value, fill: Fill<'_>, at: &str) -> Result<Value, InterpolationError> {
    Ok(match value {
        Value::String(text) => Value::String(fill(text).map_err(|error| error.in_field(at.to_owned()))?),
        Value::Array(items) => {
            let filled = items.iter().enumerate().map(|(index, item)| deep(item, fill, &pointer(at, &index.to_string())));
            Value::Array(filled.collect::<Result<_, _>>()?)
        }
        Value::Object(fields) => {
            let filled = fields.iter().map(|(key, value)| Ok((key.clone(), deep(value, fill, &pointer(at, key))?)));
            Value::Object(filled.collect::<Result<_, _>>()?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    })
}

fn pointer(at: &str, key: &str) -> String {
    format!("{at}{}", crate::problem::pointer(&[key]))
}
