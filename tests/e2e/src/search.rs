//! The OpenSearch that the deployment's logs are searched in: a real node, which can be away for a while.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use kraken_opensearch::Node;

/// A node of this program's own, always at the same address.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    /// What it keeps.
    dir: PathBuf,
    port: u16,
    /// `None` while it is away.
    node: Arc<Mutex<Option<Node>>>,
}

impl Search {
    /// Starts one that keeps what it knows in `dir`.
    pub(crate) async fn start(dir: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&dir)?;
        let node = started(dir.clone(), 0).await?;
        Ok(Self { dir, port: node.port(), node: Arc::new(Mutex::new(Some(node))) })
    }

    /// Its address.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends it, as a power cut would.
    pub(crate) fn kill(&self) -> Result<()> {
        let node = self.node.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(node.map_or(Ok(()), Node::kill)?)
    }

    /// Starts it again, where it was, with what it had.
    pub(crate) async fn again(&self) -> Result<()> {
        let node = started(self.dir.clone(), self.port).await?;
        *self.node.lock().unwrap_or_else(PoisonError::into_inner) = Some(node);
        Ok(())
    }

    /// Has it look at everything that it was given, which it does by itself every few seconds.
    pub(crate) async fn refresh(&self) -> Result<()> {
        reqwest::Client::new().post(format!("{}/_refresh", self.url())).send().await?.error_for_status()?;
        Ok(())
    }
}

/// A node takes seconds to start, the first time of all minutes to build: others go on meanwhile.
async fn started(dir: PathBuf, port: u16) -> Result<Node> {
    Ok(tokio::task::spawn_blocking(move || Node::start(&dir, port)).await??)
}
