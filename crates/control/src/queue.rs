//! The queue as people see it: what waits for agents, why, and what the agents do.
//!
//! Invariant: what one look costs depends on how many lanes there are and how much of the queue is shown, never on how long it is. What
//! explains the waiting is read once, not for each job.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures::{StreamExt, TryStreamExt, stream};
use kraken_domain::{
    access::Role,
    agent::Agent,
    job::{Job, JobState},
    place::{ALL_AGENTS, Lane},
    record::AgentsGroup,
    schedule::{Capacity, Outlook},
};
use kraken_protocol::api::{GroupCapacity, QueueView, QueuedJob};
use kraken_store::{LanePart, QueuePlace, Versioned};

use crate::{Control, ControlError, setup::Caller};

/// Jobs before one are counted no further.
const COUNTED: u32 = 1000;
/// Agents that are looked at.
const AGENTS: usize = 2000;
/// Groups whose agents are counted.
const GROUPS: u32 = 200;
/// Lanes that are read at the same time.
const AT_ONCE: usize = 8;

/// A job that is shown: its place, its lane by its index, and how many of that lane are shown before it.
struct Shown {
    place: QueuePlace,
    lane: usize,
    before: u32,
    job: kraken_domain::JobId,
}

impl Control {
    /// What waits for agents, in the order of service; at most `limit`, those after `cursor`, only of `group` where one is named.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a cursor of another list; else when the table failed.
    pub async fn queue(&self, caller: &Caller, group: Option<&str>, limit: u32, cursor: Option<&str>) -> Result<QueueView, ControlError> {
        let after = cursor.map(str::parse::<QueuePlace>).transpose()?;
        let (lanes, agents) = tokio::try_join!(async { Ok(self.store.lanes().await?) }, self.known_agents())?;
        let lanes: Vec<Lane> = lanes.into_iter().filter(|lane| group.is_none_or(|wanted| lane.group == wanted)).collect();
        // One more than is shown tells whether there is more.
        let from = after.as_ref();
        let parts = stream::iter(lanes.clone()).map(|lane| async move { self.store.waiting_after(&lane, from, limit + 1).await });
        let parts: Vec<LanePart> = parts.buffered(AT_ONCE).try_collect().await?;
        let groups = match &after {
            None => self.capacities(caller, group, &lanes, &parts, &agents).await?,
            Some(_) => Vec::new(),
        };
        let (shown, more) = served_first(parts, limit as usize);
        let next = shown.last().filter(|_| more).map(|last| last.place.to_string());
        let items = self.explained(caller, &lanes, &agents, shown, after.is_some()).await?;
        Ok(QueueView { items, next, groups })
    }

    async fn known_agents(&self) -> Result<Vec<Agent>, ControlError> {
        let (mut agents, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.agents(1000, after.as_ref()).await?;
            agents.extend(page.items.into_iter().map(|agent| agent.value));
            after = page.next;
            if after.is_none() || agents.len() >= AGENTS {
                return Ok(agents);
            }
        }
    }

    /// The groups, `all` first: those that there are, and those that something waits for; without those of projects that the caller may
    /// not see.
    async fn capacities(
        &self,
        caller: &Caller,
        only: Option<&str>,
        lanes: &[Lane],
        parts: &[LanePart],
        agents: &[Agent],
    ) -> Result<Vec<GroupCapacity>, ControlError> {
        let mut waiting: BTreeMap<String, (u32, bool)> = BTreeMap::new();
        for (lane, part) in lanes.iter().zip(parts).filter(|(_, part)| !part.jobs.is_empty()) {
            let counted = match part.more {
                false => u32::try_from(part.jobs.len()).unwrap_or(u32::MAX),
                true => self.store.waiting_before(lane, None, COUNTED).await?,
            };
            let (of_group, more) = waiting.entry(lane.group.clone()).or_default();
            *of_group = of_group.saturating_add(counted);
            *more |= counted >= COUNTED;
        }
        let seen = |group: &AgentsGroup| group.project.is_none_or(|project| caller.require(Some(project), Role::Viewer).is_ok());
        let known: HashMap<String, bool> =
            self.store.groups(GROUPS, None).await?.items.iter().map(|group| (group.name.clone(), seen(&group.value))).collect();
        let mut hidden = BTreeSet::new();
        for name in waiting.keys().filter(|name| *name != ALL_AGENTS) {
            let shown = match known.get(name) {
                Some(shown) => *shown,
                None => self.store.group(name).await?.is_none_or(|group| seen(&group.value)),
            };
            if !shown {
                hidden.insert(name.clone());
            }
        }
        for (name, _) in known.into_iter().filter(|(_, shown)| *shown) {
            waiting.entry(name).or_default();
        }
        waiting.entry(ALL_AGENTS.to_owned()).or_default();
        waiting.retain(|name, _| !hidden.contains(name) && only.is_none_or(|wanted| wanted == name));
        let mut groups: Vec<GroupCapacity> = waiting
            .into_iter()
            .map(|(group, (waiting, more))| {
                let Capacity { idle, busy, offline, disabled } = Capacity::of(&group, agents);
                GroupCapacity { group, idle, busy, offline, disabled, waiting, more }
            })
            .collect();
        groups.sort_by_key(|group| group.group != ALL_AGENTS);
        Ok(groups)
    }

    /// The shown jobs as people read them: those that the caller may see, and that still wait.
    async fn explained(
        &self,
        caller: &Caller,
        lanes: &[Lane],
        agents: &[Agent],
        shown: Vec<Shown>,
        goes_on: bool,
    ) -> Result<Vec<QueuedJob>, ControlError> {
        let ids: Vec<_> = shown.iter().map(|shown| shown.job).collect();
        let found = self.store.jobs_by_id(&ids).await?;
        let waits = |job: &Job| matches!(job.state, JobState::Queued { .. }) && caller.require(Some(job.project), Role::Viewer).is_ok();
        let jobs: Vec<(Shown, Job)> =
            shown.into_iter().zip(found).filter_map(|(shown, job)| Some((shown, job?.value))).filter(|(_, job)| waits(job)).collect();
        let names = self.names(jobs.iter().map(|(_, job)| job)).await?;

        // Of each lane: why its jobs wait, and how many are before all that are looked at here; `None` where those are too many to count.
        let mut outlooks: HashMap<usize, (Outlook, Option<u32>)> = HashMap::new();
        let mut items = Vec::with_capacity(jobs.len());
        for (shown, job) in jobs {
            let (outlook, earlier) = match outlooks.entry(shown.lane) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    let lane = &lanes[shown.lane];
                    let earlier = if goes_on {
                        let counted = self.store.waiting_before(lane, Some(&shown.place), COUNTED).await?;
                        (counted < COUNTED).then(|| counted.saturating_sub(shown.before))
                    } else {
                        Some(0)
                    };
                    place.insert((Outlook::of(lane, agents), earlier))
                }
            };
            let ahead = earlier.map(|earlier| earlier.saturating_add(shown.before)).filter(|ahead| *ahead < COUNTED);
            let reason = outlook.explain(ahead.unwrap_or(COUNTED) as usize);
            items.push(names.view(job, reason, ahead.map(|ahead| ahead + 1)));
        }
        Ok(items)
    }

    async fn names(&self, jobs: impl Iterator<Item = &Job>) -> Result<Names, ControlError> {
        let (mut runs, mut flows, mut branches, mut projects) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for job in jobs {
            runs.insert(job.id.run);
            flows.insert(job.id.flow());
            branches.insert(job.branch);
            projects.insert(job.project);
        }
        let (runs, flows) = (Vec::from_iter(runs), Vec::from_iter(flows));
        let (branches, projects) = (Vec::from_iter(branches), Vec::from_iter(projects));
        let (runs, flows, branches, projects) = tokio::try_join!(
            self.store.runs_by_id(&runs),
            self.store.flows_by_id(&flows),
            self.store.branches_by_id(&branches),
            self.store.projects_by_id(&projects),
        )?;
        fn there<T>(found: Vec<Option<Versioned<T>>>) -> impl Iterator<Item = T> {
            found.into_iter().flatten().map(|record| record.value)
        }
        Ok(Names {
            stages: there(runs).map(|run| (run.id, run.stage_name)).collect(),
            flows: there(flows).map(|flow| (flow.id, (flow.label, flow.kind))).collect(),
            branches: there(branches).map(|branch| (branch.id, branch.name)).collect(),
            projects: there(projects).map(|project| (project.id, project.name)).collect(),
        })
    }
}

/// The jobs of all lanes that are served first, and whether more wait.
fn served_first(parts: Vec<LanePart>, limit: usize) -> (Vec<Shown>, bool) {
    let mut all: Vec<Shown> = Vec::new();
    for (lane, part) in parts.into_iter().enumerate() {
        all.extend((0..).zip(part.jobs).map(|(before, (place, job))| Shown { place, lane, before, job }));
    }
    all.sort_by(|one, other| one.place.cmp(&other.place));
    let more = all.len() > limit;
    all.truncate(limit);
    (all, more)
}

/// What people call the things that jobs belong to.
struct Names {
    stages: HashMap<kraken_domain::RunId, String>,
    flows: HashMap<kraken_domain::FlowId, (String, kraken_domain::flow::FlowKind)>,
    branches: HashMap<kraken_domain::BranchId, String>,
    projects: HashMap<kraken_domain::ProjectId, String>,
}

impl Names {
    fn view(&self, job: Job, reason: String, position: Option<u32>) -> QueuedJob {
        let flow = job.id.flow();
        let (flow_label, kind) = self.flows.get(&flow).cloned().unwrap_or((String::new(), kraken_domain::flow::FlowKind::Ci));
        QueuedJob {
            since: match job.state {
                JobState::Queued { since } => since,
                _ => job.created_at,
            },
            job: job.id,
            run: job.id.run,
            flow,
            flow_label,
            kind,
            stage: job.stage,
            stage_name: self.stages.get(&job.id.run).cloned().unwrap_or_default(),
            branch_name: self.branches.get(&job.branch).cloned().unwrap_or_default(),
            branch: job.branch,
            project_name: self.projects.get(&job.project).cloned().unwrap_or_default(),
            project: job.project,
            agents_group: job.place.group,
            system: job.place.system,
            executor: job.place.executor.to_string(),
            name: job.name,
            reason,
            position,
        }
    }
}
