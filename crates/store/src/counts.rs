//! The counts of a run's jobs: an item of its own that is only added to.
//!
//! Jobs that end at the same moment add at the same moment; nobody has to read first and nobody is refused. The
//! same write marks the run for a look, so that a lost wake-up is found by the tick.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use kraken_domain::{RunId, Timestamp, run::RunCounts};

use crate::{
    Key, Store, StoreError, TodoKind,
    entity::{Item, number},
    error::failed,
    keys::{self, attribute},
};

const TOTAL: &str = "total";
const EXECUTING: &str = "executing";
const COMPLETED: &str = "completed";
const ERROR: &str = "error";

#[derive(Clone, Copy, Debug)]
pub(crate) struct CountsChange {
    pub(crate) run: RunId,
    pub(crate) change: RunCounts,
    pub(crate) look_at: Timestamp,
}

type Update = (String, HashMap<String, String>, HashMap<String, AttributeValue>);

impl CountsChange {
    pub(crate) fn key(&self) -> Key {
        keys::counts(self.run)
    }

    /// An update expression, its names and its values.
    pub(crate) fn update(&self) -> Update {
        let RunCounts { total, executing, completed, error } = self.change;
        let fields = [("t", TOTAL, total), ("x", EXECUTING, executing), ("c", COMPLETED, completed), ("e", ERROR, error)];
        let (mut adds, mut names, mut values) = (Vec::new(), HashMap::new(), HashMap::new());
        for (short, field, by) in fields.into_iter().filter(|(_, _, by)| *by != 0) {
            adds.push(format!("#{short} :{short}"));
            names.insert(format!("#{short}"), field.to_owned());
            values.insert(format!(":{short}"), AttributeValue::N(by.to_string()));
        }
        let mut expression = format!("ADD {}", adds.join(", "));
        // Only an end can complete a run; making and starting jobs needs no look.
        if completed != 0 {
            expression.push_str(" SET #todo = :todo, #due = :due");
            names.insert("#todo".into(), attribute::TODO.into());
            names.insert("#due".into(), attribute::DUE.into());
            values.insert(":todo".into(), AttributeValue::S(TodoKind::Counts.as_str().into()));
            values.insert(":due".into(), AttributeValue::N(self.look_at.as_millisecond().to_string()));
        }
        (expression, names, values)
    }
}

/// The counts of a run's jobs, and whether they ask for a look at the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkedCounts {
    /// The counts.
    pub counts: RunCounts,
    /// Since when a look is due, in milliseconds since 1970; `None`: it is not.
    due: Option<i64>,
}

pub(crate) fn of_item(item: &Item) -> RunCounts {
    RunCounts {
        total: number(item, TOTAL),
        executing: number(item, EXECUTING),
        completed: number(item, COMPLETED),
        error: number(item, ERROR),
    }
}

impl Store {
    /// The counts of a run's jobs as they stand.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn counts(&self, run: RunId) -> Result<RunCounts, StoreError> {
        Ok(self.item(&keys::counts(run)).await?.as_ref().map(of_item).unwrap_or_default())
    }

    /// The same, with their mark: what [`Store::looked_at`] needs to take it away.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn marked_counts(&self, run: RunId) -> Result<MarkedCounts, StoreError> {
        let item = self.item(&keys::counts(run)).await?.unwrap_or_default();
        let due = item.contains_key(attribute::DUE).then(|| number(&item, attribute::DUE));
        Ok(MarkedCounts { counts: of_item(&item), due })
    }

    /// The counts of many runs, in their order; at most 100.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn counts_of(&self, runs: &[RunId]) -> Result<Vec<RunCounts>, StoreError> {
        let wanted: Vec<Key> = runs.iter().map(|run| keys::counts(*run)).collect();
        let found = self.items(&wanted).await?;
        Ok(found.iter().map(|item| item.as_ref().map(of_item).unwrap_or_default()).collect())
    }

    /// The run has been looked at with these counts: takes their mark away unless a job ended or was repeated since. One of each leaves the
    /// counts as they were, so the moment of the mark counts too.
    ///
    /// # Errors
    /// [`StoreError`] when the table failed.
    pub async fn looked_at(&self, run: RunId, seen: &MarkedCounts) -> Result<(), StoreError> {
        // There is no mark, or one that is newer than this look.
        let MarkedCounts { counts, due: Some(due) } = *seen else { return Ok(()) };
        let call = self.client.update_item().table_name(&*self.table).set_key(Some(keys::counts(run).to_item()));
        let call = call.update_expression("REMOVE #todo, #due").condition_expression("#c = :c AND #t = :t AND #due = :due");
        let call = call.expression_attribute_names("#todo", attribute::TODO).expression_attribute_names("#due", attribute::DUE);
        let call = call.expression_attribute_names("#c", COMPLETED).expression_attribute_names("#t", TOTAL);
        let call = call.expression_attribute_values(":c", AttributeValue::N(counts.completed.to_string()));
        let call = call.expression_attribute_values(":t", AttributeValue::N(counts.total.to_string()));
        let call = call.expression_attribute_values(":due", AttributeValue::N(due.to_string()));
        match call.send().await {
            Ok(_) => Ok(()),
            Err(error) if error.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(()),
            Err(error) => Err(failed("UpdateItem", error)),
        }
    }
}
