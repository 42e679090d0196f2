//! The history of a branch follows it to another project: flows, from the newest on, each with its runs and then their jobs.
//!
//! Each is written anew on the condition that it is as it was read, and that the note of the move is: so it may be done twice, beside itself, and
//! while jobs run, and whoever follows an older move stops at the first write. Top down, and a flow together with its runs: what is made
//! below a flow takes over whose it is, under a condition on that flow or run, so none is made behind the back of who goes through them.

use kraken_domain::{
    BranchId, FlowId, JobId, ProjectId, RunId,
    flow::{Flow, FlowKind},
    job::Job,
    moving::{Move, MoveAt},
    record::Stage,
    run::Run,
    trigger::Trigger,
};
use kraken_store::{Commit, CommitError, Entity, Versioned};

use super::retention::Work;
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
    heap::on_heap,
};

/// Flows that one read brings.
const FLOWS_AT_ONCE: u32 = 50;
/// Records that are written together: with 64 KB each they stay within the 4 MB of a transaction.
const TOGETHER: usize = 50;
/// Jobs that one read brings, and one write takes.
const JOBS_AT_ONCE: u32 = 50;

/// What became of a few jobs.
struct Followed {
    /// The last of them if there may be more.
    last: Option<JobId>,
    /// How many were written.
    written: usize,
}

impl Control {
    /// Has what there is of a branch's history follow it, as far as a caller can wait for it.
    pub(crate) async fn follow_at_once(&self, id: BranchId) {
        self.known.retention.end();
        let mut work = Work::of_a_call();
        if let Err(error) = on_heap(|| self.follow_branch(id, &mut work)).await {
            tracing::info!(branch.id = %id, %error, "the history of a branch that moved does not follow at once; it stays due");
        }
    }

    /// Goes on with the history of a branch that moved; says whether there is nothing more to do now.
    pub(super) async fn follow_branch(&self, id: BranchId, work: &mut Work) -> Result<bool, ControlError> {
        let Some(note) = self.store.branch_move(id).await? else { return Ok(true) };
        if note.due > self.clock.now() {
            return Ok(true);
        }
        if note.at.is_none() {
            self.follow_stages(&note).await?;
        }
        let first = note.at.unwrap_or(MoveAt::newest(FlowKind::Ci));
        for kind in FlowKind::ALL.into_iter().skip_while(|kind| *kind != first.kind) {
            let mut at = if kind == first.kind { first } else { MoveAt::newest(kind) };
            let followed = self.follow_kind(&note, &mut at, work).await;
            if !matches!(followed, Ok(true)) {
                // However it ended, what is done need not be done again.
                if note.at != Some(at) {
                    self.write_note(&note, Some(&note.so_far(at))).await?;
                }
                return followed;
            }
        }
        self.write_note(&note, note.through().as_ref()).await?;
        tracing::info!(branch.id = %id, to = %note.to, for_good = note.followed, "the history of a branch followed it to another project");
        Ok(true)
    }

    /// Moves the flows of a kind from there on, and `at` with them; says whether it got through.
    async fn follow_kind(&self, note: &Versioned<Move>, at: &mut MoveAt, work: &mut Work) -> Result<bool, ControlError> {
        loop {
            let flows = match at.before {
                Some(flow) => self.store.flows_before(note.branch, at.kind, flow, FLOWS_AT_ONCE).await?.0,
                None => self.store.flows(note.branch, at.kind, FLOWS_AT_ONCE, None).await?.items,
            };
            if flows.is_empty() {
                return Ok(true);
            }
            for flow in flows {
                if !note.reaches(flow.created_at) {
                    return Ok(true);
                }
                if work.is_over() {
                    return Ok(false);
                }
                work.spend(1);
                at.job = match on_heap(|| self.follow_flow(note, flow.id, at.job, work)).await {
                    Err(never) if !never.is_passing() => {
                        tracing::error!(flow.id = %flow.id, error = %never, "a flow cannot follow its branch to another project; it stays behind");
                        None
                    }
                    done => done?,
                };
                if at.job.is_some() {
                    return Ok(false);
                }
                at.before = Some(flow.id);
            }
        }
    }

    /// Gives the last job that it is done with if it did not get through.
    async fn follow_flow(
        &self,
        note: &Versioned<Move>,
        id: FlowId,
        done: Option<JobId>,
        work: &mut Work,
    ) -> Result<Option<JobId>, ControlError> {
        // Of a flow that is not there any more, say.
        let done = done.filter(|done| done.flow() == id);
        for run in decide!(self.follow_runs(note, id))? {
            if done.is_some_and(|done| run < done.run) {
                continue;
            }
            let mut after = done.filter(|done| done.run == run);
            loop {
                let followed = decide!(self.follow_jobs(note, run, after))?;
                work.spend(followed.written);
                after = followed.last;
                let Some(last) = after else { break };
                if work.is_over() {
                    return Ok(Some(last));
                }
            }
        }
        Ok(None)
    }

    /// Writes a flow and its runs; gives the runs.
    async fn follow_runs(&self, note: &Versioned<Move>, id: FlowId) -> Result<Vec<RunId>, Attempt> {
        let Some(flow) = self.store.flow(id).await? else { return Ok(Vec::new()) };
        let runs = self.store.runs(id).await?;
        let mut commit = Commit::new();
        keep_up(&mut commit, &flow, note.to)?;
        for run in &runs {
            keep_up(&mut commit, run, note.to)?;
            if commit.len() == TOGETHER {
                self.commit_followed(note, std::mem::take(&mut commit)).await?;
            }
        }
        self.commit_followed(note, commit).await?;
        Ok(runs.into_iter().map(|run| run.id).collect())
    }

    async fn follow_jobs(&self, note: &Versioned<Move>, run: RunId, after: Option<JobId>) -> Result<Followed, Attempt> {
        let page = self.store.jobs_after(run, after, JOBS_AT_ONCE).await?;
        let mut commit = Commit::new();
        for job in &page.items {
            keep_up(&mut commit, job, note.to)?;
        }
        let written = commit.len();
        self.commit_followed(note, commit).await?;
        Ok(Followed { last: page.next.and(page.items.last().map(|job| job.id)), written })
    }

    /// Stages moved with their branch; what starts them follows, and a stage that was made at that very moment.
    async fn follow_stages(&self, note: &Versioned<Move>) -> Result<(), ControlError> {
        for stage in self.store.stages(note.branch).await? {
            decide!(self.follow_stage(note, &stage))?;
        }
        Ok(())
    }

    async fn follow_stage(&self, note: &Versioned<Move>, stage: &Stage) -> Result<(), Attempt> {
        let Some(read) = self.store.stage(note.branch, stage.id).await? else { return Ok(()) };
        let mut commit = Commit::new();
        keep_up(&mut commit, &read, note.to)?;
        for trigger in self.store.triggers(stage.id).await? {
            keep_up(&mut commit, &trigger, note.to)?;
        }
        self.commit_followed(note, commit).await
    }

    /// Only as long as the branch is where the note says.
    async fn commit_followed(&self, note: &Versioned<Move>, mut commit: Commit) -> Result<(), Attempt> {
        if commit.is_empty() {
            return Ok(());
        }
        commit.require(note);
        self.store.commit(commit).await.map_err(|error| match error.refused(&note.key()) {
            true => Attempt::Failed(looked_at_anew()),
            false => error.into(),
        })
    }

    /// Notes how far it got; with `None` that all of it is done.
    async fn write_note(&self, note: &Versioned<Move>, next: Option<&Move>) -> Result<(), ControlError> {
        let mut commit = Commit::new();
        match next {
            Some(next) => _ = commit.replace(note, next)?,
            None => _ = commit.delete(note),
        }
        self.store.commit(commit).await.map_err(|error| match error {
            CommitError::Refused(_) => looked_at_anew(),
            CommitError::Store(error) => error.into(),
        })
    }
}

/// What says of itself which project it is of.
trait OfProject: Entity + Sized {
    /// The same in that project; `None` if it is.
    fn in_project(&self, project: ProjectId) -> Option<Self>;
}

macro_rules! of_project {
    ($($record:ident),*) => {$(
        impl OfProject for $record {
            fn in_project(&self, project: ProjectId) -> Option<Self> {
                (self.project != project).then(|| Self { project, ..self.clone() })
            }
        }
    )*};
}

of_project!(Flow, Run, Job, Stage, Trigger);

/// Adds to a commit that a record is of that project, if it is not.
fn keep_up<R: OfProject>(commit: &mut Commit, read: &Versioned<R>, to: ProjectId) -> Result<(), ControlError> {
    if let Some(next) = read.in_project(to) {
        commit.replace(read, &next)?;
    }
    Ok(())
}

fn looked_at_anew() -> ControlError {
    ControlError::Unavailable("somebody else follows the branch, or it moved on".to_owned())
}
