//! The methods of texts that are given something. Those that multiply lengths (`join`, `replace`, `format`) ask for the room that their
//! result may take; then Starlark's own method does the work.
//!
//! Invariant: where a part or an argument is unknown, so is the result, whatever it would be: a text, a list, a number, an answer.

// Every value of Starlark needs a derive that writes an `unsafe impl`; nothing unsafe is written by hand.
#![allow(unsafe_code)]

use std::fmt;

use allocative::Allocative;
use starlark::{
    any::ProvidesStaticType,
    environment::{Methods, MethodsBuilder},
    eval::{Arguments, Evaluator},
    methods_static, starlark_module, starlark_simple_value,
    values::{Heap, NoSerialize, StarlarkPagable, StarlarkValue, Value, list::AllocList, starlark_value},
};

use super::{
    guards::{self, stop, text_or_unknown},
    reference, sizes,
    unknown::{Unknown, holds_unknown, is_unknown},
};

/// A text on the way to one of its methods.
#[derive(Debug, Clone, ProvidesStaticType, NoSerialize, StarlarkPagable, Allocative)]
pub(super) struct GuardedText(String);

starlark_simple_value!(GuardedText);

methods_static!(METHODS = methods);

impl fmt::Display for GuardedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The guarded methods.
const GUARDED: &[&str] = &[
    "join",
    "replace",
    "format",
    "count",
    "endswith",
    "find",
    "index",
    "lstrip",
    "partition",
    "removeprefix",
    "removesuffix",
    "rfind",
    "rindex",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "startswith",
    "strip",
];

/// What a method is called with.
struct Given<'a, 'v> {
    positional: Vec<Value<'v>>,
    named: Vec<(&'a str, Value<'v>)>,
}

impl Given<'_, '_> {
    fn holds_unknown(&self) -> bool {
        self.positional.iter().copied().chain(self.named.iter().map(|(_, value)| *value)).any(holds_unknown)
    }
}

impl GuardedText {
    /// `value` guarded if it is a text, else `value` itself. The copy is charged for.
    pub(super) fn around<'v>(value: Value<'v>, eval: &Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        let heap = eval.heap();
        let Some(text) = value.unpack_str() else { return Ok(value) };
        guards::meter(eval).charge_bytes(heap.allocated_bytes(), text.len()).map_err(stop)?;
        Ok(heap.alloc(Self(text.to_owned())))
    }

    /// Whether the method of that name is guarded.
    pub(super) fn has(name: &str) -> bool {
        GUARDED.contains(&name)
    }

    fn call<'v>(
        &self,
        method: &str,
        positional: &[Value<'v>],
        named: &[(&str, Value<'v>)],
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        let heap = eval.heap();
        let method = heap.alloc(self.0.as_str()).get_attr_error(method, heap)?;
        let made = eval.eval_function(method, positional, named)?;
        Ok(text_or_unknown(made, eval.heap()))
    }

    /// Calls a method that makes nothing larger than the text.
    fn known<'v>(&self, method: &str, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        let positional: Vec<Value<'v>> = args.positions(eval.heap())?.collect();
        let map = args.names_map()?;
        let named = map.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let given = Given { positional, named };
        if given.holds_unknown() {
            return Ok(eval.heap().alloc(Unknown));
        }
        self.call(method, &given.positional, &given.named, eval)
    }
}

/// A text in the place of a reference, which Starlark's own methods do not take for one.
fn plain<'v>(value: Value<'v>, heap: Heap<'v>) -> Value<'v> {
    reference::as_text(value).map_or(value, |text| heap.alloc(text))
}

#[starlark_value(type = "string")]
impl<'v> StarlarkValue<'v> for GuardedText {
    fn get_methods() -> Option<&'static Methods> {
        Some(METHODS.methods())
    }
}

#[starlark_module]
fn methods(builder: &mut MethodsBuilder) {
    fn join<'v>(
        this: &GuardedText,
        #[starlark(require = pos)] parts: Value<'v>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        if holds_unknown(parts) {
            return Ok(eval.heap().alloc(Unknown));
        }
        let mut parts = parts;
        if let Some(items) = guards::items(parts) {
            let longest_of_two = items.iter().take(2).map(|item| sizes::shallow_bytes(*item)).max().unwrap_or(0);
            let all: usize = items.iter().map(|item| sizes::shallow_bytes(*item)).fold(0, usize::saturating_add);
            // Starlark reserves as if every part were as long as the longer of the first two.
            let reserved = longest_of_two.saturating_mul(items.len());
            let separators = this.0.len().saturating_mul(items.len());
            guards::room(eval, reserved.max(all).saturating_add(separators))?;
            if items.iter().any(|item| reference::as_text(*item).is_some()) {
                guards::room(eval, sizes::shallow_bytes(parts))?;
                let heap = eval.heap();
                parts = heap.alloc(AllocList(items.iter().map(|item| plain(*item, heap))));
            }
        }
        this.call("join", &[parts], &[], eval)
    }

    fn replace<'v>(
        this: &GuardedText,
        #[starlark(require = pos)] old: Value<'v>,
        #[starlark(require = pos)] new: Value<'v>,
        #[starlark(require = pos)] count: Option<Value<'v>>,
        eval: &mut Evaluator<'v, '_, '_>,
    ) -> starlark::Result<Value<'v>> {
        if holds_unknown(old) || holds_unknown(new) || count.is_some_and(is_unknown) {
            return Ok(eval.heap().alloc(Unknown));
        }
        let new = plain(new, eval.heap());
        if let (Some(old), Some(new)) = (old.unpack_str(), new.unpack_str()) {
            let places = if old.is_empty() { this.0.len() + 1 } else { this.0.len() / old.len() };
            guards::room(eval, this.0.len().saturating_add(new.len().saturating_mul(places)))?;
        }
        let positional: Vec<Value<'v>> = [old, new].into_iter().chain(count).collect();
        this.call("replace", &positional, &[], eval)
    }

    fn format<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        let positional: Vec<Value<'v>> = args.positions(eval.heap())?.collect();
        let map = args.names_map()?;
        let named: Vec<(&str, Value<'v>)> = map.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let values: Vec<Value<'v>> = positional.iter().copied().chain(named.iter().map(|(_, value)| *value)).collect();
        let bytes = guards::room_for_text(eval, &values)?;
        guards::room(eval, bytes.saturating_mul(this.0.matches('{').count()).saturating_add(this.0.len()))?;
        this.call("format", &positional, &named, eval)
    }

    fn count<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("count", args, eval)
    }

    fn endswith<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("endswith", args, eval)
    }

    fn find<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("find", args, eval)
    }

    fn index<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("index", args, eval)
    }

    fn lstrip<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("lstrip", args, eval)
    }

    fn partition<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("partition", args, eval)
    }

    fn removeprefix<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("removeprefix", args, eval)
    }

    fn removesuffix<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("removesuffix", args, eval)
    }

    fn rfind<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("rfind", args, eval)
    }

    fn rindex<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("rindex", args, eval)
    }

    fn rpartition<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("rpartition", args, eval)
    }

    fn rsplit<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("rsplit", args, eval)
    }

    fn rstrip<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("rstrip", args, eval)
    }

    fn split<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("split", args, eval)
    }

    fn startswith<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("startswith", args, eval)
    }

    fn strip<'v>(this: &GuardedText, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        this.known("strip", args, eval)
    }
}
