//! The order among the jobs of a stage, from what they need.

use kraken_domain::needs::{Graph, GraphError, GraphJob};

use crate::schema::StageSchema;

/// The order among the jobs that [`crate::expand`] gives, slot for plan; `None` when no job needs another. Names count as they are written:
/// what they are filled in with changes nothing about who needs whom.
///
/// # Errors
/// [`GraphError`] for a stage that was not checked.
pub fn order(schema: &StageSchema) -> Result<Option<Graph>, GraphError> {
    if schema.jobs.iter().all(|job| job.needs.is_empty()) {
        return Ok(None);
    }
    let jobs = schema.jobs.iter().map(|job| {
        let slots: usize = job.environments.iter().map(|environment| environment.system.len()).sum();
        GraphJob { name: job.name.clone(), slots: u32::try_from(slots).unwrap_or(u32::MAX), needs: job.needs.clone() }
    });
    Graph::new(&jobs.collect::<Vec<_>>()).map(Some)
}

#[cfg(test)]
mod tests;
