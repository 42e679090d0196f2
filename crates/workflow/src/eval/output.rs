//! What `stage(ctx)` returned, as JSON.

use serde_json::{Map, Number, Value as Json};
use starlark::values::{UnpackValue, Value, ValueLike, dict::DictRef, float::UnpackFloat, range::Range};

use super::{error::EvalError, guards, limits::Limits, reference, sizes, tree::Object, unknown};
use crate::context::UNKNOWN;

/// Turns the dict that `stage(ctx)` returned into JSON.
///
/// # Errors
/// [`EvalError::NotADict`], [`EvalError::BadResult`] with the place, [`EvalError::ResultLimit`].
pub(super) fn to_json(value: Value<'_>, limits: &Limits) -> Result<Json, EvalError> {
    if DictRef::from_value(value).is_none() {
        return Err(EvalError::NotADict { found: with_article(value.get_type()) });
    }
    let mut writer = Writer { left: limits.result_bytes, limit: limits.result_bytes, path: Vec::new() };
    writer.convert(value)
}

/// How much of the place of a value that nests too deep is shown: where it begins.
const SHOWN_OF_DEEP: usize = 5;

struct Writer {
    left: usize,
    limit: usize,
    path: Vec<String>,
}

impl Writer {
    fn convert(&mut self, value: Value<'_>) -> Result<Json, EvalError> {
        self.spend(2)?;
        if self.path.len() > sizes::DEPTH {
            self.path.truncate(SHOWN_OF_DEEP);
            return self.bad(format!("it is nested more than {} deep: does a list or dict hold itself?", sizes::DEPTH));
        }
        if value.is_none() {
            return Ok(Json::Null);
        }
        if let Some(b) = value.unpack_bool() {
            return Ok(Json::Bool(b));
        }
        if let Some(text) = value.unpack_str() {
            self.spend(written_bytes(text))?;
            return Ok(Json::from(text));
        }
        if let Ok(Some(n)) = i64::unpack_value(value) {
            self.spend(8)?;
            return Ok(Json::from(n));
        }
        if let Some(items) = guards::items(value) {
            return self.list(items.iter().copied());
        }
        if let Some(dict) = DictRef::from_value(value) {
            return self.object(&dict);
        }
        if unknown::is_unknown(value) {
            return Ok(crate::unknown());
        }
        if let Some(text) = reference::as_text(value) {
            self.spend(written_bytes(&text))?;
            return Ok(Json::from(text));
        }
        if let Some(object) = value.downcast_ref::<Object>() {
            let json = object.to_json();
            self.spend(json.to_string().len())?;
            return Ok(json);
        }
        if value.get_type() == "int" {
            return self.bad("it is an int of more than 64 bits".to_owned());
        }
        if let Ok(Some(UnpackFloat(n))) = UnpackFloat::unpack_value(value) {
            self.spend(8)?;
            return match Number::from_f64(n) {
                Some(n) => Ok(Json::Number(n)),
                None => self.bad(format!("{n} is not a number that JSON has")),
            };
        }
        if value.downcast_ref::<Range>().is_some() {
            return self.bad("it is a range: write list(range(...))".to_owned());
        }
        self.bad(format!("it is {}", with_article(value.get_type())))
    }

    fn list<'v>(&mut self, items: impl Iterator<Item = Value<'v>>) -> Result<Json, EvalError> {
        let mut out = Vec::new();
        for (index, item) in items.enumerate() {
            self.path.push(index.to_string());
            out.push(self.convert(item)?);
            self.path.pop();
        }
        Ok(Json::Array(out))
    }

    fn object(&mut self, dict: &DictRef<'_>) -> Result<Json, EvalError> {
        let mut out = Map::new();
        for (key, value) in dict.iter() {
            // A key that only a run can know keeps its mark, too.
            let known = if unknown::is_unknown(key) { Some(UNKNOWN) } else { key.unpack_str() };
            let Some(key) = known else {
                return self.bad(format!("it has a key that is {}: keys are texts", with_article(key.get_type())));
            };
            self.spend(written_bytes(key) + 4)?;
            self.path.push(key.to_owned());
            out.insert(key.to_owned(), self.convert(value)?);
            self.path.pop();
        }
        Ok(Json::Object(out))
    }

    fn spend(&mut self, bytes: usize) -> Result<(), EvalError> {
        self.left = self.left.checked_sub(bytes).ok_or(EvalError::ResultLimit { limit_bytes: self.limit })?;
        Ok(())
    }

    fn bad<T>(&self, reason: String) -> Result<T, EvalError> {
        Err(EvalError::BadResult { path: crate::problem::pointer(&self.path), reason })
    }
}

/// Bytes of a text in JSON: quotes and what has to be escaped take more.
fn written_bytes(text: &str) -> usize {
    let more = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 1,
        0..0x20 => 5,
        _ => 0,
    };
    text.len() + text.bytes().map(more).sum::<usize>()
}

fn with_article(type_name: &str) -> String {
    let article = if type_name.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} {type_name}")
}
