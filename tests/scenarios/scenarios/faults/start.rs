//! Starting where it cannot work.

use std::os::unix::fs::PermissionsExt;

use anyhow::Result;
use kraken_harness::{Home, refusal};
use kraken_localstack::{Local, Options, StartError};
use serde_json::Value;

async fn refused(options: Options) -> String {
    let started: Result<Local, StartError> = kraken_localstack::start(options).await;
    started.map(drop).unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_directory_is_refused_with_the_owners_process() -> Result<()> {
    let mut home = Home::start().await?;
    let mut options = home.options();
    options.listen = ([127, 0, 0, 1], 0).into();
    let said = refused(options).await;
    assert!(said.contains(&format!("in use by process {}", std::process::id())), "{said}");
    assert!(said.contains("name another directory"), "{said}");
    // The owner is not disturbed, and may start again.
    home.api().get::<Value>("/api/projects").await?;
    home.restart().await?;
    home.api().get::<Value>("/api/projects").await?;
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_named_and_the_directory_is_free_again() -> Result<()> {
    let home = Home::start().await?;
    let dir = tempfile::tempdir()?;
    let taken = home.server()?.address();
    let said = refused(Options::new(dir.path(), taken)).await;
    assert!(said.contains(&format!("cannot listen on {taken}")) && said.contains("name another address"), "{said}");
    let other = kraken_localstack::start(Options::new(dir.path(), ([127, 0, 0, 1], 0).into())).await?;
    assert!(other.admin_token().is_some());
    other.stop().await;
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_cannot_be_used_is_named() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let listen = ([127, 0, 0, 1], 0).into();
    let file = dir.path().join("file");
    std::fs::write(&file, "mine")?;
    for place in [file.clone(), file.join("below")] {
        let said = refused(Options::new(&place, listen)).await;
        assert!(said.contains(&format!("the data directory {} cannot be used", place.display())), "{said}");
    }
    assert_eq!(std::fs::read_to_string(&file)?, "mine");

    // The administrator of the machine may write anywhere: only a place that takes no files stops both.
    let said = refused(Options::new("/proc/kraken", listen)).await;
    assert!(said.contains("/proc/kraken cannot be used"), "{said}");
    if !nix::unistd::Uid::effective().is_root() {
        let closed = dir.path().join("closed");
        std::fs::create_dir(&closed)?;
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o500))?;
        let said = refused(Options::new(closed.join("data"), listen)).await;
        assert!(said.contains("Permission denied"), "{said}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_key_is_refused_instead_of_replaced() -> Result<()> {
    let mut home = Home::start().await?;
    home.stop().await;
    let key = home.data_dir().join("key");
    let kept = std::fs::read(&key)?;
    std::fs::write(&key, "short")?;
    let said = refused(home.options()).await;
    assert!(said.contains("does not hold a key of 32 bytes: restore it from a backup"), "{said}");
    assert_eq!(std::fs::read(&key)?, b"short");
    std::fs::write(&key, kept)?;
    home.restart().await?;
    home.api().get::<Value>("/api/projects").await?;
    home.end([]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_data_directory_holds_is_for_its_owner_alone() -> Result<()> {
    let home = Home::start().await?;
    let mode = |path: &std::path::Path| -> Result<u32> { Ok(std::fs::metadata(path)?.permissions().mode() & 0o777) };
    assert_eq!(mode(&home.data_dir())?, 0o700);
    for secret in ["key", "admin-token"] {
        assert_eq!(mode(&home.data_dir().join(secret))?, 0o600, "{secret}");
    }
    let refused = refusal(home.api().with_token(Some("guess")).get::<Value>("/api/projects").await)?;
    assert_eq!(refused.status.as_u16(), 401);
    home.end([]).await
}
