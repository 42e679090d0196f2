//! Who needs whom, by the stage.

use std::{collections::HashMap, ops::Range};

/// A job of the stage, as far as order goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphJob {
    /// Its name as written, unique in the stage.
    pub name: String,
    /// How many jobs of a run come of it.
    pub slots: u32,
    /// The names that it needs.
    pub needs: Vec<String>,
}

/// Why there is no order. A stage that was checked has one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// A need names nobody.
    #[error("the job {job:?} needs {need:?}, which is no job of the stage")]
    Unknown {
        /// Whose.
        job: String,
        /// The name.
        need: String,
    },
    /// Jobs wait for each other.
    #[error("the needs of the job {0:?} go in a circle")]
    Circle(String),
}

#[derive(Clone, Debug)]
struct Node {
    slots: Range<u32>,
    needs: Vec<usize>,
    dependents: Vec<usize>,
    rank: usize,
}

/// Who needs whom. Jobs are known by their index in the stage; the jobs of the run that come of them by their slots, counted from 1 in the
/// order of the stage, as the numbers of a run's first jobs are.
#[derive(Clone, Debug)]
pub struct Graph {
    nodes: Vec<Node>,
    slots: u32,
}

impl Graph {
    /// The order among `jobs`, which are in the order of the stage. Needs on names of which no job comes count as met.
    ///
    /// # Errors
    /// [`GraphError`].
    pub fn new(jobs: &[GraphJob]) -> Result<Self, GraphError> {
        let index: HashMap<&str, usize> = jobs.iter().enumerate().map(|(at, job)| (job.name.as_str(), at)).collect();
        let (mut nodes, mut next) = (Vec::with_capacity(jobs.len()), 1);
        for job in jobs {
            let mut needs = Vec::with_capacity(job.needs.len());
            for need in &job.needs {
                let unknown = || GraphError::Unknown { job: job.name.clone(), need: need.clone() };
                let at = *index.get(need.as_str()).ok_or_else(unknown)?;
                if jobs[at].slots > 0 {
                    needs.push(at);
                }
            }
            needs.sort_unstable();
            needs.dedup();
            nodes.push(Node { slots: next..next + job.slots, needs, dependents: Vec::new(), rank: 0 });
            next += job.slots;
        }
        for at in 0..nodes.len() {
            for need in nodes[at].needs.clone() {
                nodes[need].dependents.push(at);
            }
        }
        let mut graph = Self { nodes, slots: next - 1 };
        graph.rank().map_err(|at| GraphError::Circle(jobs[at].name.clone()))?;
        Ok(graph)
    }

    /// Gives each job a rank above all that it needs; on a circle, a job of it.
    fn rank(&mut self) -> Result<(), usize> {
        let mut open: Vec<usize> = self.nodes.iter().map(|node| node.needs.len()).collect();
        let mut ready: Vec<usize> = (0..open.len()).filter(|at| open[*at] == 0).collect();
        let mut ranked = 0;
        while let Some(at) = ready.pop() {
            self.nodes[at].rank = ranked;
            ranked += 1;
            for dependent in &self.nodes[at].dependents {
                open[*dependent] -= 1;
                if open[*dependent] == 0 {
                    ready.push(*dependent);
                }
            }
        }
        match open.iter().position(|open| *open > 0) {
            Some(at) => Err(at),
            None => Ok(()),
        }
    }

    /// How many slots there are.
    pub fn slots(&self) -> u32 {
        self.slots
    }

    /// The job of the stage that a slot came of.
    pub fn job_of(&self, slot: u32) -> Option<usize> {
        let at = self.nodes.partition_point(|node| node.slots.end <= slot);
        self.nodes.get(at).filter(|node| node.slots.contains(&slot)).map(|_| at)
    }

    /// Whether the job that a slot came of needs others.
    pub fn has_needs(&self, slot: u32) -> bool {
        self.job_of(slot).is_some_and(|at| !self.nodes[at].needs.is_empty())
    }

    /// Whether others need the job that a slot came of.
    pub fn is_needed(&self, slot: u32) -> bool {
        self.job_of(slot).is_some_and(|at| !self.nodes[at].dependents.is_empty())
    }

    /// Where a slot stands in an order in which every job comes after all that it needs.
    pub fn place(&self, slot: u32) -> (usize, u32) {
        (self.job_of(slot).map_or(usize::MAX, |at| self.nodes[at].rank), slot)
    }

    /// The slots of a job of the stage.
    pub(super) fn slots_of(&self, job: usize) -> Range<u32> {
        self.nodes[job].slots.clone()
    }

    pub(super) fn needs_of(&self, job: usize) -> &[usize] {
        &self.nodes[job].needs
    }

    pub(super) fn dependents_of(&self, job: usize) -> &[usize] {
        &self.nodes[job].dependents
    }

    /// The slots that a slot's job needs directly.
    pub fn needed_by(&self, slot: u32) -> impl Iterator<Item = u32> + '_ {
        let needs = self.job_of(slot).map(|at| self.needs_of(at)).unwrap_or_default();
        needs.iter().flat_map(|need| self.slots_of(*need))
    }

    /// The slots that wait for these, directly or over others, each after all that it needs.
    pub fn after(&self, slots: impl IntoIterator<Item = u32>) -> Vec<u32> {
        let mut seen = vec![false; self.nodes.len()];
        let mut open: Vec<usize> = slots.into_iter().filter_map(|slot| self.job_of(slot)).collect();
        let mut found = Vec::new();
        while let Some(at) = open.pop() {
            for dependent in self.dependents_of(at) {
                if !std::mem::replace(&mut seen[*dependent], true) {
                    open.push(*dependent);
                    found.extend(self.slots_of(*dependent));
                }
            }
        }
        found.sort_by_key(|slot| self.place(*slot));
        found
    }
}
