//! The methods of texts that multiply lengths: `join`, `replace`, `format`. Each asks for the room that its result
//! may take, then lets Starlark's own method do the work.

// Every value of Starlark needs a derive that writes an `unsafe impl`; nothing unsafe is written by hand.
#![allow(unsafe_code)]

use std::fmt;

use allocative::Allocative;
use starlark::{
    any::ProvidesStaticType,
    environment::{Methods, MethodsBuilder},
    eval::{Arguments, Evaluator},
    methods_static, starlark_module, starlark_simple_value,
    values::{Heap, NoSerialize, StarlarkPagable, StarlarkValue, Value, starlark_value},
};

use super::{guards, sizes};

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

impl GuardedText {
    /// `value` guarded if it is a text, else `value` itself.
    pub(super) fn around<'v>(value: Value<'v>, heap: Heap<'v>) -> Value<'v> {
        value.unpack_str().map_or(value, |text| heap.alloc(Self(text.to_owned())))
    }

    /// Whether the method of that name is guarded.
    pub(super) fn has(name: &str) -> bool {
        matches!(name, "join" | "replace" | "format")
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
        eval.eval_function(method, positional, named)
    }
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
        if let Some(items) = guards::items(parts) {
            let longest_of_two = items.iter().take(2).map(|item| sizes::shallow_bytes(*item)).max().unwrap_or(0);
            let all: usize = items.iter().map(|item| sizes::shallow_bytes(*item)).fold(0, usize::saturating_add);
            // Starlark reserves as if every part were as long as the longer of the first two.
            let reserved = longest_of_two.saturating_mul(items.len());
            let separators = this.0.len().saturating_mul(items.len());
            guards::room(eval, reserved.max(all).saturating_add(separators))?;
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
}
