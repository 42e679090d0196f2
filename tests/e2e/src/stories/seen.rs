//! What a stage sees of its run, from its code and from its texts, told by the logs of its jobs.

use anyhow::Result;
use kraken_harness::{all_is_seen, require};

use crate::story::Story;

pub(crate) async fn code_and_texts_see_all_that_there_is(mut story: Story) -> Result<()> {
    require(&["sha256sum", "grep", "sort"])?;
    let agent = story.agent().await?;
    let branch = story.branch(&[]).await?;
    all_is_seen(&story.api, story.name(), &branch, story.name()).await?;
    story.end([agent]).await
}
