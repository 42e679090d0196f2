//! The natives that the instrumentation calls: what each piece of code reports, and what it asks for.
//!
//! Invariant: each either does what plain Starlark does, or stops the evaluation at a limit. Where an operand is
//! unknown, so is the result.

use starlark::{
    Error,
    environment::{Globals, GlobalsBuilder},
    eval::Evaluator,
    starlark_module,
    values::{Heap, Value, list::ListRef, tuple::TupleRef},
};

use super::{
    builtins::builtins,
    guarded_text::GuardedText,
    limits::{Hit, Meter},
    operators::{assignments, operators},
    sizes,
    unknown::Unknown,
};
use crate::context::UNKNOWN;

/// What the code may call.
pub(super) fn globals() -> Globals {
    GlobalsBuilder::standard().with(marks).with(operators).with(assignments).with(builtins).build()
}

pub(super) fn meter<'a>(eval: &Evaluator<'_, 'a, '_>) -> &'a Meter {
    eval.extra.and_then(|extra| extra.downcast_ref::<Meter>()).expect("every evaluation is started with its meter")
}

pub(super) fn stop(hit: Hit) -> Error {
    Error::new_other(hit)
}

pub(super) fn bad(message: String) -> Error {
    Error::new_value(anyhow::anyhow!(message))
}

/// Asks for `more` bytes.
pub(super) fn room(eval: &Evaluator<'_, '_, '_>, more: usize) -> starlark::Result<()> {
    meter(eval).room(eval.heap().allocated_bytes(), more).map_err(stop)
}

/// Asks for a text made of `values`, each met once.
pub(super) fn room_for_text(eval: &Evaluator<'_, '_, '_>, values: &[Value<'_>]) -> starlark::Result<usize> {
    let limit = meter(eval).text_limit();
    let mut total = 0_usize;
    for value in values {
        match sizes::text_bytes(*value, limit) {
            Some(bytes) => total = total.saturating_add(bytes),
            None => return Err(too_large_as_text(eval)),
        }
    }
    room(eval, total)?;
    Ok(total)
}

pub(super) fn too_large_as_text(eval: &Evaluator<'_, '_, '_>) -> Error {
    let most = meter(eval).text_limit();
    bad(format!("the value is too large for a text: at most {most} bytes and {} levels", sizes::DEPTH))
}

/// A text that was made; unknown if something of it is.
pub(super) fn text_or_unknown<'v>(made: Value<'v>, heap: Heap<'v>) -> Value<'v> {
    if made.unpack_str().is_some_and(|text| text.contains(UNKNOWN)) { heap.alloc(Unknown) } else { made }
}

/// Identity with a look at the meter.
#[starlark_module]
fn marks(builder: &mut GlobalsBuilder) {
    fn __kraken_tick<'v>(#[starlark(require = pos)] value: Value<'v>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        meter(eval).tick(eval.heap().allocated_bytes()).map_err(stop)?;
        Ok(value)
    }

    /// One more entry for a dict, with this key.
    fn __kraken_key<'v>(#[starlark(require = pos)] key: Value<'v>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        meter(eval).charge_entries(eval.heap().allocated_bytes(), 1).map_err(stop)?;
        if TupleRef::from_value(key).is_some() && sizes::text_bytes(key, meter(eval).text_limit()).is_none() {
            return Err(bad("the tuple is too large for a key".to_owned()));
        }
        Ok(key)
    }

    /// As many entries for a dict as `value` has.
    fn __kraken_entries<'v>(#[starlark(require = pos)] value: Value<'v>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        meter(eval).charge_entries(eval.heap().allocated_bytes(), sizes::entries(value)).map_err(stop)?;
        Ok(value)
    }

    /// `value` will be appended to something.
    fn __kraken_more<'v>(#[starlark(require = pos)] value: Value<'v>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        let bytes = sizes::shallow_bytes(value);
        // Appending copies what is there: a list or text grows into a new place.
        room(eval, bytes.saturating_mul(2))?;
        meter(eval).tick(eval.heap().allocated_bytes()).map_err(stop)?;
        Ok(value)
    }

    /// A text whose methods look before they leap; anything else is left as it is.
    fn __kraken_text<'v>(#[starlark(require = pos)] value: Value<'v>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        GuardedText::around(value, eval)
    }
}

/// Items of a list or tuple.
pub(super) fn items<'v>(value: Value<'v>) -> Option<&'v [Value<'v>]> {
    ListRef::from_value(value).map(ListRef::content).or_else(|| TupleRef::from_value(value).map(TupleRef::content))
}
