//! The natives that the instrumentation calls, and the built-in functions that must look before they leap.
//!
//! Invariant: each either does what plain Starlark does, or stops the evaluation at a limit. Where an operand is
//! unknown, so is the result.

use starlark::{
    Error,
    environment::{Globals, GlobalsBuilder, LibraryExtension},
    eval::Evaluator,
    starlark_module,
    values::{
        Heap, Value,
        list::ListRef,
        none::NoneType,
        range::Range,
        tuple::{TupleRef, UnpackTuple},
    },
};

use super::{
    guarded_text::GuardedText,
    limits::{Hit, Meter},
    sizes,
    unknown::{Unknown, is_unknown},
};
use crate::context::UNKNOWN;

/// What the code may call.
pub(super) fn globals() -> Globals {
    GlobalsBuilder::extended_by(&[LibraryExtension::Print]).with(marks).with(operators).with(assignments).with(builtins).build()
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

fn unknown(heap: Heap<'_>) -> Value<'_> {
    heap.alloc(Unknown)
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
        Ok(GuardedText::around(value, eval.heap()))
    }
}

fn refuse_mul<'v>(a: Value<'v>, b: Value<'v>, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<()> {
    for (sequence, count) in [(a, b), (b, a)] {
        let bytes = sizes::shallow_bytes(sequence);
        if let (true, Some(count)) = (bytes > 0, count.unpack_i32()) {
            room(eval, bytes.saturating_mul(usize::try_from(count).unwrap_or(0)))?;
        }
    }
    if a.get_type() == "int" && b.get_type() == "int" {
        // Numbers stay small: then no arithmetic can take long.
        for number in [a, b] {
            if number.unpack_i32().is_none() && number.to_str().len() > 20 {
                return Err(bad("the number has more than 64 bits".to_owned()));
            }
        }
    }
    Ok(())
}

fn refuse_percent<'v>(a: Value<'v>, b: Value<'v>, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<()> {
    let Some(format) = a.unpack_str() else { return Ok(()) };
    let bytes = match TupleRef::from_value(b) {
        Some(items) => room_for_text(eval, items.content())?,
        None => room_for_text(eval, &[b])?.saturating_mul(format.matches('%').count()),
    };
    room(eval, bytes.saturating_add(format.len()))
}

fn refuse_shl<'v>(a: Value<'v>, b: Value<'v>) -> starlark::Result<()> {
    if a.get_type() == "int" && b.unpack_i32().is_none_or(|by| by > 62) {
        return Err(bad("a shift by more than 62 bits".to_owned()));
    }
    Ok(())
}

fn charge_union<'v>(a: Value<'v>, b: Value<'v>, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<()> {
    let entries = sizes::entries(a).saturating_add(sizes::entries(b));
    meter(eval).charge_entries(eval.heap().allocated_bytes(), entries).map_err(stop)
}

/// Whether a text filled with `value` would be unknown.
fn fills_unknown(value: Value<'_>) -> bool {
    is_unknown(value) || TupleRef::from_value(value).is_some_and(|items| items.iter().any(is_unknown))
}

/// The binary operators.
#[starlark_module]
fn operators(builder: &mut GlobalsBuilder) {
    fn __kraken_add<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        if is_unknown(a) || is_unknown(b) {
            return Ok(unknown(eval.heap()));
        }
        let bytes = sizes::shallow_bytes(a).saturating_add(sizes::shallow_bytes(b));
        if bytes > 0 {
            room(eval, bytes)?;
        }
        a.add(b, eval.heap())
    }

    fn __kraken_sub<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        if is_unknown(b) { Ok(unknown(heap)) } else { a.sub(b, heap) }
    }

    fn __kraken_mul<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        if is_unknown(a) || is_unknown(b) {
            return Ok(unknown(eval.heap()));
        }
        refuse_mul(a, b, eval)?;
        a.mul(b, eval.heap())
    }

    fn __kraken_div<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        if is_unknown(b) { Ok(unknown(heap)) } else { a.div(b, heap) }
    }

    fn __kraken_floordiv<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        if is_unknown(b) { Ok(unknown(heap)) } else { a.floor_div(b, heap) }
    }

    fn __kraken_percent<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        // `%d` does not take an unknown, `%s` does; a text made with one carries its mark either way.
        if fills_unknown(b) {
            return Ok(if a.unpack_str().is_some() { eval.heap().alloc(UNKNOWN) } else { unknown(eval.heap()) });
        }
        refuse_percent(a, b, eval)?;
        a.percent(b, eval.heap())
    }

    fn __kraken_shl<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        refuse_shl(a, b)?;
        a.left_shift(b, heap)
    }

    fn __kraken_or<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        if is_unknown(b) {
            return Ok(unknown(eval.heap()));
        }
        charge_union(a, b, eval)?;
        a.bit_or(b, eval.heap())
    }

    fn __kraken_lt<'v>(#[starlark(require = pos)] a: Value<'v>, #[starlark(require = pos)] b: Value<'v>) -> starlark::Result<bool> {
        Ok(!is_unknown(a) && !is_unknown(b) && a.compare(b)?.is_lt())
    }

    fn __kraken_gt<'v>(#[starlark(require = pos)] a: Value<'v>, #[starlark(require = pos)] b: Value<'v>) -> starlark::Result<bool> {
        Ok(!is_unknown(a) && !is_unknown(b) && a.compare(b)?.is_gt())
    }

    fn __kraken_le<'v>(#[starlark(require = pos)] a: Value<'v>, #[starlark(require = pos)] b: Value<'v>) -> starlark::Result<bool> {
        Ok(!is_unknown(a) && !is_unknown(b) && a.compare(b)?.is_le())
    }

    fn __kraken_ge<'v>(#[starlark(require = pos)] a: Value<'v>, #[starlark(require = pos)] b: Value<'v>) -> starlark::Result<bool> {
        Ok(!is_unknown(a) && !is_unknown(b) && a.compare(b)?.is_ge())
    }

    fn __kraken_ne<'v>(#[starlark(require = pos)] a: Value<'v>, #[starlark(require = pos)] b: Value<'v>) -> starlark::Result<bool> {
        Ok(!is_unknown(a) && !is_unknown(b) && !a.equals(b)?)
    }
}

/// What stands before an augmented assignment: the target and the operand; gives the operand.
#[starlark_module]
fn assignments(builder: &mut GlobalsBuilder) {
    fn __kraken_before_mul<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        refuse_mul(a, b, eval)?;
        Ok(b)
    }

    fn __kraken_before_percent<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        refuse_percent(a, b, eval)?;
        Ok(b)
    }

    fn __kraken_before_shl<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
    ) -> starlark::Result<Value<'v>> {
        refuse_shl(a, b)?;
        Ok(b)
    }

    fn __kraken_before_or<'v>(
        #[starlark(require = pos)] a: Value<'v>,
        #[starlark(require = pos)] b: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        charge_union(a, b, eval)?;
        Ok(b)
    }
}

/// Python's limit for numbers written as text.
const DIGITS: usize = 4_300;

/// Built-in functions that replace Starlark's own. Those that are also names of types must be types of some kind; which
/// one does not matter, since types are read and ignored.
#[starlark_module]
fn builtins(builder: &mut GlobalsBuilder) {
    #[starlark(as_type = Unknown)]
    fn range<'v>(
        #[starlark(require = pos)] first: Value<'v>,
        #[starlark(require = pos)] second: Option<Value<'v>>,
        #[starlark(require = pos)] step: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Range> {
        let number = |value: Value<'v>| match value.unpack_i32() {
            Some(n) => Ok(n),
            None if is_unknown(value) => Ok(0),
            None if value.get_type() == "int" => Err(bad(format!("range: {value} is too large"))),
            None => Err(bad(format!("range: expected an int, got {}", value.get_type()))),
        };
        let (start, stop) = match second {
            Some(stop) => (number(first)?, number(stop)?),
            None => (0, number(first)?),
        };
        let step = step.map_or(Ok(1), number)?;
        let Some(step) = std::num::NonZeroI32::new(step) else { return Err(bad("range: the step is 0".to_owned())) };
        let distance = if step.get() > 0 { i64::from(stop) - i64::from(start) } else { i64::from(start) - i64::from(stop) };
        let length = distance.max(0).unsigned_abs().div_ceil(u64::from(step.get().unsigned_abs()));
        if length > meter(eval).range_limit() {
            return Err(bad(format!("range of {length} numbers: at most {} are possible", meter(eval).range_limit())));
        }
        Ok(Range::new(start, stop, step))
    }

    #[starlark(as_type = Unknown)]
    fn int<'v>(
        #[starlark(require = pos)] value: Option<Value<'v>>,
        base: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let Some(value) = value else { return Ok(eval.heap().alloc(0)) };
        if is_unknown(value) {
            return Ok(value);
        }
        if value.unpack_str().is_some_and(|text| text.len() > DIGITS) {
            return Err(bad(format!("int: the text has more than {DIGITS} characters")));
        }
        let named: Vec<(&str, Value<'v>)> = base.into_iter().map(|base| ("base", base)).collect();
        call_standard("int", &[value], &named, eval)
    }

    #[starlark(as_type = Unknown)]
    fn str<'v>(#[starlark(require = pos)] value: Option<Value<'v>>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<String> {
        let Some(value) = value else { return Ok(String::new()) };
        room_for_text(eval, &[value])?;
        Ok(value.to_str())
    }

    fn repr<'v>(#[starlark(require = pos)] value: Value<'v>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<String> {
        room_for_text(eval, &[value])?;
        Ok(value.to_repr())
    }

    fn getattr<'v>(
        #[starlark(require = pos)] value: Value<'v>,
        #[starlark(require = pos)] name: &str,
        #[starlark(require = pos)] default: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let guarded = if GuardedText::has(name) { GuardedText::around(value, eval.heap()) } else { value };
        match (guarded.get_attr(name, eval.heap())?, default) {
            (Some(found), _) => Ok(found),
            (None, Some(default)) => Ok(default),
            (None, None) => Err(bad(format!("a value of type {} has no attribute {name:?}", value.get_type()))),
        }
    }

    fn print<'v>(
        #[starlark(args)] values: UnpackTuple<Value<'v>>,
        #[starlark(default = " ")] sep: &str,
        #[starlark(default = "")] end: &str,
        #[starlark(default = false)] flush: bool,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<NoneType> {
        let _ = (end, flush);
        room_for_text(eval, &values.items)?;
        let shown: Vec<String> = values.items.iter().map(|value| value.to_str()).collect();
        meter(eval).keep_printed(shown.join(sep).replace(UNKNOWN, "unknown"));
        Ok(NoneType)
    }

    fn fail<'v>(#[starlark(args)] values: UnpackTuple<Value<'v>>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<NoneType> {
        room_for_text(eval, &values.items)?;
        let shown: Vec<String> = values.items.iter().map(|value| value.to_str()).collect();
        Err(Error::new_kind(starlark::ErrorKind::Fail(anyhow::anyhow!(shown.join(" ")))))
    }
}

/// Calls the function of that name as Starlark has it.
pub(super) fn call_standard<'v>(
    name: &str,
    positional: &[Value<'v>],
    named: &[(&str, Value<'v>)],
    eval: &mut Evaluator<'v, '_, '_>,
) -> starlark::Result<Value<'v>> {
    static STANDARD: std::sync::OnceLock<Globals> = std::sync::OnceLock::new();
    let standard = STANDARD.get_or_init(Globals::standard);
    let (_, function) = standard.iter().find(|(known, _)| *known == name).expect("the standard functions do not change");
    eval.eval_function(function.to_value(), positional, named)
}

/// Items of a list or tuple.
pub(super) fn items<'v>(value: Value<'v>) -> Option<&'v [Value<'v>]> {
    ListRef::from_value(value).map(ListRef::content).or_else(|| TupleRef::from_value(value).map(TupleRef::content))
}
