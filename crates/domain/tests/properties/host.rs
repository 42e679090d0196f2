//! The agent's side of the small world: what a host believes, and what it says.

use std::collections::BTreeSet;

use kraken_domain::{
    AgentId, JobId, Timestamp,
    job::{Generation, Outcome},
    step::{Step, StepStatus},
};

use crate::{
    control::{Answer, Call},
    records,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    Nothing,
    /// Runs the job, and believes that it may until the lease ends.
    Working {
        job: JobId,
        generation: Generation,
        lease_until: Timestamp,
        progress: usize,
    },
    /// Is done, and says so until it is heard.
    Reporting {
        job: JobId,
        generation: Generation,
        outcome: Outcome,
    },
    /// Has stopped in the middle, and says so until it is heard.
    GivingUp {
        job: JobId,
        generation: Generation,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) agent: AgentId,
    /// Counts restarts: an answer reaches only the process that asked.
    pub(crate) life: u32,
    pub(crate) alive: bool,
    /// Its token is worth nothing: it never comes back.
    pub(crate) gone: bool,
    /// It neither ends its jobs nor stops them when told.
    pub(crate) stubborn: bool,
    pub(crate) doing: Doing,
    /// The crash marker: what it holds, on disk.
    marker: Option<(JobId, Generation)>,
    /// What it ever began: nothing is begun twice.
    begun: BTreeSet<(JobId, Generation)>,
}

impl Host {
    pub(crate) fn new(agent: AgentId) -> Self {
        Self { agent, life: 0, alive: true, gone: false, stubborn: false, doing: Doing::Nothing, marker: None, begun: BTreeSet::new() }
    }

    /// What it works on in the belief that it may.
    pub(crate) fn working_on(&self, now: Timestamp) -> Option<(JobId, Generation)> {
        match self.doing {
            Doing::Working { job, generation, lease_until, .. } if self.alive && now < lease_until => Some((job, generation)),
            _ => None,
        }
    }

    /// Time has passed: unable to renew for a whole lease, it stops by itself.
    pub(crate) fn notice(&mut self, now: Timestamp) {
        if let Doing::Working { job, generation, lease_until, .. } = self.doing
            && lease_until <= now
        {
            self.doing = Doing::GivingUp { job, generation };
        }
    }

    pub(crate) fn crash(&mut self) {
        self.alive = false;
        self.life += 1;
        self.doing = Doing::Nothing;
    }

    pub(crate) fn restart(&mut self) {
        if self.alive || self.gone {
            return;
        }
        self.alive = true;
        if let Some((job, generation)) = self.marker {
            self.doing = Doing::GivingUp { job, generation };
        }
    }

    pub(crate) fn ask(&self) -> Option<Call> {
        (self.alive && self.doing == Doing::Nothing).then_some(Call::Claim)
    }

    pub(crate) fn beat(&mut self) -> Option<Call> {
        let (held, progress) = match &mut self.doing {
            Doing::Working { job, generation, progress, .. } => {
                *progress += 1;
                (Some((*job, *generation)), *progress)
            }
            Doing::Reporting { job, generation, .. } => (Some((*job, *generation)), usize::MAX),
            Doing::Nothing | Doing::GivingUp { .. } => (None, 0),
        };
        self.alive.then(|| Call::Beat { held, steps: steps_after(progress) })
    }

    /// Ends what it works on; says again what was not yet heard.
    pub(crate) fn end(&mut self, outcome: Outcome) -> Option<Call> {
        if let Doing::Working { job, generation, .. } = self.doing
            && !self.stubborn
        {
            self.doing = Doing::Reporting { job, generation, outcome };
        }
        match self.doing {
            Doing::Reporting { job, generation, outcome } if self.alive => Some(Call::Finish { job, generation, outcome }),
            Doing::GivingUp { job, generation } if self.alive => Some(Call::Abandon { job, generation }),
            _ => None,
        }
    }

    pub(crate) fn receive(&mut self, answer: Answer, now: Timestamp) {
        match answer {
            Answer::Order { job, generation, lease_until } => self.begin(job, generation, lease_until, now),
            Answer::Held { job, generation, lease_until, stop } => self.go_on((job, generation), lease_until, stop),
            Answer::LetGo { job, generation } => self.let_go((job, generation)),
            Answer::Gone => {
                self.crash();
                self.gone = true;
            }
        }
    }

    fn begin(&mut self, job: JobId, generation: Generation, lease_until: Timestamp, now: Timestamp) {
        if self.doing != Doing::Nothing || lease_until <= now {
            return;
        }
        self.marker = Some((job, generation));
        self.doing = if self.begun.insert((job, generation)) {
            Doing::Working { job, generation, lease_until, progress: 0 }
        } else {
            Doing::GivingUp { job, generation }
        };
    }

    fn go_on(&mut self, of: (JobId, Generation), until: Timestamp, stop: bool) {
        let Doing::Working { job, generation, lease_until, .. } = &mut self.doing else { return };
        if (*job, *generation) != of {
            return;
        }
        *lease_until = until.max(*lease_until);
        if stop && !self.stubborn {
            self.doing = Doing::Reporting { job: of.0, generation: of.1, outcome: Outcome::Cancelled };
        }
    }

    fn let_go(&mut self, of: (JobId, Generation)) {
        match self.doing {
            Doing::Working { job, generation, .. } | Doing::Reporting { job, generation, .. } | Doing::GivingUp { job, generation }
                if (job, generation) == of =>
            {
                self.doing = Doing::Nothing;
                self.marker = None;
            }
            _ => {}
        }
    }
}

/// The steps after so many heartbeats, one change each.
fn steps_after(progress: usize) -> Vec<Step> {
    let story = [StepStatus::NotStarted, StepStatus::InProgress, StepStatus::Done];
    let mut steps = records::fresh_steps();
    for (at, step) in steps.iter_mut().enumerate() {
        step.status = story[progress.saturating_sub(2 * at).min(2)];
    }
    steps
}
