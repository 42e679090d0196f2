//! Logs, while they grow and after.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::ended;
use kraken_protocol::api::{LogLines, LogMatches};

use crate::story::Story;

pub(crate) async fn a_log_is_followed_and_searched(mut story: Story) -> Result<()> {
    let agent = story.agent().await?;
    let go = story.dir().join("go");
    let cmd = format!("echo first; while ! test -e {}; do sleep 0.05; done; seq -f 'Line %g' 1 2000", go.display());
    let branch = story.branch(&[("build", story.shell(&cmd))]).await?;
    let flow = story.api.start(&branch).await?;
    let job = story.api.only_job_in(&flow, "running").await?;
    let log = format!("/api/jobs/{}/log", job.id);

    story.api.says(&job, "first").await?;
    let live: LogLines = story.api.get(&log).await?;
    assert_eq!((live.complete, live.lines.len()), (false, 1));
    std::fs::write(&go, "")?;
    ended(&story.api.only_job(&story.api.completed(&flow).await?).await?, Outcome::Ok)?;

    let some: LogLines = story.api.get(&format!("{log}?from=1498&limit=2")).await?;
    let told: Vec<_> = some.lines.iter().map(|line| (line.number, line.text.as_str())).collect();
    assert_eq!((told, some.total, some.complete), (vec![(1498, "Line 1498"), (1499, "Line 1499")], 2001, true));
    let found: LogMatches = story.api.get(&format!("{log}/search?q=%5ELine%20%5B0-9%5D%2B77%24&regex=true&from=1000")).await?;
    let numbers: Vec<_> = found.lines.iter().map(|line| line.number).collect();
    assert_eq!((numbers.len(), numbers[0], found.next_from), (10, 1077, None));
    story.end([agent]).await
}

pub(crate) async fn a_big_log_is_read_in_parts(mut story: Story) -> Result<()> {
    const LINES: u64 = 200_000;
    let agent = story.agent().await?;
    // 100 bytes each, 20 MB in all.
    let cmd = format!("seq -f '%092.0f needle' 1 {LINES} | sed '150000!s/needle/hay   /'");
    let branch = story.branch(&[("build", story.shell(&cmd))]).await?;
    let job = story.api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    let log = format!("/api/jobs/{}/log", job.id);

    let last: LogLines = story.api.get(&format!("{log}?tail=1")).await?;
    assert_eq!((last.total, last.complete, last.lines[0].number), (LINES, true, LINES - 1));
    assert_eq!(last.lines[0].text, format!("{LINES:092} hay   "));
    let middle: LogLines = story.api.get(&format!("{log}?from=100000&limit=5000")).await?;
    assert_eq!((middle.lines.len(), middle.lines[0].text.as_str()), (5_000, format!("{:092} hay   ", 100_001).as_str()));
    let found: LogMatches = story.api.get(&format!("{log}/search?q=needle")).await?;
    assert_eq!((found.lines.len(), found.lines[0].number, found.next_from), (1, 149_999, None));
    story.end([agent]).await
}
