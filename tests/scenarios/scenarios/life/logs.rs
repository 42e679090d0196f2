//! Reading logs, while they grow and after.

use std::io::Read;

use anyhow::Result;
use flate2::read::MultiGzDecoder;
use kraken_control::Settings;
use kraken_domain::job::Outcome;
use kraken_harness::{Home, ended, refusal, settings, shell, stage, wait_until};
use kraken_protocol::api::{ArtifactAddress, LogLines, LogMatches};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_log_is_read_by_line_from_the_end_by_text_and_whole() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("seq -f 'Line %g' 0 2999; printf 'no end of line'"))]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    let log = format!("/api/jobs/{}/log", job.id);

    let some: LogLines = api.get(&format!("{log}?from=1498&limit=3")).await?;
    let told: Vec<_> = some.lines.iter().map(|line| (line.number, line.text.as_str())).collect();
    assert_eq!(told, [(1498, "Line 1498"), (1499, "Line 1499"), (1500, "Line 1500")]);
    assert_eq!((some.total, some.complete), (3001, true));
    let last: LogLines = api.get(&format!("{log}?tail=2")).await?;
    assert_eq!(last.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["Line 2999", "no end of line"]);
    let beyond: LogLines = api.get(&format!("{log}?from=5000")).await?;
    assert_eq!(beyond.lines, []);

    let found: LogMatches = api.get(&format!("{log}/search?q=line%2012")).await?;
    assert_eq!(found.lines.len(), 100, "the limit unless said otherwise");
    assert!(found.next_from.is_some());
    let found: LogMatches = api.get(&format!("{log}/search?q=%5ELine%20%5B0-9%5D%2B77%24&regex=true&from=1000")).await?;
    let numbers: Vec<_> = found.lines.iter().map(|line| line.number).collect();
    assert_eq!((numbers.len(), numbers[0], found.next_from), (20, 1077, None));
    let refused = refusal(api.get::<Value>(&format!("{log}/search?q=%28&regex=true")).await)?;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);

    let whole = api.request(Method::GET, &format!("{log}/download")).send().await?;
    assert!(whole.headers()["content-type"].to_str()?.starts_with("text/plain"));
    let expected: String = (0..3000).map(|n| format!("Line {n}\n")).chain(["no end of line".to_owned()]).collect();
    assert_eq!(whole.text().await?.trim_end_matches('\n'), expected);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_can_be_followed_while_the_job_runs() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let go = home.dir().join("go");
    let cmd = format!("echo first; while ! test -e {}; do sleep 0.02; done; echo second", go.display());
    let branch = api.branch_with("demo", &[("build", &shell(&cmd))]).await?;
    let flow = api.start(&branch).await?;
    let job = api.only_job_in(&flow, "running").await?;

    api.says(&job, "first").await?;
    let live: LogLines = api.get(&format!("/api/jobs/{}/log", job.id)).await?;
    assert!(!live.complete);
    assert_eq!(live.lines.len(), 1);
    std::fs::write(&go, "")?;
    let job = api.only_job(&api.completed(&flow).await?).await?;
    assert_eq!(api.log(&job).await?, ["first", "second"]);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_says_where_its_steps_begin() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let steps = ["echo one; echo two", "true", "echo three"].map(|cmd| json!({"tool": "shell", "cmd": cmd}));
    let branch = api.branch_with("demo", &[("build", &stage(&steps))]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    // They are of the whole log, whichever lines are asked for.
    let log: LogLines = api.get(&format!("/api/jobs/{}/log?tail=1", job.id)).await?;
    assert_eq!(log.steps.iter().map(|mark| (mark.step, mark.first_line)).collect::<Vec<_>>(), [(0, 0), (1, 2), (2, 2)]);
    assert!(log.steps.windows(2).all(|marks| marks[0].at <= marks[1].at));
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_without_output_has_an_empty_log() -> Result<()> {
    let mut home = Home::start().await?;
    let api = home.api();
    let branch = api.branch_with("demo", &[("build", &shell("true"))]).await?;
    let flow = api.start(&branch).await?;
    let job = api.only_job(&flow).await?;
    let none: LogLines = api.get(&format!("/api/jobs/{}/log", job.id)).await?;
    assert_eq!((none.lines.len(), none.total, none.complete), (0, 0, false));

    let agent = home.agent().await?;
    let job = api.only_job(&api.completed(&flow).await?).await?;
    let none: LogLines = api.get(&format!("/api/jobs/{}/log", job.id)).await?;
    assert_eq!((none.lines.len(), none.total, none.complete), (0, 0, true));
    let download = api.request(Method::GET, &format!("/api/jobs/{}/log/download", job.id)).send().await?;
    assert_eq!((download.status(), download.text().await?.as_str()), (StatusCode::OK, ""));
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn where_answers_are_bounded_a_long_log_is_handed_out_as_the_file_it_is() -> Result<()> {
    const LINES: usize = 30_000;
    let mut home = Home::with(Settings { answer_bytes_max: Some(100_000), ..settings() }).await?;
    let agent = home.agent().await?;
    let api = home.api();
    let go = home.dir().join("go");
    let cmd = format!("seq -f '%099.0f' 1 {LINES}; while ! test -e {}; do sleep 0.05; done; printf 'caf\\351\\n'", go.display());
    let branch = api.branch_with("demo", &[("long", &shell(&cmd))]).await?;
    let flow = api.start(&branch).await?;
    let job = api.only_job_in(&flow, "running").await?;
    let download = format!("/api/jobs/{}/log/download", job.id);
    // In pieces still: it is read by lines.
    let last = async || Ok(api.get::<LogLines>(&format!("/api/jobs/{}/log?tail=1", job.id)).await?.total == LINES as u64);
    wait_until("all lines to be stored", last).await?;
    assert_eq!(refusal(api.get::<Value>(&download).await)?.status, StatusCode::PAYLOAD_TOO_LARGE);
    let address = format!("{download}?address=true");
    assert_eq!(refusal(api.get::<Value>(&address).await)?.status, StatusCode::CONFLICT);
    std::fs::write(&go, "")?;
    api.completed(&flow).await?;
    let address: ArtifactAddress = api.get(&address).await?;
    assert!(address.expires > kraken_domain::Timestamp::now());

    let packed = api.request(Method::GET, &download).send().await?.error_for_status()?;
    let header = |name: &str| packed.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!((header("content-type"), header("content-encoding")), ("application/gzip".to_owned(), String::new()));
    assert!(header("content-disposition").contains(&format!("{}.log.gz", job.id)), "{}", header("content-disposition"));
    let (mut whole, packed) = (Vec::new(), packed.bytes().await?);
    // A link without a token leads to the same.
    assert_eq!(reqwest::get(&address.url).await?.error_for_status()?.bytes().await?, packed);
    MultiGzDecoder::new(&packed[..]).read_to_end(&mut whole)?;
    assert_eq!(whole.split(|byte| *byte == b'\n').filter(|line| line.len() == 99).count(), LINES);
    assert!(whole.ends_with(b"caf\xe9\n"));

    // A short one is text, or bytes where it is no text.
    for (cmd, kind) in [("echo short", "text/plain; charset=utf-8"), (r"printf 'caf\351\n'", "application/octet-stream")] {
        let short = api.branch_with(kind.split('/').next().unwrap_or(kind), &[("short", &shell(cmd))]).await?;
        let job = api.run_one(&short).await?;
        let download = api.request(Method::GET, &format!("/api/jobs/{}/log/download", job.id)).send().await?;
        assert_eq!(download.headers()["content-type"], kind);
        assert!(download.bytes().await?.ends_with(if kind.starts_with("text") { b"short\n" } else { b"caf\xe9\n" }));
    }
    // What nobody thought of is refused in words.
    for number in 0..200 {
        api.post::<Value>("/api/projects", &json!({"name": format!("p{number}"), "description": "x".repeat(900)})).await?;
    }
    assert_eq!(refusal(api.get::<Value>("/api/projects?limit=200").await)?.status, StatusCode::PAYLOAD_TOO_LARGE);
    api.get::<Value>("/api/projects?limit=50").await?;
    home.end([agent]).await
}
