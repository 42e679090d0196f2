//! Jobs that write what nobody expects.

use anyhow::Result;
use kraken_domain::job::Outcome;
use kraken_harness::{Home, ended, shell, stage};
use kraken_protocol::api::{LogLines, LogMatches};
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn binary_output_is_kept_as_it_was() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let cmd = r"printf 'caf\351\000\033[31mred\r\n'; printf '\377\376\n'; printf 'fine\n'";
    let branch = api.branch_with("demo", &[("build", &shell(cmd))]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    assert_eq!(api.log(&job).await?, ["caf\u{fffd}\0\u{1b}[31mred", "\u{fffd}\u{fffd}", "fine"]);
    let download = api.request(Method::GET, &format!("/api/jobs/{}/log/download", job.id)).send().await?;
    assert_eq!(&download.bytes().await?[..], b"caf\xe9\0\x1b[31mred\r\n\xff\xfe\nfine\n");
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_line_of_200_mb_costs_neither_agent_nor_server_their_memory() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let stage = stage(&[
        json!({"tool": "shell", "cmd": "echo before; head -c 200000000 /dev/zero | tr '\\0' x; echo; echo after", "timeout": 120}),
    ]);
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    let peak = agent.process().peak_memory()?;
    assert!(peak < 100 << 20, "the agent needed {} MiB", peak >> 20);

    // It can still be read, page by page, and searched.
    let first: LogLines = api.get(&format!("/api/jobs/{}/log?limit=2", job.id)).await?;
    assert_eq!(first.lines[0].text, "before");
    let last: LogLines = api.get(&format!("/api/jobs/{}/log?tail=1", job.id)).await?;
    assert_eq!(last.lines[0].text, "after");
    let found: LogMatches = api.get(&format!("/api/jobs/{}/log/search?q=after", job.id)).await?;
    assert_eq!(found.lines.len(), 1);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_million_lines_are_kept_in_order() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("seq 0 999999"))]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    for from in [0, 123_456, 999_999] {
        let line: LogLines = api.get(&format!("/api/jobs/{}/log?from={from}&limit=1", job.id)).await?;
        assert_eq!((line.lines[0].number, line.lines[0].text.as_str(), line.total), (from, from.to_string().as_str(), 1_000_000));
    }
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_closes_its_output_and_goes_on_is_waited_for() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let (began, go) = (home.dir().join("began"), home.dir().join("go"));
    let cmd = format!("echo said; exec >&- 2>&-; touch {}; while ! test -e {}; do sleep 0.02; done; exit 7", began.display(), go.display());
    let branch = api.branch_with("demo", &[("build", &shell(&cmd))]).await?;
    let flow = api.start(&branch).await?;
    kraken_harness::wait_until("the job to go on", async || Ok(began.exists())).await?;
    api.says(&api.only_job_in(&flow, "running").await?, "said").await?;
    std::fs::write(&go, "")?;
    let job = api.only_job(&api.completed(&flow).await?).await?;
    ended(&job, Outcome::StepError)?;
    assert_eq!(job.steps.unwrap()[0].retcode, Some(7));
    home.end([agent]).await
}
