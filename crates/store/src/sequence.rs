//! The numbers of a branch: of its flows, and of the runs of its stages.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use kraken_domain::{
    BranchId, StageId,
    flow::{FlowKind, Sequence},
};

use crate::{Store, StoreError, entity::number, error::failed, keys};

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

impl Store {
    /// Takes the next numbers for a flow of `kind`, with a run of each of `stages`.
    ///
    /// One atomic addition: two flows that start at the same moment never meet. If the caller then fails, its numbers
    /// stay unused.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn next_numbers(&self, branch: BranchId, kind: FlowKind, stages: &[StageId]) -> Result<Numbers, StoreError> {
        let mut counters = vec![SHARED.to_owned(), kind.as_str().to_owned()];
        counters.extend(stages.iter().map(|stage| of_stage(*stage)));
        let item = self.add_one_each(branch, &counters).await?;
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
