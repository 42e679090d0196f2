//! A small world: the control plane, some hosts, and messages on their way between them.

use kraken_domain::{
    AgentId, JobId,
    agent::AgentEvent,
    job::{Job, JobEvent, JobState, Outcome},
    place::Executor,
};

use crate::{
    control::{Answer, Call, Control},
    host::{Doing, Host},
    invariants, records,
};

/// What can happen. Numbers choose among what there is at that moment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Happening {
    Pass {
        seconds: u8,
    },

    Schedule,
    Watch,
    TakeIn(u8),
    ReadRun,
    ReadCounts,
    SettleRun,
    AnalyseRun,

    CancelJob(u8),
    CancelRun,
    RerunJob(u8),
    Disable(u8),
    Enable(u8),
    Delete(u8),

    Ask(u8),
    Beat(u8),
    End(u8, Outcome),
    Crash(u8),
    Restart(u8),
    GrowStubborn(u8),

    Deliver(u8),
    DeliverTwice(u8),
    Lose(u8),
    /// Something stays on its way …
    HoldBack(u8),
    /// … and goes on, when it may long be out of date.
    LetThrough(u8),
}

/// Something on its way. It may stay there for as long as it likes.
#[derive(Clone, Debug)]
enum Letter {
    ToControl { from: AgentId, life: u32, call: Call },
    ToHost { agent: AgentId, life: u32, answer: Answer },
}

pub(crate) struct World {
    pub(crate) control: Control,
    pub(crate) hosts: Vec<Host>,
    post: Vec<Letter>,
    held_back: Vec<Letter>,
}

const JOBS_AT_MOST: usize = 8;

/// More rounds than the longest rest of a history can need.
const ROUNDS: usize = 500;

impl World {
    pub(crate) fn new(control: Control) -> Self {
        let hosts = control.agents.keys().map(|&agent| Host::new(agent)).collect();
        Self { control, hosts, post: Vec::new(), held_back: Vec::new() }
    }

    pub(crate) fn play(&mut self, happening: Happening) {
        match happening {
            Happening::Pass { seconds } => self.pass(seconds),
            Happening::Schedule => self.control.schedule(),
            Happening::Watch => self.control.watch(),
            Happening::TakeIn(n) => {
                if let Some(id) = self.nth_job(n, |job| matches!(job.state, JobState::Finished { .. })) {
                    self.control.tell(id, JobEvent::Complete);
                }
            }
            Happening::ReadRun => self.control.read_run(),
            Happening::ReadCounts => self.control.read_counts(),
            Happening::SettleRun => self.control.settle_run(),
            Happening::AnalyseRun => self.control.analyse_run(),
            Happening::CancelJob(n) => {
                if let Some(id) = self.nth_job(n, |_| true) {
                    self.control.tell(id, JobEvent::Cancel);
                }
            }
            Happening::CancelRun => self.control.cancel_run(),
            Happening::RerunJob(n) => {
                if let Some(id) = self.nth_job(n, Job::is_completed)
                    && self.control.jobs.len() < JOBS_AT_MOST
                {
                    self.control.rerun(id);
                }
            }
            Happening::Disable(n) => self.administer(n, AgentEvent::Disable),
            Happening::Enable(n) => {
                let alive = self.host(n).alive;
                self.administer(n, AgentEvent::Enable { alive });
            }
            Happening::Delete(n) => self.administer(n, AgentEvent::Delete),
            Happening::Ask(n) => self.say(n, |host| host.ask()),
            Happening::Beat(n) => self.say(n, Host::beat),
            Happening::End(n, outcome) => self.say(n, |host| host.end(outcome)),
            Happening::Crash(n) => self.host(n).crash(),
            Happening::Restart(n) => self.host(n).restart(),
            Happening::GrowStubborn(n) => self.host(n).stubborn = true,
            Happening::Deliver(n) => {
                if let Some(at) = self.letter(n) {
                    let letter = self.post.swap_remove(at);
                    self.deliver(letter);
                }
            }
            Happening::DeliverTwice(n) => {
                if let Some(at) = self.letter(n) {
                    self.deliver(self.post[at].clone());
                }
            }
            Happening::Lose(n) => {
                if let Some(at) = self.letter(n) {
                    self.post.swap_remove(at);
                }
            }
            Happening::HoldBack(n) => {
                if let Some(at) = self.letter(n) {
                    self.held_back.push(self.post.swap_remove(at));
                }
            }
            Happening::LetThrough(n) => {
                if !self.held_back.is_empty() {
                    let at = usize::from(n) % self.held_back.len();
                    let letter = self.held_back.swap_remove(at);
                    self.deliver(letter);
                }
            }
        }
        invariants::check(self);
    }

    fn pass(&mut self, seconds: u8) {
        self.control.now = records::later(self.control.now, seconds.into());
        for host in &mut self.hosts {
            host.notice(self.control.now);
        }
    }

    fn nth_job(&self, n: u8, wanted: impl Fn(&Job) -> bool) -> Option<JobId> {
        let ids: Vec<JobId> = self.control.jobs.values().filter(|job| wanted(job)).map(|job| job.id).collect();
        (!ids.is_empty()).then(|| ids[usize::from(n) % ids.len()])
    }

    fn host(&mut self, n: u8) -> &mut Host {
        let hosts = self.hosts.len();
        &mut self.hosts[usize::from(n) % hosts]
    }

    fn letter(&self, n: u8) -> Option<usize> {
        (!self.post.is_empty()).then(|| usize::from(n) % self.post.len())
    }

    fn administer(&mut self, n: u8, event: AgentEvent) {
        let agent = self.host(n).agent;
        self.control.administer(agent, event);
    }

    fn say(&mut self, n: u8, what: impl FnOnce(&mut Host) -> Option<Call>) {
        let host = self.host(n);
        let (from, life) = (host.agent, host.life);
        if let Some(call) = what(host) {
            self.post.push(Letter::ToControl { from, life, call });
        }
    }

    fn deliver(&mut self, letter: Letter) {
        match letter {
            Letter::ToControl { from, life, call } => {
                if let Some(answer) = self.control.receive(from, call) {
                    self.post.push(Letter::ToHost { agent: from, life, answer });
                }
            }
            Letter::ToHost { agent, life, answer } => {
                let now = self.control.now;
                if let Some(host) = self.hosts.iter_mut().find(|host| host.agent == agent && host.life == life && host.alive) {
                    host.receive(answer, now);
                }
            }
        }
    }

    /// Nothing bad happens any more: everybody comes back, ends what it holds, and the timers go on.
    pub(crate) fn come_to_rest(&mut self) {
        self.heal();
        for _ in 0..ROUNDS {
            self.round();
            if self.is_at_rest() {
                return;
            }
        }
        panic!("stuck: {:?}\n{:?}\n{:?}", self.control.run.state, self.control.jobs.values(), self.hosts);
    }

    fn heal(&mut self) {
        for n in 0..self.hosts.len() as u8 {
            self.play(Happening::Restart(n));
            self.play(Happening::Enable(n));
        }
        let takes_all = |host: &&Host| {
            let facts = &self.control.agents[&host.agent].facts;
            !host.gone && facts.executors.len() == 2 && self.control.agents[&host.agent].state.as_str() != "deleted"
        };
        if self.hosts.iter().find(takes_all).is_none() {
            let agent = records::agent(self.hosts.len() + 1, &[Executor::Local, Executor::Docker]);
            self.hosts.push(Host::new(agent.id));
            self.control.heard.insert(agent.id, self.control.now);
            self.control.agents.insert(agent.id, agent);
        }
    }

    fn round(&mut self) {
        self.play(Happening::Pass { seconds: 15 });
        for n in 0..self.hosts.len() as u8 {
            self.play(Happening::Beat(n));
            self.play(Happening::End(n, Outcome::Ok));
            self.play(Happening::Ask(n));
        }
        for _ in 0..4 {
            self.play(Happening::LetThrough(0));
        }
        while !self.post.is_empty() {
            self.play(Happening::Deliver(0));
        }
        self.play(Happening::Watch);
        self.play(Happening::Schedule);
        for happening in [Happening::ReadRun, Happening::ReadCounts, Happening::SettleRun, Happening::AnalyseRun] {
            self.play(happening);
        }
    }

    /// Every job and the run are over, every agent that lives is free, and so is every host.
    fn is_at_rest(&self) -> bool {
        let free = |state: &str| state == "idle" || state == "deleted";
        self.control.run.state.as_str() == "processed"
            && self.held_back.is_empty()
            && self.control.jobs.values().all(Job::is_completed)
            && self.control.agents.values().all(|agent| free(agent.state.as_str()))
            && self.hosts.iter().all(|host| host.doing == Doing::Nothing)
    }
}
