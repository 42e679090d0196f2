//! What only a job can know, as a stage's code sees it: the text `#{config.k}`, which is filled in later.
//!
//! Invariant: such a value can be put into texts, and every question about it is an error that says what to write instead. The code
//! meets the same value whether it is checked or run, so what passes the check is not broken by a run.

// Every value of Starlark needs a derive that writes an `unsafe impl`; nothing unsafe is written by hand.
#![allow(unsafe_code)]

use std::{cell::RefCell, cmp::Ordering, fmt};

use allocative::Allocative;
use starlark::{
    any::ProvidesStaticType,
    collections::StarlarkHasher,
    eval::{Arguments, Evaluator},
    starlark_simple_value,
    values::{Heap, NoSerialize, StarlarkPagable, StarlarkValue, Value, ValueLike, starlark_value},
};

use super::guards::bad;

/// Names a value that texts are filled in with: `config.k`, `job.steps[0].name`.
#[derive(Debug, Clone, ProvidesStaticType, NoSerialize, StarlarkPagable, Allocative)]
pub(super) struct Reference(String);

starlark_simple_value!(Reference);

thread_local! {
    /// What was asked whether it is true: Starlark has no way to refuse the question. Each evaluation has a thread of its own.
    static ASKED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Why the evaluation on this thread cannot be trusted: a condition was made of what nobody knows.
pub(super) fn asked() -> Option<String> {
    ASKED.with_borrow_mut(Option::take)
}

impl Reference {
    pub(super) fn new(path: &str) -> Self {
        Self(path.to_owned())
    }

    fn below(&self, name: &str) -> Self {
        let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
        Self(if is_word && !name.is_empty() { format!("{}.{name}", self.0) } else { format!("{}[{name:?}]", self.0) })
    }

    fn unknown_here(&self) -> String {
        let path = &self.0;
        format!(
            "ctx.{path} is known only while a job runs, so the code can put it into texts and cannot look at it: write #{{{path}}} in a text of the \
             job, with all that is to be made of it inside of the braces, or ask for it in a `when`"
        )
    }

    fn refused<T>(&self) -> starlark::Result<T> {
        Err(bad(self.unknown_here()))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{{{}}}", self.0)
    }
}

/// The text that stands for `value`, if that is a reference.
pub(super) fn as_text(value: Value<'_>) -> Option<String> {
    value.downcast_ref::<Reference>().map(ToString::to_string)
}

/// Refuses a question about references.
pub(super) fn none_of<'v>(values: impl IntoIterator<Item = Value<'v>>) -> starlark::Result<()> {
    values.into_iter().find_map(|value| value.downcast_ref::<Reference>()).map_or(Ok(()), Reference::refused)
}

#[starlark_value(type = "text of a job")]
impl<'v> StarlarkValue<'v> for Reference {
    fn to_bool(&self) -> bool {
        ASKED.with_borrow_mut(|asked| _ = asked.get_or_insert_with(|| self.unknown_here()));
        false
    }
    fn write_hash(&self, _hasher: &mut StarlarkHasher) -> starlark::Result<()> {
        self.refused()
    }
    fn equals(&self, _other: Value<'v>) -> starlark::Result<bool> {
        self.refused()
    }
    fn compare(&self, _other: Value<'v>) -> starlark::Result<Ordering> {
        self.refused()
    }
    fn invoke(&self, _me: Value<'v>, _args: &Arguments<'v, '_>, _eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        self.refused()
    }
    fn at(&self, index: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        none_of([index])?;
        if let Some(name) = index.unpack_str() {
            return Ok(heap.alloc(self.below(name)));
        }
        match index.unpack_i32() {
            Some(number) => Ok(heap.alloc(Self(format!("{}[{number}]", self.0)))),
            None => self.refused(),
        }
    }
    fn slice(
        &self,
        _start: Option<Value<'v>>,
        _stop: Option<Value<'v>>,
        _step: Option<Value<'v>>,
        _heap: Heap<'v>,
    ) -> starlark::Result<Value<'v>> {
        self.refused()
    }
    fn iterate_collect(&self, _heap: Heap<'v>) -> starlark::Result<Vec<Value<'v>>> {
        self.refused()
    }
    fn length(&self) -> starlark::Result<i32> {
        self.refused()
    }
    fn get_attr(&self, attribute: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        Some(heap.alloc(self.below(attribute)))
    }
    fn has_attr(&self, _attribute: &str, _heap: Heap<'v>) -> bool {
        true
    }
    fn is_in(&self, _other: Value<'v>) -> starlark::Result<bool> {
        self.refused()
    }
    fn add(&self, rhs: Value<'v>, heap: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        let rhs = rhs.unpack_str().map(str::to_owned).or_else(|| as_text(rhs));
        rhs.map(|rhs| Ok(heap.alloc(format!("{self}{rhs}"))))
    }
    fn radd(&self, lhs: Value<'v>, heap: Heap<'v>) -> Option<starlark::Result<Value<'v>>> {
        lhs.unpack_str().map(|lhs| Ok(heap.alloc(format!("{lhs}{self}"))))
    }
}
