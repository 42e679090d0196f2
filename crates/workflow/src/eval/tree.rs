//! The context as Starlark sees it: objects with attributes, made from JSON once, shared and never changed.

// Every value of Starlark needs a derive that writes an `unsafe impl`; nothing unsafe is written by hand.
#![allow(unsafe_code)]

use std::{collections::BTreeMap, fmt, sync::Arc};

use allocative::Allocative;
use serde_json::Value as Json;
use starlark::{
    any::ProvidesStaticType,
    eval::{Arguments, Evaluator},
    starlark_simple_value,
    values::{Heap, NoSerialize, StarlarkPagablePanic, StarlarkValue, Value, list::AllocList, none::NoneType, starlark_value},
};

use super::{reference::Reference, unknown::Unknown};
use crate::{Context, JOB_FIELDS, Secret, Secrets, context::UNKNOWN};

/// One value of the context.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Unknown,
    /// What only a job knows, by its path.
    OfJob(Arc<str>),
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    List(Arc<[Node]>),
    Object(Arc<BTreeMap<String, Node>>),
    /// An object that has an answer for every name: whether the secret exists is checked where it is used.
    Secrets(Arc<BTreeMap<String, Node>>),
}

/// The text that is later filled in with the secret.
fn reference(name: &str, field: &str) -> String {
    let is_word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
    let path = if is_word { format!("secrets.{name}") } else { format!("secrets[{name:?}]") };
    let dot = if field.is_empty() { "" } else { "." };
    format!("#{{{path}{dot}{field}}}")
}

impl Node {
    /// The tree of `ctx`.
    pub(super) fn of(ctx: &Context) -> Self {
        let mut fields: BTreeMap<String, Self> = ctx.parts().into_iter().map(|(name, part)| (name.to_owned(), Self::from(part))).collect();
        fields.extend(Self::of_jobs());
        fields.insert("secrets".to_owned(), ctx.secrets.as_ref().map_or(Self::Unknown, Self::references));
        for (name, flag) in ctx.flags.named() {
            let known = matches!(name, "is_ci" | "is_dev" | "always" | "never");
            fields.insert(name.to_owned(), if known { Self::Bool(flag) } else { Self::OfJob(Arc::from(name)) });
        }
        Self::Object(Arc::new(fields))
    }

    /// The parts of the context that only a job knows, whatever the context says of them.
    fn of_jobs() -> BTreeMap<String, Self> {
        fn put(fields: &mut BTreeMap<String, Node>, path: &str, rest: &str) {
            match rest.split_once('.') {
                None => {
                    fields.insert(rest.to_owned(), Node::OfJob(Arc::from(path)));
                }
                Some((first, rest)) => {
                    if let Node::Object(below) = fields.entry(first.to_owned()).or_insert_with(|| Node::Object(Arc::default())) {
                        put(Arc::make_mut(below), path, rest);
                    }
                }
            }
        }
        let mut fields = BTreeMap::new();
        JOB_FIELDS.iter().for_each(|field| put(&mut fields, field.path, field.path));
        fields
    }

    /// A secret is only the text that names it: it is filled in when a step goes to its agent.
    fn references(secrets: &Secrets) -> Self {
        let reference = |name: &String, secret: &Secret| match secret.leaves().as_slice() {
            [("", _)] => Self::Text(Arc::from(reference(name, ""))),
            leaves => {
                let leaf = |field: &str| Self::Text(Arc::from(reference(name, field)));
                Self::Object(Arc::new(leaves.iter().map(|(field, _)| ((*field).to_owned(), leaf(field))).collect()))
            }
        };
        Self::Secrets(Arc::new(secrets.iter().map(|(name, secret)| (name.clone(), reference(name, secret))).collect()))
    }

    fn alloc<'v>(&self, heap: Heap<'v>) -> Value<'v> {
        match self {
            Self::Unknown => heap.alloc(Unknown),
            Self::OfJob(path) => heap.alloc(Reference::new(path)),
            Self::Null => heap.alloc(NoneType),
            Self::Bool(b) => Value::new_bool(*b),
            Self::Int(n) => heap.alloc(*n),
            Self::Float(n) => heap.alloc(*n),
            Self::Text(text) => heap.alloc(text.as_ref()),
            Self::List(items) => heap.alloc(AllocList(items.iter().map(|item| item.alloc(heap)))),
            Self::Object(fields) => heap.alloc(Object::data(fields)),
            Self::Secrets(fields) => heap.alloc(Object { fields: fields.clone(), secrets: true }),
        }
    }

    /// The value as JSON.
    pub(super) fn to_json(&self) -> Json {
        match self {
            Self::Unknown => crate::unknown(),
            Self::OfJob(path) => Json::from(format!("#{{{path}}}")),
            Self::Null => Json::Null,
            Self::Bool(b) => Json::from(*b),
            Self::Int(n) => Json::from(*n),
            Self::Float(n) => Json::from(*n),
            Self::Text(text) => Json::from(text.as_ref()),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Object(fields) | Self::Secrets(fields) => {
                Json::Object(fields.iter().map(|(name, node)| (name.clone(), node.to_json())).collect())
            }
        }
    }
}

impl From<&Json> for Node {
    fn from(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(b) => Self::Bool(*b),
            Json::Number(n) => n.as_i64().map_or_else(|| Self::Float(n.as_f64().unwrap_or(f64::NAN)), Self::Int),
            Json::String(text) if text == UNKNOWN => Self::Unknown,
            Json::String(text) => Self::Text(Arc::from(text.as_str())),
            Json::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            Json::Object(fields) => Self::Object(Arc::new(fields.iter().map(|(name, value)| (name.clone(), Self::from(value))).collect())),
        }
    }
}

/// An object of the context: `ctx.flow`, and whatever objects users keep in their data.
#[derive(Debug, Clone, ProvidesStaticType, NoSerialize, StarlarkPagablePanic, Allocative)]
pub(super) struct Object {
    #[allocative(skip)]
    fields: Arc<BTreeMap<String, Node>>,
    secrets: bool,
}

starlark_simple_value!(Object);

impl Object {
    /// The object of this node; an empty one for a node that is none.
    pub(super) fn of(node: &Node) -> Self {
        match node {
            Node::Object(fields) => Self::data(fields),
            _ => Self::data(&Arc::default()),
        }
    }

    fn data(fields: &Arc<BTreeMap<String, Node>>) -> Self {
        Self { fields: fields.clone(), secrets: false }
    }

    pub(super) fn to_json(&self) -> Json {
        Node::Object(self.fields.clone()).to_json()
    }

    fn field(&self, name: &str) -> Option<Node> {
        let any = || self.secrets.then(|| Node::Text(Arc::from(reference(name, ""))));
        self.fields.get(name).cloned().or_else(any)
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_json())
    }
}

#[starlark_value(type = "object")]
impl<'v> StarlarkValue<'v> for Object {
    fn get_attr(&self, attribute: &str, heap: Heap<'v>) -> Option<Value<'v>> {
        let method = || Method::named(attribute).map(|method| heap.alloc(BoundMethod { of: self.fields.clone(), method }));
        self.field(attribute).map(|node| node.alloc(heap)).or_else(method)
    }
    fn dir_attr(&self) -> Vec<String> {
        self.fields.keys().cloned().collect()
    }
    fn at(&self, index: Value<'v>, heap: Heap<'v>) -> starlark::Result<Value<'v>> {
        let key = index.unpack_str_err()?;
        self.field(key).map(|node| node.alloc(heap)).ok_or_else(|| {
            let known: Vec<&str> = self.fields.keys().map(String::as_str).collect();
            starlark::Error::new_value(anyhow::anyhow!("no field {key:?}; there are: {}", known.join(", ")))
        })
    }
    fn is_in(&self, other: Value<'v>) -> starlark::Result<bool> {
        Ok(other.unpack_str().is_some_and(|key| self.fields.contains_key(key)))
    }
    fn length(&self) -> starlark::Result<i32> {
        Ok(i32::try_from(self.fields.len()).unwrap_or(i32::MAX))
    }
    fn to_bool(&self) -> bool {
        !self.fields.is_empty()
    }
    fn iterate_collect(&self, heap: Heap<'v>) -> starlark::Result<Vec<Value<'v>>> {
        Ok(self.fields.keys().map(|key| heap.alloc(key.as_str())).collect())
    }
}

/// What a dict can also do. Not methods of the type: those would hide fields of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Keys,
    Values,
    Items,
}

impl Method {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "get" => Self::Get,
            "keys" => Self::Keys,
            "values" => Self::Values,
            "items" => Self::Items,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, ProvidesStaticType, NoSerialize, StarlarkPagablePanic, Allocative)]
struct BoundMethod {
    #[allocative(skip)]
    of: Arc<BTreeMap<String, Node>>,
    #[allocative(skip)]
    method: Method,
}

starlark_simple_value!(BoundMethod);

impl fmt::Display for BoundMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{:?} of an object>", self.method)
    }
}

#[starlark_value(type = "method")]
impl<'v> StarlarkValue<'v> for BoundMethod {
    fn invoke(&self, _me: Value<'v>, args: &Arguments<'v, '_>, eval: &mut Evaluator<'v, '_, '_>) -> starlark::Result<Value<'v>> {
        let heap = eval.heap();
        args.no_named_args()?;
        let given: Vec<Value<'v>> = args.positions(heap)?.collect();
        let wanted = if self.method == Method::Get { 1..=2 } else { 0..=0 };
        if !wanted.contains(&given.len()) {
            let error = anyhow::anyhow!("{} arguments given, expected {} to {}", given.len(), wanted.start(), wanted.end());
            return Err(starlark::Error::new_value(error));
        }
        Ok(match self.method {
            Method::Get => {
                let key = given[0].unpack_str_err()?;
                let default = given.get(1).copied().unwrap_or_else(Value::new_none);
                self.of.get(key).map_or(default, |node| node.alloc(heap))
            }
            Method::Keys => heap.alloc(AllocList(self.of.keys().map(String::as_str))),
            Method::Values => heap.alloc(AllocList(self.of.values().map(|node| node.alloc(heap)))),
            Method::Items => heap.alloc(AllocList(self.of.iter().map(|(key, node)| (key.as_str(), node.alloc(heap))))),
        })
    }
}
