//! Random histories of a flow: child stages start when they should, and never a second time by themselves.

use std::collections::BTreeMap;

use kraken_domain::{
    BranchId, Effect, ProjectId, StageId,
    flow::{Flow, FlowKind, FlowState, Sequence, StageNode, due_children},
    run::{Run, RunCounts, RunEvent, RunReason, RunResult},
};
use proptest::prelude::*;

use crate::{Make, cases, random, records};

/// What can happen to a flow. Numbers choose among what there is at that moment.
#[derive(Clone, Copy, Debug)]
enum Happening {
    /// A run gets so many jobs (none, too).
    Make(u8, u32),
    /// A run's schema is not understood.
    Invalid(u8),
    /// A run's jobs are over, so many of them in error.
    End(u8, u8),
    Analyse(u8),
    Hold(u8),
    Release(u8),
    CancelRun(u8),
    CancelFlow,
    /// Some jobs of a run are repeated.
    Rerun(u8),
    /// A person starts a stage.
    Start(u8),
    Disable(u8),
    /// A reconciler reads flow, runs and stages …
    Read(bool),
    /// … and decides on what it read, perhaps much later. There are two of them.
    Decide(bool),
}

struct World {
    flow: Flow,
    runs: Vec<Run>,
    stages: Vec<StageNode>,
    read: BTreeMap<bool, (Flow, Vec<Run>, Vec<StageNode>)>,
    seconds: i64,
}

fn stage_id(number: usize) -> StageId {
    StageId::new(3, number as u128)
}

/// A flow without runs.
pub(crate) fn flow() -> Flow {
    Flow {
        id: records::flow_id(),
        project: ProjectId::new(1, 2),
        branch: BranchId::new(1, 3),
        kind: FlowKind::Ci,
        label: "1.".to_owned(),
        sequence: Sequence { shared: 1, own: 1 },
        branch_name: "main".to_owned(),
        created_at: records::at(0),
        args: BTreeMap::new(),
        reason: kraken_domain::flow::FlowReason::Person,
        started_by: None,
        change: None,
        runs_made: 0,
        retention: kraken_domain::retention::Retained::default(),
        state: FlowState::InProgress { cancelled: false },
    }
}

impl World {
    /// Stage `n` has the parents in `tree[n]`, by bit, among the stages before it.
    fn new(tree: &[(u8, bool)]) -> Self {
        let stages = tree.iter().enumerate().map(|(number, &(parents, starts_with_parent))| StageNode {
            id: stage_id(number),
            name: format!("stage {number}"),
            parents: (0..number).filter(|parent| parents & (1 << parent) != 0).map(|parent| format!("stage {parent}")).collect(),
            starts_with_parent,
            enabled: true,
        });
        let mut world = Self { flow: flow(), runs: Vec::new(), stages: stages.collect(), read: BTreeMap::new(), seconds: 0 };
        for at in 0..world.stages.len() {
            if world.stages[at].parents.is_empty() {
                world.add(at, RunReason::Flow);
            }
        }
        world
    }

    fn add(&mut self, stage: usize, reason: RunReason) {
        self.flow = self.flow.with_runs(1);
        let stage = &self.stages[stage];
        self.runs.push(records::run(self.flow.runs_made, stage.id, &stage.name, 1_000, reason));
    }

    fn tell(&mut self, n: u8, event: RunEvent) -> Vec<Effect> {
        let at = usize::from(n) % self.runs.len();
        match self.runs[at].on(event, records::at(self.seconds)) {
            Ok(moved) => {
                self.runs[at] = moved.next;
                moved.effects
            }
            Err(_) => Vec::new(),
        }
    }

    fn play(&mut self, happening: Happening) {
        self.seconds += 1;
        match happening {
            Happening::Read(who) => _ = self.read.insert(who, (self.flow.clone(), self.runs.clone(), self.stages.clone())),
            Happening::Decide(who) => self.decide(who),
            Happening::CancelFlow => self.cancel(),
            Happening::Start(n) => {
                if self.runs.len() < 12 {
                    self.add(usize::from(n) % self.stages.len(), RunReason::Person);
                }
            }
            Happening::Disable(n) => {
                let at = usize::from(n) % self.stages.len();
                self.stages[at].enabled = false;
            }
            _ if self.runs.is_empty() => {}
            Happening::Make(n, jobs) => _ = self.tell(n, RunEvent::Created { spec: records::spec(), jobs }),
            Happening::Invalid(n) => _ = self.tell(n, RunEvent::Invalid { note: "line 1".to_owned() }),
            Happening::End(n, error) => {
                let (total, error) = (3, i64::from(error));
                _ = self.tell(n, RunEvent::Counted(RunCounts { total, executing: 0, completed: total, error }));
            }
            Happening::Analyse(n) => _ = self.tell(n, RunEvent::Processed),
            Happening::Hold(n) => _ = self.tell(n, RunEvent::Hold),
            Happening::Release(n) => _ = self.tell(n, RunEvent::Release),
            Happening::CancelRun(n) => _ = self.tell(n, RunEvent::Cancel),
            Happening::Rerun(n) => {
                // Whoever repeats a part of a cancelled flow wants it again.
                if !self.tell(n, RunEvent::Rerun { jobs: 1 }).is_empty() {
                    self.flow = self.flow.with_runs(0);
                }
            }
        }
        self.check();
    }

    fn cancel(&mut self) {
        if let Some(cancelled) = self.flow.cancel() {
            self.flow = cancelled.next;
        }
        for n in 0..self.runs.len() as u8 {
            self.tell(n, RunEvent::Cancel);
        }
    }

    /// Decides on what was read; committed only if the flow is still as it was then.
    fn decide(&mut self, who: bool) {
        let Some((flow, runs, stages)) = self.read.remove(&who) else { return };
        if flow != self.flow {
            return;
        }
        let due: Vec<StageId> =
            if flow.is_cancelled() { Vec::new() } else { due_children(&stages, &runs).iter().map(|stage| stage.id).collect() };
        if due.is_empty() {
            if let Some(settled) = flow.settle(&runs, records::at(self.seconds)) {
                assert_eq!(settled.state.as_str() == "completed", runs.iter().all(Run::is_completed), "{runs:?}");
                self.flow = settled;
            }
            return;
        }
        for id in due {
            let at = stages.iter().position(|stage| stage.id == id).unwrap();
            assert!(stages[at].enabled && stages[at].starts_with_parent);
            for parent in &stages[at].parents {
                assert!(went_well(&runs, parent), "{} started before {parent} had gone well", stages[at].name);
            }
            self.add(at, RunReason::Parents);
        }
    }

    fn check(&self) {
        for stage in &self.stages {
            let automatic = |run: &&Run| run.stage == stage.id && run.reason == RunReason::Parents;
            assert!(self.runs.iter().filter(automatic).count() <= 1, "{} started twice by itself", stage.name);
        }
        assert_eq!(self.flow.runs_made as usize, self.runs.len());
        let numbers: Vec<u32> = self.runs.iter().map(|run| run.id.number).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "a number was given twice: {numbers:?}");
    }

    /// Every run comes to its end, and the reconciler to its own.
    fn come_to_rest(&mut self) {
        for _ in 0..3 * self.stages.len() + 3 {
            for n in 0..self.runs.len() as u8 {
                for happening in [Happening::Release(n), Happening::Make(n, 3), Happening::End(n, 0), Happening::Analyse(n)] {
                    self.play(happening);
                }
            }
            self.play(Happening::Read(true));
            self.play(Happening::Decide(true));
        }
        assert_eq!(self.flow.state.as_str(), "completed", "{:?}", self.runs);
        assert!(self.runs.iter().all(|run| run.state.as_str() == "processed"));
        if !self.flow.is_cancelled() {
            self.nothing_is_owed();
        }
    }

    fn nothing_is_owed(&self) {
        for stage in self.stages.iter().filter(|stage| stage.enabled && stage.starts_with_parent && !stage.parents.is_empty()) {
            let started = self.runs.iter().any(|run| run.stage == stage.id);
            assert!(started || !stage.parents.iter().all(|parent| went_well(&self.runs, parent)), "{} never started", stage.name);
        }
    }
}

/// All runs of the stage are over with jobs, none in error; and there are some.
fn went_well(runs: &[Run], stage: &str) -> bool {
    let of_stage: Vec<&Run> = runs.iter().filter(|run| run.stage_name == stage).collect();
    !of_stage.is_empty() && of_stage.iter().all(|run| run.is_completed() && run.result() == Some(RunResult::Ok) && run.jobs_made > 0)
}

/// How often what happens. Shrinking prefers the first.
const HAPPENINGS: [(u16, Make<Happening>); 13] = [
    (20, |n, m| Happening::Make(n, if m % 10 == 9 { 0 } else { 3 })),
    (25, |n, m| Happening::End(n, u8::from(m % 6 == 5))),
    (15, |n, _| Happening::Read(n % 2 == 0)),
    (15, |n, _| Happening::Decide(n % 2 == 0)),
    (10, |n, _| Happening::Analyse(n)),
    (6, |n, _| Happening::Rerun(n)),
    (1, |n, _| Happening::Hold(n)),
    (4, |n, _| Happening::Release(n)),
    (1, |n, _| Happening::Invalid(n)),
    (1, |n, _| Happening::CancelRun(n)),
    (1, |_, _| Happening::CancelFlow),
    (2, |n, _| Happening::Start(n)),
    (1, |n, _| Happening::Disable(n)),
];

proptest! {
    #![proptest_config(cases(4_000))]

    #[test]
    fn a_child_stage_starts_when_its_parents_went_well_and_only_once_by_itself(
        tree in prop::collection::vec((any::<u8>(), prop::bool::weighted(0.9)), 1..6),
        happenings in random(&HAPPENINGS, 0..150),
    ) {
        let mut world = World::new(&tree);
        for happening in happenings {
            world.play(happening);
        }
        world.come_to_rest();
    }
}
