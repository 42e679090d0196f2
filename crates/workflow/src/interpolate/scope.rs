//! The names that an expression can use.

use std::collections::BTreeMap;

use minijinja::Value;
use serde_json::{Map, Value as Json};

use crate::{Context, Secret, Secrets, context::UNKNOWN};

/// The names that an expression can use, and their values.
pub(super) struct Scope {
    /// All names.
    names: BTreeMap<String, Value>,
    /// The branch's name in the repositories: what `#{branch}` alone means.
    branch: Value,
    /// The arguments, by names that need not be words.
    args: BTreeMap<String, Value>,
}

impl Scope {
    /// The names of `ctx`: its parts, its flags, its secrets, the older spellings, and the arguments where no other name
    /// is in their way.
    pub(super) fn of(ctx: &Context) -> Self {
        let args: BTreeMap<String, Value> = match &ctx.args {
            Json::Object(args) => args.iter().map(|(name, value)| (name.clone(), known(value))).collect(),
            _ => BTreeMap::new(),
        };
        let branch =
            known(ctx.flow.get("branch_name").filter(|name| !name.is_null()).or(ctx.branch.get("branch_name")).unwrap_or(&Json::Null));
        let mut names = args.clone();
        let none = Secrets::new();
        let secrets = ctx.secrets.as_ref().unwrap_or(&none);
        for (name, secret) in secrets {
            names.extend(older_secret_names(name, secret));
        }
        let seq = |part: &Json, which| part.pointer(which).map(known);
        let older = [
            ("KK_FLOW_SEQ", seq(&ctx.flow, "/seq/shared")),
            ("KK_CI_DEV_FLOW_SEQ", seq(&ctx.flow, "/seq/own")),
            ("KK_RUN_SEQ", seq(&ctx.run, "/seq/shared")),
            ("KK_CI_DEV_RUN_SEQ", seq(&ctx.run, "/seq/own")),
            ("KK_FLOW_TYPE", Some(Value::from(ctx.flags.kind.as_str().to_uppercase()))),
            ("KK_BRANCH", Some(branch.clone())),
        ];
        names.extend(older.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        names.extend(ctx.parts().into_iter().map(|(name, part)| (name.to_owned(), known(part))));
        names.extend(ctx.flags.named().into_iter().map(|(name, flag)| (name.to_owned(), Value::from(flag))));
        let secrets = secrets.iter().map(|(name, secret)| (name.clone(), secret_value(secret)));
        names.insert("secrets".to_owned(), Value::from(secrets.collect::<BTreeMap<String, Value>>()));
        Self { names, branch, args }
    }

    /// The same names with these values as `config`.
    pub(super) fn with_config(&self, config: &Map<String, Json>) -> Self {
        let mut names = self.names.clone();
        let values = config.iter().map(|(name, value)| (name.clone(), known(value))).collect::<BTreeMap<String, Value>>();
        names.insert("config".to_owned(), Value::from(values));
        Self { names, branch: self.branch.clone(), args: self.args.clone() }
    }

    /// What a name alone means, where that is something of its own: `#{branch}`, and an argument whose name is no word.
    pub(super) fn alone(&self, expression: &str) -> Option<Value> {
        if expression == "branch" {
            return Some(self.branch.clone());
        }
        self.args.get(expression).filter(|_| !self.names.contains_key(expression) || expression.contains(' ')).cloned()
    }

    /// All names as one value.
    pub(super) fn root(&self) -> Value {
        Value::from(self.names.clone())
    }

    /// Why the name at the end of this dotted path has no value: the first part that is missing.
    pub(super) fn missing(&self, path: &str) -> Option<String> {
        let mut parts = path.split('.');
        let first = parts.next()?;
        if let Some(secret) = OLDER_SECRETS.iter().find_map(|prefix| first.strip_prefix(prefix)).filter(|_| !self.names.contains_key(first))
        {
            return Some(no_secret(secret));
        }
        let Some(mut value) = self.names.get(first).cloned() else { return Some(format!("there is no {first:?}")) };
        let mut so_far = first.to_owned();
        if value.is_undefined() {
            return Some(format!("{so_far:?} is not known here"));
        }
        for part in parts {
            let next = value.get_attr(part).unwrap_or(Value::UNDEFINED);
            if next.is_undefined() && so_far == "secrets" {
                return Some(no_secret(part));
            }
            if next.is_undefined() {
                return Some(format!("{so_far:?} has no {part:?}"));
            }
            so_far = format!("{so_far}.{part}");
            value = next;
        }
        None
    }
}

/// How older texts name what a secret holds.
const OLDER_SECRETS: [&str; 3] = ["KK_SECRET_SIMPLE_", "KK_SECRET_USER_", "KK_SECRET_KEY_"];

fn no_secret(name: &str) -> String {
    format!("there is no secret {name:?}: it was deleted, or has no value yet")
}

/// A part of the context; what is unknown is undefined here, so that using it is an error.
fn known(json: &Json) -> Value {
    match json {
        Json::String(text) if text == UNKNOWN => Value::UNDEFINED,
        Json::Array(items) => items.iter().map(known).collect(),
        Json::Object(fields) => Value::from(fields.iter().map(|(name, value)| (name.clone(), known(value))).collect::<BTreeMap<_, _>>()),
        Json::String(text) => Value::from(text.as_str()),
        Json::Bool(flag) => Value::from(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::from(number),
            None => Value::from(number.as_f64()),
        },
        Json::Null => Value::from(()),
    }
}

fn secret_value(secret: &Secret) -> Value {
    let leaves = secret.leaves();
    match leaves.as_slice() {
        [("", value)] => Value::from(*value),
        _ => Value::from(leaves.into_iter().map(|(field, value)| (field.to_owned(), Value::from(value))).collect::<BTreeMap<_, _>>()),
    }
}

fn older_secret_names(name: &str, secret: &Secret) -> Vec<(String, Value)> {
    let named = |prefix: &str, value: &str| (format!("KK_SECRET_{prefix}_{name}"), Value::from(value));
    match secret {
        Secret::Simple(value) => vec![named("SIMPLE", value)],
        Secret::SshKey { user, key } => vec![named("USER", user), named("KEY", key)],
        Secret::UserPassword { user, .. } => vec![named("USER", user)],
    }
}
