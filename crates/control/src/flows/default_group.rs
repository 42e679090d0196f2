//! The group of runs of a stage that names none itself: its stage, the kind of its flow, and the branch of the repository.
//!
//! Invariant: branches of the same name in two repositories are two branches. Of a fork's pull request the repository is named as well, so that
//! two strangers who both call theirs `patch-1` do not stop each other.

use kraken_store::secret_hash;
use kraken_workflow::Context;
use serde_json::Value;

/// The name, of at most `most` characters.
pub(super) fn default_group(ctx: &Context, most: usize) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let pull = &ctx.flow["trigger"]["pull_request"];
    let of_fork = match (pull["from_fork"] == Value::Bool(true), pull["source_repo"].as_str()) {
        (false, _) => String::new(),
        (true, Some(repo)) => format!(" of {repo}"),
        // Where it comes from is gone.
        (true, None) => format!(" of pull request {}", pull["number"]),
    };
    let name = format!("stage {}, {}, {}{of_fork}", text(&ctx.stage["id"]), text(&ctx.flow["kind"]), text(&ctx.flow["branch_name"]));
    if name.chars().count() > most { secret_hash(&name) } else { name }
}
