//! Whom to tell of a run whose stage gives no jobs: nobody may have looked, and those that the stage names are the ones who want to know.
//!
//! What the code returned in that very run says it, where it got so far. Else what it returns to somebody who knows nothing of a run, as when
//! the stage was saved: its audience then. What depends on the run cannot be known so, and such a channel is left out rather than guessed.

use kraken_workflow::{Context, Limits, StageSchema, default_args, is_unknown};
use serde_json::{Map, Value, json};

/// Those who are told.
#[derive(Debug, PartialEq)]
pub(super) struct Audience {
    /// A stage without jobs that names them.
    pub(super) stage: Value,
    /// The run's arguments, as far as they are known: the channels' texts may name them.
    pub(super) args: Map<String, Value>,
}

/// Who is told of the run that has the context `ctx`; `None`: nobody. `returned` is what the code came to in the run, if it came to anything.
pub(super) fn audience(code: &str, returned: Option<&Value>, ctx: &Context) -> Option<Audience> {
    let name = |part: &Value| part["name"].as_str().unwrap_or_default().to_owned();
    let saved = Context::placeholder(&name(&ctx.project), &name(&ctx.branch), &name(&ctx.stage));
    let saved = Context { secrets: ctx.secrets.clone(), ..saved };
    let defaults = default_args(code, &saved, &Limits::default());
    let mut args = defaults.clone();
    args.extend(ctx.args.as_object().cloned().unwrap_or_default());
    let with = |args: &Map<String, Value>| if args.is_empty() { saved.clone() } else { saved.clone().with_args(args.clone()) };
    let value = |ctx: &Context| kraken_workflow::evaluate(code, ctx, &Limits::default()).ok();
    let stage = match returned {
        Some(returned) => named(returned),
        // The arguments may be what the code does not bear.
        None => named(&value(&with(&args)).or_else(|| if args == defaults { None } else { value(&with(&defaults)) })?),
    };
    Some(Audience { stage: stage?, args })
}

/// The channels of a stage that are right and wholly known.
fn named(stage: &Value) -> Option<Value> {
    let channels = stage.get("notification")?.as_object()?;
    let right = |(name, channel): &(&String, &Value)| {
        let alone = telling(Map::from_iter([((*name).clone(), (*channel).clone())]));
        !channel.is_null() && !holds_unknown(channel) && StageSchema::from_value(&alone).is_ok()
    };
    let right: Map<String, Value> = channels.iter().filter(right).map(|(name, channel)| (name.clone(), channel.clone())).collect();
    (!right.is_empty()).then(|| telling(right))
}

fn telling(channels: Map<String, Value>) -> Value {
    json!({"parent": "root", "jobs": [], "notification": channels})
}

fn holds_unknown(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_unknown),
        Value::Object(fields) => fields.values().any(holds_unknown),
        other => is_unknown(other),
    }
}

#[cfg(test)]
mod tests;
