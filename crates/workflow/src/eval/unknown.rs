//! The value of which nothing is known yet: whatever is done with it gives an unknown again, or the answer "no".

// Every value of Starlark needs a derive that writes an `unsafe impl`; nothing unsafe is written by hand.
#![allow(unsafe_code)]

use std::{cmp::Ordering, fmt};

use allocative::Allocative;
use starlark::{
    any::ProvidesStaticType,
    eval::{Arguments, Evaluator},
    starlark_simple_value,
    values::{Heap, NoSerialize, StarlarkPagable, StarlarkValue, Value, ValueLike, dict::DictRef, starlark_value},
};

use super::guards;
use crate::context::UNKNOWN;

#[derive(Debug, Clone, Copy, ProvidesStaticType, NoSerialize, StarlarkPagable, Allocative)]
pub(super) struct Unknown;

starlark_simple_value!(Unknown);

impl fmt::Display for Unknown {
    /// A text made with an unknown carries its mark, so that checks pass it over.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(UNKNOWN)
    }
}

/// Whether `value` is the unknown itself.
pub(super) fn is_unknown(value: Value<'_>) -> bool {
    value.downcast_ref::<Unknown>().is_some()
}

/// Whether what is made with `value`, a text or an argument of one of its methods, cannot be known.
pub(super) fn holds_unknown(value: Value<'_>) -> bool {
    let is_open = |value: Value<'_>| is_unknown(value) || value.unpack_str().is_some_and(|text| text.contains(UNKNOWN));
    is_open(value)
        || guards::items(value).is_some_and(|items| items.iter().copied().any(is_open))
        || DictRef::from_value(value).is_some_and(|dict| dict.iter().any(|(key, value)| is_open(key) || is_open(value)))
}

type Made<'v> = starlark::Result<Value<'v>>;

#[starlark_value(type = "unknown")]
impl<'v> StarlarkValue<'v> for Unknown {
    fn to_bool(&self) -> bool {
        false
    }
    fn write_hash(&self, hasher: &mut starlark::collections::StarlarkHasher) -> starlark::Result<()> {
        use std::hash::Hash;
        UNKNOWN.hash(hasher);
        Ok(())
    }
    fn equals(&self, _other: Value<'v>) -> starlark::Result<bool> {
        Ok(false)
    }
    fn compare(&self, _other: Value<'v>) -> starlark::Result<Ordering> {
        Ok(Ordering::Equal)
    }
    fn invoke(&self, _me: Value<'v>, _args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> Made<'v> {
        Ok(eval.heap().alloc(Unknown))
    }
    fn at(&self, _index: Value<'v>, heap: Heap<'v>) -> Made<'v> {
        Ok(heap.alloc(Unknown))
    }
    fn slice(&self, _start: Option<Value<'v>>, _stop: Option<Value<'v>>, _step: Option<Value<'v>>, heap: Heap<'v>) -> Made<'v> {
        Ok(heap.alloc(Unknown))
    }
    fn iterate_collect(&self, _heap: Heap<'v>) -> starlark::Result<Vec<Value<'v>>> {
        Ok(Vec::new())
    }
    fn length(&self) -> starlark::Result<i32> {
        Ok(0)
    }
    fn get_attr(&self, _attribute: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        Some(heap.alloc(Unknown))
    }
    fn has_attr(&self, _attribute: &str, _heap: Heap<'v>) -> bool {
        true
    }
    fn is_in(&self, _other: Value<'v>) -> starlark::Result<bool> {
        Ok(false)
    }
    fn plus(&self, heap: Heap<'v>) -> Made<'v> {
        Ok(heap.alloc(Unknown))
    }
    fn minus(&self, heap: Heap<'v>) -> Made<'v> {
        Ok(heap.alloc(Unknown))
    }
    fn radd(&self, _lhs: Value<'v>, heap: Heap<'v>) -> Option<Made<'v>> {
        Some(Ok(heap.alloc(Unknown)))
    }
    fn add(&self, _rhs: Value<'v>, heap: Heap<'v>) -> Option<Made<'v>> {
        Some(Ok(heap.alloc(Unknown)))
    }
    fn sub(&self, _other: Value<'v>, heap: Heap<'v>) -> Made<'v> {
        Ok(heap.alloc(Unknown))
    }
    fn rmul(&self, _lhs: Value<'v>, heap: Heap<'v>) -> Option<Made<'v>> {
        Some(Ok(heap.alloc(Unknown)))
    }
    fn mul(&self, _rhs: Value<'v>, heap: Heap<'v>) -> Option<Made<'v>> {
        Some(Ok(heap.alloc(Unknown)))
    }
    fn div(&self, _other: Value<'v>, heap: Heap<'v>) -> Made<'v> {
        Ok(heap.alloc(Unknown))
    }
    fn percent(&self, _other: Value<'v>, heap: Heap<'v>) -> Made<'v> {
        Ok(heap.alloc(Unknown))
    }
    fn floor_div(&self, _other: Value<'v>, heap: Heap<'v>) -> Made<'v> {
        Ok(heap.alloc(Unknown))
    }
    fn bit_or(&self, _other: Value<'v>, heap: Heap<'v>) -> Made<'v> {
        Ok(heap.alloc(Unknown))
    }
}
