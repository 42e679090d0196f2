//! The numbers of a branch: of its flows, and of the runs of its stages.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use kraken_domain::{
    BranchId, StageId,
    flow::{FlowKind, Sequence},
};

use crate::{Commit, Key, Store, StoreError, entity::number, error::failed, keys};

/// Numbers that nobody else got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Of the flow.
    pub flow: Sequence,
    /// Of a run of each stage that was asked for: among all of the stage, and among those in flows of the kind.
    pub runs: BTreeMap<StageId, Sequence>,
}

/// How far a branch has counted; 0: it has not begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Flows of both kinds.
    pub flows: u64,
    /// CI flows.
    pub ci: u64,
    /// DEV flows.
    pub dev: u64,
    /// Runs of stages.
    pub runs: BTreeMap<StageId, u64>,
    /// Runs of stages in CI flows.
    pub runs_ci: BTreeMap<StageId, u64>,
    /// Runs of stages in DEV flows.
    pub runs_dev: BTreeMap<StageId, u64>,
}

impl Counted {
    /// Whether the branch has got further than one of these numbers.
    pub fn is_past(&self, last: &[(Counter, u64)]) -> bool {
        let counted = |counter: Counter| match counter {
            Counter::Flows => self.flows,
            Counter::Kind(FlowKind::Ci) => self.ci,
            Counter::Kind(FlowKind::Dev) => self.dev,
            Counter::Runs(stage) => self.runs.get(&stage).copied().unwrap_or(0),
            Counter::RunsOfKind(stage, FlowKind::Ci) => self.runs_ci.get(&stage).copied().unwrap_or(0),
            Counter::RunsOfKind(stage, FlowKind::Dev) => self.runs_dev.get(&stage).copied().unwrap_or(0),
        };
        last.iter().any(|(counter, number)| counted(*counter) > *number)
    }
}

/// One of a branch's counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Of flows of both kinds.
    Flows,
    /// Of flows of one kind.
    Kind(FlowKind),
    /// Of the runs of a stage.
    Runs(StageId),
    /// Of the runs of a stage in flows of one kind.
    RunsOfKind(StageId, FlowKind),
}

impl Counter {
    fn name(self) -> String {
        match self {
            Self::Flows => SHARED.to_owned(),
            Self::Kind(kind) => kind.as_str().to_owned(),
            Self::Runs(stage) => of_stage(stage),
            Self::RunsOfKind(stage, kind) => of_stage_and_kind(stage, kind),
        }
    }
}

const SHARED: &str = "shared";
/// An update's expression has 4 KB at most.
const COUNTERS_PER_UPDATE: usize = 100;

fn of_stage(stage: StageId) -> String {
    format!("stage_{stage}")
}

/// Beside the other in the same record, so that counting both is one write.
fn of_stage_and_kind(stage: StageId, kind: FlowKind) -> String {
    format!("{}_{stage}", kind.as_str())
}

/// Numbers that were read and not yet taken: a commit takes them, if nobody else was faster.
#[derive(Clone, Debug)]
pub struct NextNumbers {
    /// The numbers that the commit takes.
    pub numbers: Numbers,
    taken: NumbersChange,
}

/// How a commit moves the counters of a branch.
#[derive(Clone, Debug)]
pub(crate) enum NumbersChange {
    /// As they were read; taking adds one to each.
    Take { branch: BranchId, counters: Vec<(String, u64)> },
    /// They go on after these numbers; unless forced, only forwards.
    GoOn { branch: BranchId, last: Vec<(Counter, u64)>, forced: bool },
}

type Update = (String, Option<String>, HashMap<String, String>, Option<HashMap<String, AttributeValue>>);

impl NumbersChange {
    pub(crate) fn key(&self) -> Key {
        match self {
            Self::Take { branch, .. } | Self::GoOn { branch, .. } => keys::sequence(*branch),
        }
    }

    /// An update expression, its condition, its names and its values.
    pub(crate) fn update(&self) -> Update {
        match self {
            Self::Take { counters, .. } => take(counters),
            Self::GoOn { last, forced, .. } => go_on(last, *forced),
        }
    }
}

fn take(counters: &[(String, u64)]) -> Update {
    let (mut sets, mut conditions, mut names, mut values) = (Vec::new(), Vec::new(), HashMap::new(), HashMap::new());
    for (at, (counter, was)) in counters.iter().enumerate() {
        names.insert(format!("#c{at}"), counter.clone());
        sets.push(format!("#c{at} = :n{at}"));
        values.insert(format!(":n{at}"), AttributeValue::N((was + 1).to_string()));
        if *was == 0 {
            conditions.push(format!("attribute_not_exists(#c{at})"));
        } else {
            conditions.push(format!("#c{at} = :o{at}"));
            values.insert(format!(":o{at}"), AttributeValue::N(was.to_string()));
        }
    }
    (format!("SET {}", sets.join(", ")), Some(conditions.join(" AND ")), names, Some(values))
}

fn go_on(last: &[(Counter, u64)], forced: bool) -> Update {
    let (mut sets, mut removes, mut conditions) = (Vec::new(), Vec::new(), Vec::new());
    let (mut names, mut values) = (HashMap::new(), HashMap::new());
    for (at, (counter, number)) in last.iter().enumerate() {
        names.insert(format!("#c{at}"), counter.name());
        // Who takes the first number expects that there is no counter yet.
        if *number == 0 {
            removes.push(format!("#c{at}"));
            conditions.push(format!("attribute_not_exists(#c{at})"));
        } else {
            values.insert(format!(":n{at}"), AttributeValue::N(number.to_string()));
            sets.push(format!("#c{at} = :n{at}"));
            conditions.push(format!("(attribute_not_exists(#c{at}) OR #c{at} <= :n{at})"));
        }
    }
    let part = |word: &str, of: Vec<String>| if of.is_empty() { None } else { Some(format!("{word} {}", of.join(", "))) };
    let expression: Vec<String> = [part("SET", sets), part("REMOVE", removes)].into_iter().flatten().collect();
    // The table refuses an empty map of values.
    let values = (!values.is_empty()).then_some(values);
    (expression.join(" "), (!forced).then(|| conditions.join(" AND ")), names, values)
}

impl Commit {
    /// Takes the numbers, if nobody has taken any of them since they were read.
    pub fn take_numbers(&mut self, next: &NextNumbers) -> &mut Self {
        self.number(next.taken.clone())
    }

    /// Has a branch go on counting after these numbers; refused where it has got further than one of them, unless that is `forced`.
    pub fn count_from(&mut self, branch: BranchId, last: &[(Counter, u64)], forced: bool) -> &mut Self {
        if last.is_empty() {
            return self;
        }
        self.number(NumbersChange::GoOn { branch, last: last.to_vec(), forced })
    }
}

/// The counters of a run.
fn of_run(stage: StageId, kind: FlowKind) -> [String; 2] {
    [of_stage(stage), of_stage_and_kind(stage, kind)]
}

fn counters(kind: FlowKind, stages: &[StageId]) -> Vec<String> {
    let mut counters = vec![SHARED.to_owned(), kind.as_str().to_owned()];
    counters.extend(stages.iter().flat_map(|stage| of_run(*stage, kind)));
    counters
}

impl Store {
    /// The numbers that are next for a flow of `kind`, with a run of each of `stages`; taken by the commit that they go into. Where many
    /// start flows of one branch at a time, [`Store::next_numbers`] is better.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn peek_numbers(&self, branch: BranchId, kind: FlowKind, stages: &[StageId]) -> Result<NextNumbers, StoreError> {
        let item = self.item(&keys::sequence(branch)).await?.unwrap_or_default();
        let counters: Vec<(String, u64)> = counters(kind, stages).into_iter().map(|name| (name.clone(), number(&item, &name))).collect();
        let next = |name: &str| number::<u64>(&item, name) + 1;
        let of = |stage: StageId| Sequence { shared: next(&of_stage(stage)), own: next(&of_stage_and_kind(stage, kind)) };
        let runs = stages.iter().map(|stage| (*stage, of(*stage))).collect();
        let numbers = Numbers { flow: Sequence { shared: next(SHARED), own: next(kind.as_str()) }, runs };
        Ok(NextNumbers { numbers, taken: NumbersChange::Take { branch, counters } })
    }

    /// Takes the next numbers for a flow of `kind`, with a run of each of `stages`.
    ///
    /// One atomic addition: two flows that start at the same moment never meet. If the caller then fails, its numbers
    /// stay unused.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn next_numbers(&self, branch: BranchId, kind: FlowKind, stages: &[StageId]) -> Result<Numbers, StoreError> {
        let item = self.add_one_each(branch, &counters(kind, stages)).await?;
        let of = |stage: StageId| Sequence { shared: number(&item, &of_stage(stage)), own: number(&item, &of_stage_and_kind(stage, kind)) };
        let runs = stages.iter().map(|stage| (*stage, of(*stage))).collect();
        Ok(Numbers { flow: Sequence { shared: number(&item, SHARED), own: number(&item, kind.as_str()) }, runs })
    }

    /// Takes the next numbers of a run of `stage` in a flow of `kind`.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn next_run_number(&self, branch: BranchId, stage: StageId, kind: FlowKind) -> Result<Sequence, StoreError> {
        let [shared, own] = of_run(stage, kind);
        let item = self.add_one_each(branch, &[shared.clone(), own.clone()]).await?;
        Ok(Sequence { shared: number(&item, &shared), own: number(&item, &own) })
    }

    /// Gives a branch that is being made the numbers of another; those of its stages under their new ids.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn copy_numbers(&self, from: BranchId, to: BranchId, stages: &[(StageId, StageId)]) -> Result<(), StoreError> {
        let item = self.item(&keys::sequence(from)).await?.unwrap_or_default();
        let mut counters: Vec<(String, u64)> =
            [SHARED, FlowKind::Ci.as_str(), FlowKind::Dev.as_str()].iter().map(|name| ((*name).to_owned(), number(&item, name))).collect();
        let of_stages = |old: StageId, new: StageId| {
            let own = [FlowKind::Ci, FlowKind::Dev].map(|kind| (of_stage_and_kind(old, kind), of_stage_and_kind(new, kind)));
            own.into_iter().chain([(of_stage(old), of_stage(new))])
        };
        let copied = stages.iter().flat_map(|(old, new)| of_stages(*old, *new)).map(|(old, new)| (new, number(&item, &old)));
        counters.extend(copied);
        counters.retain(|(_, counted)| *counted > 0);
        for some in counters.chunks(COUNTERS_PER_UPDATE) {
            let mut call = self.client.update_item().table_name(&*self.table).set_key(Some(keys::sequence(to).to_item()));
            for (at, (counter, counted)) in some.iter().enumerate() {
                call = call.expression_attribute_names(format!("#c{at}"), counter);
                call = call.expression_attribute_values(format!(":n{at}"), AttributeValue::N(counted.to_string()));
            }
            let sets: Vec<String> = (0..some.len()).map(|at| format!("#c{at} = :n{at}")).collect();
            call.update_expression(format!("SET {}", sets.join(", "))).send().await.map_err(|error| failed("UpdateItem", error))?;
        }
        Ok(())
    }

    /// How far a branch has counted: the last number of its flows, of those of each kind, and of the runs of each of `stages`.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn counted(&self, branch: BranchId, stages: &[StageId]) -> Result<Counted, StoreError> {
        let item = self.item(&keys::sequence(branch)).await?.unwrap_or_default();
        Ok(Counted {
            flows: number(&item, SHARED),
            ci: number(&item, FlowKind::Ci.as_str()),
            dev: number(&item, FlowKind::Dev.as_str()),
            runs: stages.iter().map(|stage| (*stage, number(&item, &of_stage(*stage)))).collect(),
            runs_ci: stages.iter().map(|stage| (*stage, number(&item, &of_stage_and_kind(*stage, FlowKind::Ci)))).collect(),
            runs_dev: stages.iter().map(|stage| (*stage, number(&item, &of_stage_and_kind(*stage, FlowKind::Dev)))).collect(),
        })
    }

    async fn add_one_each(&self, branch: BranchId, counters: &[String]) -> Result<crate::entity::Item, StoreError> {
        let mut call = self.client.update_item().table_name(&*self.table).set_key(Some(keys::sequence(branch).to_item()));
        let adds: Vec<String> = (0..counters.len()).map(|at| format!("#c{at} :one")).collect();
        for (at, counter) in counters.iter().enumerate() {
            call = call.expression_attribute_names(format!("#c{at}"), counter);
        }
        let call = call.update_expression(format!("ADD {}", adds.join(", ")));
        let call = call.expression_attribute_values(":one", AttributeValue::N("1".into())).return_values(ReturnValue::UpdatedNew);
        let answer = call.send().await.map_err(|error| failed("UpdateItem", error))?;
        Ok(answer.attributes.unwrap_or_default())
    }
}
