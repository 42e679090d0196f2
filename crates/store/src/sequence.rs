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
    /// Of a run of each stage that was asked for.
    pub runs: BTreeMap<StageId, u64>,
}

const SHARED: &str = "shared";

fn of_stage(stage: StageId) -> String {
    format!("stage_{stage}")
}

/// Numbers that were read and not yet taken: a commit takes them, if nobody else was faster.
#[derive(Clone, Debug)]
pub struct NextNumbers {
    /// The numbers that the commit takes.
    pub numbers: Numbers,
    taken: NumbersTaken,
}

/// The counters as they were read; taking adds one to each.
#[derive(Clone, Debug)]
pub(crate) struct NumbersTaken {
    branch: BranchId,
    counters: Vec<(String, u64)>,
}

impl NumbersTaken {
    pub(crate) fn key(&self) -> Key {
        keys::sequence(self.branch)
    }

    /// An update expression, its condition, its names and its values.
    pub(crate) fn update(&self) -> (String, String, HashMap<String, String>, HashMap<String, AttributeValue>) {
        let (mut sets, mut conditions, mut names, mut values) = (Vec::new(), Vec::new(), HashMap::new(), HashMap::new());
        for (at, (counter, was)) in self.counters.iter().enumerate() {
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
        (format!("SET {}", sets.join(", ")), conditions.join(" AND "), names, values)
    }
}

impl Commit {
    /// Takes the numbers, if nobody has taken any of them since they were read.
    pub fn take_numbers(&mut self, next: &NextNumbers) -> &mut Self {
        self.number(next.taken.clone())
    }
}

fn counters(kind: FlowKind, stages: &[StageId]) -> Vec<String> {
    let mut counters = vec![SHARED.to_owned(), kind.as_str().to_owned()];
    counters.extend(stages.iter().map(|stage| of_stage(*stage)));
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
        let runs = stages.iter().map(|stage| (*stage, next(&of_stage(*stage)))).collect();
        let numbers = Numbers { flow: Sequence { shared: next(SHARED), own: next(kind.as_str()) }, runs };
        Ok(NextNumbers { numbers, taken: NumbersTaken { branch, counters } })
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
        let runs = stages.iter().map(|stage| (*stage, number(&item, &of_stage(*stage)))).collect();
        Ok(Numbers { flow: Sequence { shared: number(&item, SHARED), own: number(&item, kind.as_str()) }, runs })
    }

    /// Takes the next number of a run of `stage`.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn next_run_number(&self, branch: BranchId, stage: StageId) -> Result<u64, StoreError> {
        let counter = of_stage(stage);
        Ok(number(&self.add_one_each(branch, std::slice::from_ref(&counter)).await?, &counter))
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
