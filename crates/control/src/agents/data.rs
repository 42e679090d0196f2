//! User data that a step reads and changes: of its job's flow, branch and project, as long as its agent holds the job.

use kraken_domain::{
    AgentId,
    data::{DataChange, DataOwner, DataScope},
    job::Job,
};
use kraken_protocol::{
    agent::{ChangeData, ChangedData, DataNow, ReadData},
    tool::{Data, DataOperation},
};

use crate::{
    Control, ControlError,
    data::{DataTerms, Named},
};

impl Control {
    /// A document, for the agent that holds the job.
    ///
    /// # Errors
    /// [`ControlError::Stale`] when the job is not the agent's any more, [`ControlError::Invalid`] for a scope that is none.
    pub async fn read_data(&self, agent: AgentId, request: ReadData) -> Result<DataNow, ControlError> {
        let job = self.held(agent, request.job, request.generation).await?;
        let read = self.data(owner(&job, &request.scope)?).await?;
        Ok(DataNow { value: read.value, version: read.version })
    }

    /// Changes a document, for the agent that holds the job.
    ///
    /// # Errors
    /// As [`Control::change_data`]; [`ControlError::Stale`] when the job is not the agent's any more.
    pub async fn change_data_of_job(&self, agent: AgentId, request: ChangeData) -> Result<ChangedData, ControlError> {
        let job = self.held(agent, request.job, request.generation).await?;
        let owner = owner(&job, &request.data.scope)?;
        let terms = DataTerms { over: request.over, once: Some(Named { by: agent.to_string(), key: request.once }) };
        match self.change_data(owner, &change(&request.data)?, &terms).await {
            Ok(read) => Ok(ChangedData { now: Some(DataNow { value: read.value, version: read.version }) }),
            Err(ControlError::Moved(_)) => Ok(ChangedData { now: None }),
            Err(error) => Err(error),
        }
    }
}

fn owner(job: &Job, scope: &str) -> Result<DataOwner, ControlError> {
    let scope: DataScope = scope.parse()?;
    Ok(scope.of(job.project, job.branch, job.id.flow()))
}

fn change(data: &Data) -> Result<DataChange, ControlError> {
    let change = match data.operation {
        DataOperation::Set => DataChange::set(&data.pointer, data.value.clone()),
        DataOperation::Jsonpatch => DataChange::patch(&data.value),
        // A program of a job runs in the job's own place, never here.
        DataOperation::Jq | DataOperation::Unknown => {
            return Err(ControlError::invalid("/data/operation", "this operation is none that a server does: expected set or jsonpatch"));
        }
    };
    Ok(change?)
}
