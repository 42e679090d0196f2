//! `kraken-cost`: counts what Kraken does on AWS and prices it, beside what is aimed at.

// The futures of stories hold the whole system.
#![recursion_limit = "256"]

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use kraken_cost::count;

/// Counts and prices rows 15, 16 and 18.
#[derive(Debug, Parser)]
#[command(name = "kraken-cost")]
struct Cli {
    /// Print everything that was counted
    #[arg(long)]
    all: bool,
    /// Write the rows to this file too, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    eprintln!("running the stories; a job of a minute is one of them …");
    let counted = count().await?;
    if cli.all {
        println!("{}", counted.to_markdown());
    } else {
        println!("| # | what | counted | target |\n|---|---|---|---|");
        counted.figures().iter().for_each(|figure| println!("{figure}"));
    }
    if let Some(path) = cli.json {
        let json = serde_json::to_vec_pretty(&counted.figures())?;
        std::fs::write(&path, json).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
