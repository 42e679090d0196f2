//! The programs under test, as the workspace builds them.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

/// Where the program `name` of this workspace is: in the directory above that of the test itself.
///
/// # Errors
/// When it has not been built: says how to.
pub fn program(name: &str) -> Result<PathBuf> {
    let test = std::env::current_exe().context("where is this test?")?;
    let folder = test.ancestors().find(|folder| folder.join(name).is_file());
    let package = if name == "kraken" { "kraken-cli" } else { name };
    let folder = folder.with_context(|| format!("the program {name} is missing: run `cargo build -p {package}` first"))?;
    Ok(folder.join(name))
}

/// Refuses to go on without these programs of the machine. A test that needs them fails loudly instead of passing silently.
///
/// # Errors
/// Names the first that is missing.
pub fn require(programs: &[&str]) -> Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    for name in programs {
        let found = std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
        ensure!(found, "this test needs the program {name}: install it");
    }
    Ok(())
}
