//! The demo, as a newcomer sees it: a stage makes something of a repository, the next one tells of it.

use std::process::Command;

use anyhow::{Result, ensure};
use kraken_domain::{job::Outcome, run::RunResult};
use kraken_harness::{ended, require};
use serde_json::json;

use crate::story::Story;

/// A repository with one commit.
fn repository(story: &Story) -> Result<String> {
    let dir = story.dir().join("repository");
    std::fs::create_dir_all(&dir)?;
    std::fs::write(dir.join("numbers.txt"), "1\n2\n3\n")?;
    let who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.org"];
    for command in [&["init", "-q", "-b", "main"][..], &["add", "."], &["commit", "-q", "-m", "Count to three"]] {
        let status = Command::new("git").args(who).args(command).current_dir(&dir).status()?;
        ensure!(status.success(), "git {command:?}: {status}");
    }
    Ok(format!("file://{}", dir.display()))
}

pub(crate) async fn the_demo_flow_runs(mut story: Story) -> Result<()> {
    require(&["git"])?;
    let agent = story.agent().await?;
    let build = story.stage(&[
        json!({"name": "clone", "tool": "git", "checkout": repository(&story)?, "destination": "source"}),
        json!({"name": "count", "tool": "shell", "cmd": "wc -l < numbers.txt > count.txt", "cwd": "source"}),
        json!({"name": "keep", "tool": "artifacts", "source": "count.txt", "cwd": "source"}),
    ]);
    let report = story.child(
        "build",
        &[
            json!({"name": "fetch", "tool": "artifacts", "action": "download", "source": "count.txt"}),
            json!({"name": "tell", "tool": "shell", "cmd": "echo \"$(cat count.txt) lines\""}),
        ],
    );
    let branch = story.branch(&[("build", build), ("report", report)]).await?;

    let flow = story.api.completed(&story.api.start(&branch).await?).await?;

    let runs = story.api.runs(&flow).await?;
    let told: Vec<_> = runs.iter().map(|run| (run.stage_name.as_str(), run.result)).collect();
    assert_eq!(told, [("build", Some(RunResult::Ok)), ("report", Some(RunResult::Ok))]);
    let report = story.api.jobs(&runs[1]).await?.remove(0);
    ended(&report, Outcome::Ok)?;
    assert_eq!(story.api.log(&report).await?.last().map(String::as_str), Some("3 lines"));
    story.end([agent]).await
}
