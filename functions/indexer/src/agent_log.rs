//! What agents say themselves, in the pieces that they store.

use kraken_domain::AgentId;

use crate::{
    IndexError, Indexer,
    filing::Filing,
    line::{self, Writer},
    message::NewObject,
    unpack::{UnpackError, Unpacking},
};

impl Indexer {
    /// Indexes one piece. Whatever ids its lines name, they are an agent's words: only people who may see agents find them.
    pub(crate) async fn agent_log(&self, agent: AgentId, object: &NewObject) -> Result<(), IndexError> {
        let writer = Writer { service: Some("agent".to_owned()), agent: Some(agent.to_string()) };
        let mut filing = Filing::new(&*self.search, &object.key, object.at);
        let mut unpacking = Unpacking::new(self.objects.clone(), &object.key);
        if !unpacking.open().await? {
            return Ok(());
        }
        loop {
            match unpacking.next().await {
                Ok(Some(lines)) => {
                    for line in lines {
                        filing.add(line::entry(&line, &writer, object.at)).await?;
                    }
                }
                Ok(None) => {
                    let lines = filing.finish().await?;
                    tracing::debug!(agent.id = %agent, lines, "indexed what an agent said");
                    return Ok(());
                }
                Err(UnpackError::Objects(error)) => return Err(error.into()),
                Err(UnpackError::Damaged(reason)) => {
                    // It is no better the next time; what could be read of it can be searched.
                    tracing::error!(key = object.key, reason, "a stored log is damaged");
                    return filing.finish().await.map(drop);
                }
            }
        }
    }
}
