//! `kraken-bench`: measures the real programs over their real interfaces, beside what is aimed at.
//!
//! Server, agents and tool run as processes of their own in a directory on disk; what is measured goes in through the HTTP API and
//! comes out of it, or is a time that the job itself read. Nothing here fails because something was slow: it only says how slow.

mod client;
mod evaluation;
mod figures;
mod lines;
mod machine;
mod moment;
mod rows;
mod stages;
mod statistics;
mod system;
mod trace;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

use evaluation::Writing;
use figures::Report;
use machine::Machine;
use rows::Row;
use system::Setup;

/// Measures Kraken: every row of its table, or some.
#[derive(Debug, Parser)]
#[command(name = "kraken-bench")]
struct Cli {
    /// Only this row, by its number or name; may be repeated
    #[arg(long = "row", value_name = "ROW")]
    rows: Vec<Row>,
    /// Say where the time of row 1 goes, from the call to the job's first command
    #[arg(long)]
    trace: bool,
    /// How many times, instead of what each row takes as enough
    #[arg(long, value_name = "COUNT")]
    samples: Option<usize>,
    /// Write everything to this file too, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Where kraken, kraken-agent and kraken-tool are; beside this program if not said
    #[arg(long, value_name = "DIR")]
    programs: Option<PathBuf>,
    /// Where to work: on a disk, because that is where the product works
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Leave data and logs there
    #[arg(long)]
    keep: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print so many lines of 100 bytes: what the job of row 5 does
    #[command(hide = true)]
    Lines {
        /// How many
        count: u64,
    },
    /// Evaluate, check and expand a stage of 1,000 jobs so many times: what the row `stage` does
    #[command(hide = true)]
    Evaluate {
        /// How it is written
        writing: Writing,
        /// How often
        times: usize,
    },
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    match cli.command {
        Some(Command::Lines { count }) => return lines::print(count).context("cannot print"),
        Some(Command::Evaluate { writing, times }) => return evaluation::print(writing, times),
        None => {}
    }
    // The process has no other way to encrypt; nothing can have been chosen before.
    let _chosen_already = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure(cli))
}

async fn measure(cli: Cli) -> Result<()> {
    let programs = match cli.programs {
        Some(programs) => programs,
        None => std::env::current_exe()?.parent().map(PathBuf::from).context("this program is nowhere")?,
    };
    let log = if cli.trace { "warn,kraken=debug" } else { "warn,kraken=info" };
    let setup = Setup::new(programs, cli.dir, cli.keep, cli.samples, log)?;
    let machine = Machine::look();
    eprintln!("{machine}");
    if cli.trace {
        println!("{}", trace::measure(&setup).await?);
        return Ok(());
    }
    let wanted = if cli.rows.is_empty() { Row::ALL.to_vec() } else { cli.rows };
    let mut report = Report::new(machine);
    for row in wanted {
        eprintln!("row {row}: {} …", row.what());
        let figures = row.measure(&setup).await.with_context(|| format!("row {row} could not be measured{}", setup.kept()))?;
        report.add(row, figures);
    }
    report.finish();
    print!("{report}");
    if let Some(path) = cli.json {
        std::fs::write(&path, serde_json::to_vec_pretty(&report)?).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
