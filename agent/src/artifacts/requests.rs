//! What a tool asks, answered.

use kraken_protocol::tool::{Answer, Ask, PRIVATE_DIR, Reply, Request};

use super::{ArtifactStore, ToKeep};
use crate::executor::Workspace;

/// Does what the tool of step `step` wants. There is always an answer; what went wrong stands in it.
pub async fn answer(store: &dyn ArtifactStore, workspace: &Workspace, step: u32, request: Request) -> Reply {
    let id = request.id;
    let answer = match request.ask {
        Ask::UploadArtifacts { files, public, report_entry } => {
            let wanted = ToKeep { files, public, report_entry };
            store.keep(workspace, &wanted).await.map(|()| Answer::ArtifactsStored)
        }
        Ask::FetchArtifacts { sources } => {
            // A folder of its own for every request: files that came before are never overwritten.
            let folder = format!("{PRIVATE_DIR}/inbox/{step}-{id}");
            store.fetch(workspace, &folder, &sources).await.map(|files| Answer::ArtifactsFetched { files })
        }
        // What is no matter of files is answered elsewhere.
        Ask::ReadData { .. } | Ask::ChangeData { .. } | Ask::Unknown => {
            Ok(Answer::Error { message: "this agent is too old for what the tool wants: update it".to_owned() })
        }
    };
    Reply { id, answer: answer.unwrap_or_else(|error| Answer::Error { message: error.to_string() }) }
}
