//! Files from one stage to the next, and to people.

use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use kraken_domain::job::Outcome;
use kraken_harness::{Api, Home, code, ended, job, refusal, require, stage};
use kraken_protocol::api::{ArtifactAddress, ArtifactView, Page};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// What `sha256sum` says of these bytes.
fn sha256(bytes: &[u8]) -> Result<String> {
    use std::io::Write;
    let mut child = Command::new("sha256sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    child.stdin.take().context("a pipe")?.write_all(bytes)?;
    let said = String::from_utf8(child.wait_with_output()?.stdout)?;
    Ok(said.split(' ').next().unwrap_or_default().to_owned())
}

async fn fetched(api: &Api, run: impl std::fmt::Display, path: &str) -> Result<Vec<u8>> {
    let response = api.request(Method::GET, &format!("/api/runs/{run}/artifacts/{path}")).send().await?;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    Ok(response.bytes().await?.to_vec())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stage_passes_files_to_the_next() -> Result<()> {
    require(&["sha256sum"])?;
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let build = stage(&[
        json!({"tool": "shell", "cmd": "mkdir -p out/deep; printf 'one\\n' > out/one.txt; head -c 300000 /dev/urandom > out/deep/two.bin"}),
        json!({"tool": "shell", "cmd": "printf '#!/bin/sh\\necho ran\\n' > out/run.sh; chmod 755 out/run.sh; sha256sum out/deep/two.bin"}),
        json!({"tool": "artifacts", "source": ["out/**"]}),
    ]);
    let check = [
        json!({"tool": "artifacts", "action": "download", "source": ["out/**"], "destination": "in"}),
        json!({"tool": "shell", "cmd": "cat in/out/one.txt; in/out/run.sh; cd in; sha256sum out/deep/two.bin"}),
    ];
    let check = code(&json!({"parent": "build", "triggers": {"parent": true}, "jobs": [job("job", &check)]}));
    let branch = api.branch_with("demo", &[("build", &build), ("check", &check)]).await?;

    let flow = api.completed(&api.start(&branch).await?).await?;

    let runs = api.runs(&flow).await?;
    let (built, checked) = (api.jobs(&runs[0]).await?.remove(0), api.jobs(&runs[1]).await?.remove(0));
    ended(&built, Outcome::Ok)?;
    ended(&checked, Outcome::Ok)?;
    let sum = api.log(&built).await?.into_iter().find(|line| line.ends_with("two.bin")).context("the sum was printed")?;
    let log = api.log(&checked).await?;
    for line in ["one", "ran", &sum] {
        assert!(log.iter().any(|said| said == line), "{line:?} in {log:?}");
    }

    // People find them in the flow and in the run.
    let of_flow: Page<ArtifactView> = api.get(&format!("/api/flows/{}/artifacts", flow.id)).await?;
    let of_run: Page<ArtifactView> = api.get(&format!("/api/runs/{}/artifacts", runs[0].id)).await?;
    assert_eq!(of_flow.items.len(), 3);
    let paths: Vec<_> = of_run.items.iter().map(|file| (file.path.as_str(), file.size, file.job)).collect();
    assert_eq!(paths[0], ("out/deep/two.bin", 300_000, built.id));
    assert_eq!(paths[1].0, "out/one.txt");
    assert_eq!((of_run.items[2].path.as_str(), of_run.items[2].mode & 0o777), ("out/run.sh", 0o755));
    assert!(sum.starts_with(&of_run.items[0].sha256));
    let bytes = fetched(&api, runs[0].id, "out/deep/two.bin").await?;
    assert_eq!(sha256(&bytes)?, of_run.items[0].sha256);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn many_files_are_listed_page_by_page_and_those_of_a_repeated_job_no_more() -> Result<()> {
    const FILES: usize = 130;
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let steps = [
        json!({"tool": "shell", "cmd": format!("mkdir out; for n in $(seq -w {FILES}); do echo $n > out/$n.txt; done")}),
        json!({"tool": "artifacts", "source": "out/*"}),
    ];
    let branch = api.branch_with("demo", &[("one", &stage(&steps)), ("two", &stage(&steps))]).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    let runs = api.runs(&flow).await?;
    let expected: Vec<String> = (1..=FILES).map(|n| format!("out/{n:03}.txt")).collect();

    let list = async |path: String, limit: usize| -> Result<(usize, Vec<ArtifactView>)> {
        let (mut pages, mut files, mut cursor) = (0, Vec::new(), String::new());
        loop {
            let page: Page<ArtifactView> = api.get(&format!("{path}?limit={limit}{cursor}")).await?;
            assert!(page.items.len() <= limit);
            pages += 1;
            files.extend(page.items);
            match page.next {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok((pages, files)),
            }
        }
    };
    let paths = |files: &[ArtifactView]| files.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
    for (limit, most) in [(7, 19), (50, 3), (200, 1)] {
        let (pages, files) = list(format!("/api/runs/{}/artifacts", runs[0].id), limit).await?;
        assert_eq!((paths(&files), pages), (expected.clone(), most), "{limit}");
        let (_, files) = list(format!("/api/flows/{}/artifacts", flow.id), limit).await?;
        assert_eq!(paths(&files), [expected.clone(), expected.clone()].concat(), "{limit}");
    }
    let (of_run, of_flow) = (format!("runs/{}", runs[0].id), format!("flows/{}", flow.id));
    for (of, cursor) in [(&of_run, "nonsense"), (&of_run, "1.nonsense"), (&of_run, "1~"), (&of_flow, "x~y"), (&of_flow, "1.")] {
        let refused = refusal(api.get::<Value>(&format!("/api/{of}/artifacts?cursor={cursor}")).await)?;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{of} {cursor}");
    }

    let old = api.jobs(&runs[0]).await?.remove(0);
    api.post::<Value>(&format!("/api/jobs/{}/rerun", old.id), &json!({})).await?;
    api.completed(&flow).await?;
    let (_, files) = list(format!("/api/runs/{}/artifacts", runs[0].id), 200).await?;
    assert_eq!(paths(&files), expected);
    assert!(files.iter().all(|file| file.job != old.id), "of the job that counts");
    assert_eq!(fetched(&api, runs[0].id, "out/007.txt").await?, b"007\n");
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_for_those_who_may_see_them() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let stage = stage(&[
        json!({"tool": "shell", "cmd": "echo mine > mine.txt; echo all > all.txt"}),
        json!({"tool": "artifacts", "source": "mine.txt"}),
        json!({"tool": "artifacts", "source": "all.txt", "public": true}),
    ]);
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    ended(&api.only_job(&flow).await?, Outcome::Ok)?;
    let run = api.runs(&flow).await?.remove(0).id;

    let anybody = api.with_token(None);
    assert_eq!(fetched(&anybody, run, "all.txt").await?, b"all\n");
    assert_eq!(fetched(&api, run, "mine.txt").await?, b"mine\n");
    // Where a program cannot follow where it is sent, it gets the address.
    let told: ArtifactAddress = api.get(&format!("/api/runs/{run}/artifacts/mine.txt?address=true")).await?;
    let there = reqwest::get(&told.url).await?.error_for_status()?;
    assert_eq!(there.bytes().await?.as_ref(), b"mine\n");
    assert!(told.expires > kraken_domain::Timestamp::now());
    let refused = refusal(anybody.get::<Value>(&format!("/api/runs/{run}/artifacts/mine.txt?address=true")).await)?;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let refused = refusal(api.get::<Value>(&format!("/api/runs/{run}/artifacts/mine.txt?address=perhaps")).await)?;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for hidden in ["mine.txt", "no-such.txt"] {
        let refused = refusal(anybody.get::<Value>(&format!("/api/runs/{run}/artifacts/{hidden}")).await)?;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{hidden}");
    }
    let refused = refusal(api.get::<Value>(&format!("/api/runs/{run}/artifacts/no-such.txt")).await)?;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_nobody_stored_fails_the_step_and_is_named() -> Result<()> {
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let up = stage(&[json!({"tool": "artifacts", "source": "nothing-*.txt"})]);
    let down = stage(&[json!({"tool": "artifacts", "action": "download", "source": "absent.txt"})]);
    let branch = api.branch_with("demo", &[("up", &up), ("down", &down)]).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    for (job, name) in api.all_jobs(&flow).await?.iter().zip(["nothing-*.txt", "absent.txt"]) {
        ended(job, Outcome::StepError)?;
        assert!(job.message.as_deref().unwrap_or_default().contains(name), "{:?}", job.message);
    }
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_of_a_report_is_shown_where_it_can_reach_nothing() -> Result<()> {
    const PAGE: &str = "<h1>all is well</h1>\n";
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let stage = stage(&[
        json!({"tool": "shell", "cmd": "mkdir r; echo '<h1>all is well</h1>' | tee r/index.html > r/more.html"}),
        json!({"tool": "artifacts", "source": "r/*", "report_entry": "r/index.html"}),
    ]);
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let flow = api.completed(&api.start(&branch).await?).await?;
    ended(&api.only_job(&flow).await?, Outcome::Ok)?;
    let run = api.runs(&flow).await?.remove(0).id;

    let files: Page<ArtifactView> = api.get(&format!("/api/flows/{}/artifacts", flow.id)).await?;
    let entries: Vec<_> = files.items.iter().map(|file| (file.path.as_str(), file.report_entry)).collect();
    assert_eq!(entries, [("r/index.html", true), ("r/more.html", false)]);

    let shown: ArtifactAddress = api.get(&format!("/api/runs/{run}/artifacts/r/index.html?address=true&open=true")).await?;
    let there = reqwest::get(&shown.url).await?.error_for_status()?;
    let header = |name| there.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    assert_eq!(header("content-type").as_deref(), Some("text/html; charset=utf-8"));
    assert_eq!(header("content-security-policy").as_deref(), Some("sandbox allow-scripts"));
    assert_eq!(header("content-disposition"), None);
    assert_eq!(there.text().await?, PAGE);

    let kept: ArtifactAddress = api.get(&format!("/api/runs/{run}/artifacts/r/index.html?address=true")).await?;
    let kept = reqwest::get(&kept.url).await?.error_for_status()?;
    assert_eq!(kept.headers()["content-disposition"], "attachment; filename=\"index.html\"");

    let refused = refusal(api.get::<Value>(&format!("/api/runs/{run}/artifacts/r/more.html?open=true")).await)?;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let refused = refusal(api.with_token(None).get::<Value>(&format!("/api/runs/{run}/artifacts/r/index.html?open=true")).await)?;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    home.end([agent]).await
}
