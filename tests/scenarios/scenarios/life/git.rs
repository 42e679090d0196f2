//! Cloning a real repository.

use std::{path::Path, process::Command};

use anyhow::{Result, ensure};
use kraken_domain::job::Outcome;
use kraken_harness::{Home, ended, require, stage};
use serde_json::json;

/// A repository with a branch `main` (one commit) and a branch `other` (two).
fn repository(path: &Path) -> Result<()> {
    let git = |arguments: &[&str]| -> Result<()> {
        let mut command = Command::new("git");
        command.arg("-C").arg(path).args(["-c", "user.name=someone", "-c", "user.email=someone@example.com"]).args(arguments);
        ensure!(command.output()?.status.success(), "git {arguments:?}");
        Ok(())
    };
    std::fs::create_dir_all(path)?;
    git(&["init", "--quiet", "--initial-branch", "main"])?;
    std::fs::write(path.join("colour.txt"), "green\n")?;
    git(&["add", "."])?;
    git(&["commit", "--quiet", "--message", "first"])?;
    git(&["checkout", "--quiet", "-b", "other"])?;
    std::fs::write(path.join("colour.txt"), "blue\n")?;
    git(&["commit", "--quiet", "--all", "--message", "second"])?;
    git(&["checkout", "--quiet", "main"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_is_checked_out_and_built() -> Result<()> {
    require(&["git"])?;
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let path = home.dir().join("colours");
    repository(&path)?;
    let stage = stage(&[
        json!({"tool": "git", "checkout": path, "branch": "#{flow.branch_name}"}),
        json!({"tool": "shell", "cmd": "cat colour.txt", "cwd": "colours"}),
        json!({"tool": "git", "checkout": path, "branch": "other", "destination": "second"}),
        json!({"tool": "shell", "cmd": "cat second/colour.txt; git -C second log --format=%s"}),
    ]);
    let branch = api.branch_with("demo", &[("build", &stage)]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::Ok)?;
    let log = api.log(&job).await?;
    let said: Vec<_> = log.iter().map(String::as_str).filter(|line| ["green", "blue", "first", "second"].contains(line)).collect();
    assert_eq!(said, ["green", "blue", "second", "first"]);
    home.end([agent]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_that_is_not_there_fails_the_step_in_words() -> Result<()> {
    require(&["git"])?;
    let mut home = Home::start().await?;
    let agent = home.agent().await?;
    let api = home.api();
    let absent = home.dir().join("absent");
    let branch = api.branch_with("demo", &[("build", &stage(&[json!({"tool": "git", "checkout": absent})]))]).await?;
    let job = api.run_one(&branch).await?;
    ended(&job, Outcome::StepError)?;
    assert!(job.message.as_deref().unwrap_or_default().contains("the log says why"), "{:?}", job.message);
    let log = api.log(&job).await?;
    assert!(log.iter().any(|line| line.contains(&absent.display().to_string())), "{log:?}");
    home.end([agent]).await
}
