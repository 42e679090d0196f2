//! The built-in functions that must look before they leap: those that make texts, numbers and ranges of any size.

use starlark::{
    Error,
    environment::{Globals, GlobalsBuilder},
    eval::Evaluator,
    starlark_module,
    values::{Value, none::NoneType, range::Range, tuple::UnpackTuple},
};

use super::{
    guarded_text::GuardedText,
    guards::{bad, meter, room_for_text, text_or_unknown},
    unknown::{Unknown, is_unknown},
};
use crate::context::UNKNOWN;

/// Python's limit for numbers written as text.
const DIGITS: usize = 4_300;

/// Built-in functions that replace Starlark's own. Those that are also names of types must be types of some kind; which
/// one does not matter, since types are read and ignored.
#[starlark_module]
pub(super) fn builtins(builder: &mut GlobalsBuilder) {
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
    fn str<'v>(#[starlark(require = pos)] value: Option<Value<'v>>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        let Some(value) = value else { return Ok(eval.heap().alloc("")) };
        room_for_text(eval, &[value])?;
        Ok(text_or_unknown(eval.heap().alloc(value.to_str()), eval.heap()))
    }

    fn repr<'v>(#[starlark(require = pos)] value: Value<'v>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        room_for_text(eval, &[value])?;
        Ok(text_or_unknown(eval.heap().alloc(value.to_repr()), eval.heap()))
    }

    fn getattr<'v>(
        #[starlark(require = pos)] value: Value<'v>,
        #[starlark(require = pos)] name: &str,
        #[starlark(require = pos)] default: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let guarded = if GuardedText::has(name) { GuardedText::around(value, eval)? } else { value };
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
        Err(Error::new_kind(starlark::ErrorKind::Fail(anyhow::anyhow!(shown.join(" ").replace(UNKNOWN, "unknown")))))
    }
}

/// Calls the function of that name as Starlark has it.
fn call_standard<'v>(
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
