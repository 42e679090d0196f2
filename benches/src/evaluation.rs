//! A stage of 1,000 jobs, and what it takes to evaluate, check and expand it. The language is a part of every program that has to do with
//! stages, and of this one: through any of their interfaces, other things would be measured along with it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use kraken_workflow::{Context as RunContext, Limits, check_in, expand};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

use crate::system::Memory;

const JOBS: usize = 1_000;

/// How the stage is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Writing {
    /// As a person would: a function and a loop.
    Looped,
    /// As a program would: every job by itself.
    Whole,
}

/// What was measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Evaluation {
    /// Milliseconds of each time.
    pub(crate) ms: Vec<f64>,
    /// The most memory that the process ever had.
    pub(crate) peak_mb: f64,
}

impl Writing {
    pub(crate) const ALL: [Self; 2] = [Self::Looped, Self::Whole];

    /// As the command line has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Looped => "looped",
            Self::Whole => "whole",
        }
    }

    pub(crate) fn what(self) -> &'static str {
        match self {
            Self::Looped => "jobs from a loop",
            Self::Whole => "each job written out",
        }
    }

    fn code(self) -> String {
        match self {
            Self::Looped => format!(
                "def job(i):\n    return {}\n\ndef stage(ctx):\n    return {{\"parent\": \"root\", \"jobs\": [job(i) for i in range({JOBS})]}}\n",
                job("%d\" % i", "%d\" % i", "%d/**\" % i")
            ),
            Self::Whole => {
                let jobs: String =
                    (0..JOBS).map(|i| format!("        {},\n", job(&format!("{i}\""), &format!("{i}\""), &format!("{i}/**\"")))).collect();
                format!("def stage(ctx):\n    return {{\"parent\": \"root\", \"jobs\": [\n{jobs}    ]}}\n")
            }
        }
    }
}

/// A job of three steps; `name`, `part` and `source` end the texts that differ from job to job.
fn job(name: &str, part: &str, source: &str) -> String {
    format!(
        r##"{{
            "name": "job {name},
            "timeout": 600,
            "steps": [
                {{"tool": "git", "checkout": "https://example.com/app.git", "branch": "main"}},
                {{"tool": "shell", "cmd": "make test SEQ=#{{flow.seq.shared}} PART={part}, "env": {{"A": "1"}}}},
                {{"tool": "artifacts", "source": "out/{source}}},
            ],
            "environments": [{{"system": "any", "agents_group": "all"}}],
        }}"##
    )
}

/// Does it so many times, and prints the [`Evaluation`].
pub(crate) fn print(writing: Writing, times: usize) -> Result<()> {
    let code = writing.code();
    let known = RunContext::placeholder("shop", "main", "build");
    let limits = Limits { cpu: Duration::from_secs(60), ..Limits::default() };
    let once = |_| -> Result<f64> {
        let began = Instant::now();
        let checked = check_in(&code, &kraken_workflow::Known::default(), known.clone(), &limits);
        let stage = checked.schema.with_context(|| format!("the stage is wrong: {:?}", checked.problems))?;
        let jobs = expand(&stage).len();
        let took = began.elapsed();
        ensure!(jobs == JOBS, "the stage has {jobs} jobs, not {JOBS}");
        Ok(took.as_secs_f64() * 1e3)
    };
    let ms = (0..times).map(once).collect::<Result<Vec<f64>>>()?;
    let peak_mb = Memory::peak_mb(Pid::this())?;
    println!("{}", serde_json::to_string(&Evaluation { ms, peak_mb })?);
    Ok(())
}

#[cfg(test)]
mod tests;
