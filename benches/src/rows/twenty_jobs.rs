//! Twenty jobs of about a second on four agents, each of which writes down what it does where no restart can undo it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use kraken_protocol::api::FlowView;

use crate::{
    client::ask_until,
    moment::Moment,
    stages::{Work, stage},
    system::{Setup, System},
};

pub(super) const JOBS: usize = 20;
pub(super) const AGENTS: usize = 4;
/// What a job takes by itself, in seconds.
const WORK_S: f64 = 1.0;
/// With so many begun, the first have ended and others are in their middle.
const AMID: usize = 6;

/// The twenty jobs, under way.
pub(super) struct TwentyJobs {
    pub(super) system: System,
    pub(super) flow: FlowView,
    ledger: PathBuf,
}

/// One try of a job, as it wrote it down itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Try {
    /// Its shell.
    pub(super) pid: i32,
    pub(super) began: Moment,
    pub(super) ended: Option<Moment>,
}

/// All tries, by job.
#[derive(Clone, Debug, Default)]
pub(super) struct Ledger(pub(super) BTreeMap<String, Vec<Try>>);

impl TwentyJobs {
    /// Starts them, and returns when some are over, some run and some wait.
    pub(super) async fn amid(setup: &Setup, name: &str) -> Result<Self> {
        let system = System::start(setup, name, AGENTS).await?;
        let ledger = system.file("ledger");
        let jobs: Vec<Work> = (1..=JOBS).map(|number| job(number, &ledger)).collect();
        let branch = system.api.branch("bench", &stage(&jobs)).await?;
        let flow = system.api.start(&branch).await?;
        let jobs = Self { system, flow, ledger };
        ask_until("six jobs to begin", Duration::from_millis(5), async || {
            let begun: usize = jobs.ledger()?.0.values().map(Vec::len).sum();
            Ok((begun >= AMID).then_some(()))
        })
        .await?;
        Ok(jobs)
    }

    pub(super) fn ledger(&self) -> Result<Ledger> {
        match std::fs::read_to_string(&self.ledger) {
            Ok(text) => Ledger::read(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Ledger::default()),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until the flow is shown as completed; gives the moment and how many jobs went well.
    pub(super) async fn all_over(&self) -> Result<(Moment, usize)> {
        let path = format!("/api/flows/{}", self.flow.id);
        let (over, flow) = ask_until("20 jobs to complete", Duration::from_millis(10), async || {
            // The server may be away.
            let Ok(flow) = self.system.api.get::<FlowView>(&path).await else { return Ok(None) };
            Ok((flow.state == "completed").then_some((Moment::now(), flow)))
        })
        .await?;
        let ok = flow.runs.iter().flatten().map(|run| run.jobs.completed - run.jobs.error).sum::<i64>();
        Ok((over, usize::try_from(ok).unwrap_or_default()))
    }
}

fn job(number: usize, ledger: &Path) -> Work {
    let name = format!("{number:02}");
    let say = |what: &str| format!("echo {what} {name} $$ $EPOCHREALTIME >> '{}'", ledger.display());
    let cmd = format!("{}; sleep {WORK_S}; {}", say("begin"), say("end"));
    Work { cmd, name }
}

impl Ledger {
    fn read(text: &str) -> Result<Self> {
        let mut tries: BTreeMap<String, Vec<Try>> = BTreeMap::new();
        // The newest line may still be being written.
        for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [what, name, pid, at] = fields[..] else { anyhow::bail!("{line:?} is not a line of the ledger") };
            let (pid, at) = (pid.parse()?, Moment::of_shell(at)?);
            let of_job = tries.entry(name.to_owned()).or_default();
            if what == "begin" {
                of_job.push(Try { pid, began: at, ended: None });
            } else {
                let begun = of_job.iter_mut().rev().find(|one| one.pid == pid);
                begun.with_context(|| format!("{line:?} ends what never began"))?.ended = Some(at);
            }
        }
        Ok(Self(tries))
    }

    /// The try that began last, and its job's name.
    pub(super) fn newest(&self) -> Option<(&str, Try)> {
        let all = self.0.iter().flat_map(|(name, tries)| tries.iter().map(|one| (name.as_str(), *one)));
        all.max_by_key(|(_, one)| one.began)
    }

    /// Jobs that never came to their end.
    pub(super) fn lost(&self) -> usize {
        JOBS - self.0.values().filter(|tries| tries.iter().any(|one| one.ended.is_some())).count()
    }

    /// Jobs that began more than once.
    pub(super) fn repeated(&self) -> Vec<&str> {
        self.0.iter().filter(|(_, tries)| tries.len() > 1).map(|(name, _)| name.as_str()).collect()
    }

    /// Seconds that the jobs themselves need from `from` on, given agents that never wait: what ran goes on to its end, what
    /// began later takes its time on whichever agent is free first.
    pub(super) fn work_left_s(&self, from: Moment, agents: usize) -> f64 {
        let mut free = vec![0.0_f64; agents];
        let ended = self.0.values().flatten().filter_map(|one| Some((one.began, one.ended?)));
        let (running, later): (Vec<_>, Vec<_>) = ended.filter(|(_, ended)| *ended > from).partition(|(began, _)| *began <= from);
        for (place, (_, ended)) in free.iter_mut().zip(&running) {
            *place = ended.s_since(from);
        }
        for (began, ended) in later {
            free.sort_unstable_by(f64::total_cmp);
            free[0] += ended.s_since(began);
        }
        free.into_iter().fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests;
