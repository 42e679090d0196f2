//! `kraken export` and `kraken import`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::{
    failure::Outcome,
    look::{counted, size},
    session::Session,
    transfer,
};

/// Save everything of a server: projects, flows, logs, artifacts, agents, tokens (as hashes)
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The file to make
    file: PathBuf,
}

/// Bring everything that was saved to a new server
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// The file that `kraken export` made
    #[arg(required_unless_present = "abandon")]
    file: Option<PathBuf>,
    /// Give up an import that has not ended: remove the records that it brought
    #[arg(long, conflicts_with = "file")]
    abandon: bool,
    /// Do not ask before that
    #[arg(long, requires = "abandon")]
    yes: bool,
}

/// Saves everything.
pub async fn export(args: &ExportArgs, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    let saved = transfer::save(&client, &args.file, &mut |text| screen.progress(&text)).await?;
    if saved.left_out > 0 {
        screen.note(&format!("left out {} with . or .. in their keys", counted(saved.left_out as usize, "object")))?;
    }
    let summary = json!({"file": args.file, "items": saved.items, "objects": saved.objects, "bytes": saved.bytes});
    screen.answer(&summary, |_| {
        format!("{} records and {} objects, {}, in {}\n", saved.items, saved.objects, size(saved.bytes), args.file.display())
    })
}

/// Brings everything back.
pub async fn import(args: &ImportArgs, session: &mut Session) -> Outcome {
    let Some(file) = &args.file else { return abandon(args.yes, session).await };
    let client = session.client()?;
    let screen = &mut session.screen;
    let brought = transfer::bring(&client, file, &mut |text| screen.progress(&text)).await?;
    let summary = json!({"imported": file, "items": brought.items, "objects": brought.objects, "bytes": brought.bytes});
    screen.answer(&summary, |_| {
        format!("imported {} records and {} objects, {}, from {}\n", brought.items, brought.objects, size(brought.bytes), file.display())
    })
}

/// Gives up an import.
async fn abandon(yes: bool, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    screen.confirm(yes, "Remove all records that the unfinished import brought?")?;
    let removed = transfer::abandon(&client, &mut |text| screen.progress(&text)).await?;
    screen.answer(&json!({"abandoned": true, "removed": removed}), |_| {
        format!(
            "gave the import up: removed {}. Objects that it brought stay in the object store, below code/, specs/ and agents/; nothing names them\n",
            counted(usize::try_from(removed).unwrap_or(usize::MAX), "record")
        )
    })
}
