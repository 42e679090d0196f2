//! The binary operators of the instrumented code.
//!
//! Invariant: each does what plain Starlark does, or stops the evaluation at a limit before anything large is made. Where
//! an operand is unknown, so is the result, and a comparison is False.

use starlark::{
    environment::GlobalsBuilder,
    eval::Evaluator,
    starlark_module,
    values::{Heap, Value, tuple::TupleRef},
};

use super::{
    guards::{bad, meter, room, room_for_text, stop, text_or_unknown},
    reference::none_of,
    sizes,
    unknown::{Unknown, holds_unknown, is_unknown},
};

fn unknown(heap: Heap<'_>) -> Value<'_> {
    heap.alloc(Unknown)
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

/// The binary operators.
#[starlark_module]
pub(super) fn operators(builder: &mut GlobalsBuilder) {
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
        if holds_unknown(b) {
            return Ok(unknown(eval.heap()));
        }
        refuse_percent(a, b, eval)?;
        Ok(text_or_unknown(a.percent(b, eval.heap())?, eval.heap()))
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
        none_of([a, b])?;
        Ok(!is_unknown(a) && !is_unknown(b) && !a.equals(b)?)
    }

    fn __kraken_eq<'v>(#[starlark(require = pos)] a: Value<'v>, #[starlark(require = pos)] b: Value<'v>) -> starlark::Result<bool> {
        none_of([a, b])?;
        Ok(!is_unknown(a) && !is_unknown(b) && a.equals(b)?)
    }

    fn __kraken_in<'v>(#[starlark(require = pos)] a: Value<'v>, #[starlark(require = pos)] b: Value<'v>) -> starlark::Result<bool> {
        none_of([a, b])?;
        Ok(!is_unknown(a) && !is_unknown(b) && b.is_in(a)?)
    }

    fn __kraken_not_in<'v>(#[starlark(require = pos)] a: Value<'v>, #[starlark(require = pos)] b: Value<'v>) -> starlark::Result<bool> {
        none_of([a, b])?;
        Ok(is_unknown(a) || is_unknown(b) || !b.is_in(a)?)
    }
}

/// What stands before an augmented assignment: the target and the operand; gives the operand.
#[starlark_module]
pub(super) fn assignments(builder: &mut GlobalsBuilder) {
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
