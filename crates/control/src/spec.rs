//! What runs are started with: code and evaluated schema, kept in the object store under the hash of their content.

use std::{
    collections::HashSet,
    num::NonZeroUsize,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use bytes::Bytes;
use kraken_domain::{needs::Graph, place::Lane, run::Run};
use lru::LruCache;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{Control, ControlError, flows::seen_data::SeenData, reconcile::Rest};

/// What a run was started with. Reruns and views use this copy, never the stage's newest code.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// The stage's code.
    pub code: String,
    /// What it evaluated to with this run's context.
    pub schema: Value,
    /// The user data that it was evaluated with, of a large run whose code speaks of them: its creation goes on with these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<SeenData>,
}

/// Specs that one process keeps at hand. They never change, so they never get old.
const SPECS_KEPT: NonZeroUsize = NonZeroUsize::new(64).expect("64 is not 0");

/// What this process knows to be stored already. Forgetting it costs a call, never truth.
#[derive(Debug)]
pub(crate) struct Known {
    specs: Mutex<LruCache<String, Arc<Spec>>>,
    lanes: Mutex<HashSet<Lane>>,
    texts: Mutex<LruCache<String, Arc<str>>>,
    graphs: Mutex<LruCache<String, Arc<Graph>>>,
    pub(crate) crowd: Crowd,
    pub(crate) retention: Rest,
}

impl Default for Known {
    fn default() -> Self {
        Self {
            specs: Mutex::new(LruCache::new(SPECS_KEPT)),
            lanes: Mutex::default(),
            texts: Mutex::new(LruCache::new(SPECS_KEPT)),
            graphs: Mutex::new(LruCache::new(SPECS_KEPT)),
            crowd: Crowd::default(),
            retention: Rest::default(),
        }
    }
}

/// Whether others are at the same things: who meets somebody keeps to the careful way for a while. Only costs time when wrong.
#[derive(Debug, Default)]
pub(crate) struct Crowd(AtomicU32);

/// So many careful ways are gone before a quick one is tried again.
const CAREFUL: u32 = 16;

impl Crowd {
    /// Somebody was met.
    pub(crate) fn is_here(&self) {
        self.0.store(CAREFUL, Ordering::Relaxed);
    }

    /// Whether nobody was met lately. Asking brings the end of the crowd nearer.
    pub(crate) fn is_gone(&self) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_err()
    }
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Where specs are.
pub(crate) const SPECS: &str = "specs/";
/// Where stages' code is.
pub(crate) const CODE: &str = "code/";

fn spec_key(sha256: &str) -> String {
    format!("{SPECS}{sha256}.json")
}

fn code_key(sha256: &str) -> String {
    format!("{CODE}{sha256}.star")
}

fn graph_of(schema: &Value) -> Result<Graph, String> {
    let stage = kraken_workflow::StageSchema::from_value(schema).map_err(|_| "it is no stage".to_owned())?;
    kraken_workflow::order(&stage).map_err(|error| error.to_string())?.ok_or_else(|| "no job needs another".to_owned())
}

const UNPOISONED: &str = "no holder of this lock can panic";

impl Control {
    /// Stores `spec` and says under which hash.
    pub(crate) async fn store_spec(&self, spec: Spec) -> Result<String, ControlError> {
        let body = serde_json::to_vec(&spec).map_err(|error| ControlError::Internal(error.to_string()))?;
        let sha256 = hash(&body);
        let known = self.known.specs.lock().expect(UNPOISONED).contains(&sha256);
        if !known {
            self.objects.put(&spec_key(&sha256), "application/json", Bytes::from(body)).await?;
            self.known.specs.lock().expect(UNPOISONED).put(sha256.clone(), Arc::new(spec));
        }
        Ok(sha256)
    }

    /// The spec stored under that hash.
    ///
    /// # Errors
    /// [`ControlError::NotFound`] when it is not there: older than the retention; [`ControlError::Damaged`].
    pub async fn spec(&self, sha256: &str) -> Result<Arc<Spec>, ControlError> {
        if let Some(spec) = self.known.specs.lock().expect(UNPOISONED).get(sha256) {
            return Ok(Arc::clone(spec));
        }
        let body = self.objects.get(&spec_key(sha256)).await?.ok_or_else(|| ControlError::not_found("stored stage", sha256))?;
        let spec: Spec = serde_json::from_slice(&body)
            .map_err(|error| ControlError::Damaged(format!("the stored stage {sha256} cannot be read: {error}")))?;
        let spec = Arc::new(spec);
        self.known.specs.lock().expect(UNPOISONED).put(sha256.to_owned(), Arc::clone(&spec));
        Ok(spec)
    }

    /// Who needs whom among the jobs of a run.
    ///
    /// # Errors
    /// [`ControlError::NotFound`] when what the run was started with is gone; [`ControlError::Damaged`] when it says no order.
    pub(crate) async fn graph(&self, run: &Run) -> Result<Arc<Graph>, ControlError> {
        let sha256 = run.spec.as_ref().map(|spec| spec.sha256.clone());
        let sha256 = sha256.ok_or_else(|| ControlError::Internal(format!("run {} has an order and no stored stage", run.id)))?;
        if let Some(graph) = self.known.graphs.lock().expect(UNPOISONED).get(&sha256) {
            return Ok(Arc::clone(graph));
        }
        let spec = self.spec(&sha256).await?;
        // Thousands of jobs take their time.
        let graph = tokio::task::spawn_blocking(move || graph_of(&spec.schema)).await;
        let graph = graph.map_err(|error| ControlError::Internal(format!("the order of a stage broke: {error}")))?;
        let graph = Arc::new(graph.map_err(|why| ControlError::Damaged(format!("the stored stage {sha256} has no order: {why}")))?);
        self.known.graphs.lock().expect(UNPOISONED).put(sha256, Arc::clone(&graph));
        Ok(graph)
    }

    /// Stores a stage's code and says under which hash.
    pub(crate) async fn store_code(&self, code: &str) -> Result<String, ControlError> {
        let sha256 = hash(code.as_bytes());
        self.objects.put(&code_key(&sha256), "text/plain; charset=utf-8", Bytes::copy_from_slice(code.as_bytes())).await?;
        Ok(sha256)
    }

    /// The code stored under that hash.
    ///
    /// # Errors
    /// [`ControlError::NotFound`] when it is not there.
    pub async fn code(&self, sha256: &str) -> Result<Arc<str>, ControlError> {
        if let Some(code) = self.known.texts.lock().expect(UNPOISONED).get(sha256) {
            return Ok(Arc::clone(code));
        }
        let body = self.objects.get(&code_key(sha256)).await?.ok_or_else(|| ControlError::not_found("stored code", sha256))?;
        let code: Arc<str> = String::from_utf8_lossy(&body).into();
        self.known.texts.lock().expect(UNPOISONED).put(sha256.to_owned(), Arc::clone(&code));
        Ok(code)
    }

    /// Notes that these lanes have jobs, before the jobs are committed.
    pub(crate) async fn open_lanes(&self, lanes: impl IntoIterator<Item = Lane>) -> Result<(), ControlError> {
        let wanted: HashSet<Lane> = lanes.into_iter().collect();
        let new: Vec<Lane> = {
            let known = self.known.lanes.lock().expect(UNPOISONED);
            wanted.into_iter().filter(|lane| !known.contains(lane)).collect()
        };
        if !new.is_empty() {
            self.store.open_lanes(new.clone()).await?;
            self.known.lanes.lock().expect(UNPOISONED).extend(new);
        }
        Ok(())
    }
}
