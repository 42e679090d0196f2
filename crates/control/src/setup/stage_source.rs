//! Stages whose code is a file of a repository.
//!
//! Invariant: a stage's code is always a version that was accepted, and `commit` says of which commit it is. A version that cannot be read
//! or is in error changes nothing but what is said about it, with paths and lines, where the looks at the source are kept.

use std::time::Duration;

use futures::FutureExt;
use kraken_domain::{
    BranchId, StageId, Timestamp,
    record::{Stage, StageSource, check_name},
    trigger::{CodeProblem, Trigger, TriggerKind},
};
use kraken_protocol::api::{FieldProblem, NewStage, NewStageFromRepo, SourceSettings};
use kraken_repos::Place;
use kraken_store::{Commit, Versioned};
use tokio::time::Instant;

use super::{stages::with_schema, triggers};
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
    repos::Unseen,
};

/// For how long a run waits for a look at its stage's source.
const ON_RUN: Duration = Duration::from_secs(3);
/// For how long the runs of one flow wait for all such looks.
const ON_FLOW: Duration = Duration::from_secs(6);
/// For how long a look goes on that somebody waits for, or the tick: it asks for the branch, then for the file.
const REFRESH: Duration = Duration::from_secs(20);
/// Seconds after a look that met a host in trouble for which no run waits for another.
const SPARED_S: i64 = 60;
/// Bytes of what says where a file is.
const SOURCE_BYTES_MAX: usize = 4_000;
/// Seconds between two looks, at least.
const EVERY_MIN_S: u64 = 60;
/// Problems of a version that are kept.
const PROBLEMS_MAX: usize = 20;
/// Characters of one of them.
const PROBLEM_MAX: usize = 400;

/// A version of a file.
struct Version {
    commit: String,
    code: String,
}

/// A stage after a look at its source.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// The stage.
    pub stage: Stage,
    /// Why the newest version is not in force; `None` when it is.
    pub why_not: Option<String>,
}

impl Control {
    /// Makes a stage whose code is a file of a repository.
    ///
    /// # Errors
    /// As [`Control::create_stage`]; [`ControlError::Invalid`] or [`ControlError::Unavailable`] when the file cannot be read.
    pub async fn create_stage_from_repo(&self, branch: BranchId, new: NewStageFromRepo) -> Result<Stage, ControlError> {
        check_name(&new.name).map_err(|error| ControlError::name("/name", error))?;
        let of = self.branch(branch).await?;
        let mut source = source(&new.source)?;
        let version = self.first_version(&of.value, &source).await?;
        source.commit = version.commit;
        let new = NewStage { name: new.name, description: new.description, code: version.code };
        self.create_stage_of(branch, new, Some(source)).await
    }

    /// Takes the code of a stage from a file of a repository from now on; `None`: from nowhere, it is edited here.
    ///
    /// # Errors
    /// As [`Control::create_stage_from_repo`].
    pub async fn set_stage_source(&self, id: StageId, settings: Option<SourceSettings>) -> Result<Stage, ControlError> {
        let Some(settings) = settings else { return decide!(self.try_forget_source(id)) };
        let mut source = source(&settings)?;
        let of = self.branch(self.stage(id).await?.branch).await?;
        let version = self.first_version(&of.value, &source).await?;
        source.commit = version.commit.clone();
        let sha256 = self.store_code(&version.code).await?;
        decide!(self.try_set_source(id, &source, &version, &sha256))
    }

    async fn try_set_source(&self, id: StageId, source: &StageSource, version: &Version, sha256: &str) -> Result<Stage, Attempt> {
        let read = self.stage(id).await?;
        self.put_version(&read, source.clone(), version, sha256).await
    }

    async fn try_forget_source(&self, id: StageId) -> Result<Stage, Attempt> {
        let read = self.stage(id).await?;
        let next = Stage { source: None, ..read.value.clone() };
        let mut commit = Commit::new();
        commit.replace(&read, &next)?;
        triggers::keep(&mut commit, &next, &self.store.triggers(id).await?, self.clock.now())?;
        self.store.commit(commit).await?;
        Ok(next)
    }

    /// Looks at a stage's source now, and takes over what is new and right.
    ///
    /// # Errors
    /// [`ControlError::Conflict`] for a stage that has none; a version in error is an answer, not an error.
    pub async fn refresh_stage(&self, id: StageId) -> Result<Refreshed, ControlError> {
        let trigger = self.store.trigger(id, TriggerKind::Source).await?;
        self.refresh_within(id, trigger.as_deref(), REFRESH).await
    }

    /// When the looks for runs that begin now are over.
    pub(crate) fn looks_for_runs_end() -> Instant {
        Instant::now() + ON_FLOW
    }

    /// The stage as it is to run: after a look until `end`, if it wants one before each run. A look that fails costs nothing but its time, and
    /// none is made right after one that failed: whoever creates runs has others to create.
    pub(crate) async fn fresh_for_run(&self, stage: Stage, end: Instant) -> (Stage, Option<String>) {
        let on_run = stage.source.as_ref().is_some_and(|source| source.on_run);
        if !on_run || self.repos.is_none() {
            return (stage, None);
        }
        // On the heap: it is rare and large, and starting a run is neither.
        self.looked_at_for_run(stage, end).boxed().await
    }

    async fn looked_at_for_run(&self, stage: Stage, end: Instant) -> (Stage, Option<String>) {
        match self.look_for_run(&stage, end).await {
            Ok(fresh) => (fresh.stage, fresh.why_not),
            Err(error) => {
                tracing::warn!(stage.id = %stage.id, %error, "a stage's source could not be looked at before a run");
                let why = format!("its source could not be looked at: {}", error.plainly());
                (stage, Some(why))
            }
        }
    }

    async fn look_for_run(&self, stage: &Stage, end: Instant) -> Result<Refreshed, ControlError> {
        let trigger = self.store.trigger(stage.id, TriggerKind::Source).await?;
        let commit = stage.source.as_ref().map(|source| source.commit.as_str()).unwrap_or_default();
        let unread = |why: &str| Some(format!("its repository cannot be read ({why}); the version of commit {commit} is used"));
        if let Some(why) = trigger.as_ref().and_then(|trigger| spared(trigger, self.clock.now())) {
            return Ok(Refreshed { stage: stage.clone(), why_not: unread(why) });
        }
        let limit = ON_RUN.min(end.saturating_duration_since(Instant::now()));
        if limit.is_zero() {
            return Ok(Refreshed { stage: stage.clone(), why_not: unread("looking at other stages took too long") });
        }
        self.refresh_within(stage.id, trigger.as_deref(), limit).await
    }

    async fn refresh_within(&self, id: StageId, trigger: Option<&Trigger>, limit: Duration) -> Result<Refreshed, ControlError> {
        let stage = self.stage(id).await?;
        let Some(source) = stage.source.clone() else {
            return Err(ControlError::Conflict(format!("the code of stage {:?} is in no repository", stage.name)));
        };
        // Code that was in error may be right now that other stages are there; what was not read is read again.
        let known = if trigger.is_some_and(|trigger| trigger.trouble.is_some()) { None } else { Some(source.commit.as_str()) };
        let look = self.newer_version(&stage, &source, known);
        let looked =
            tokio::time::timeout(limit, look).await.unwrap_or_else(|_| Err(format!("no answer within {} s", limit.as_secs().max(1))));
        let version = match looked {
            Ok(Some(version)) => version,
            Ok(None) => {
                self.note_look(id, None, None).await;
                return Ok(Refreshed { stage: stage.value, why_not: None });
            }
            Err(why) => {
                self.note_look(id, None, Some((why.clone(), Vec::new()))).await;
                let why = format!("its repository cannot be read ({why}); the version of commit {} is used", source.commit);
                return Ok(Refreshed { stage: stage.value, why_not: Some(why) });
            }
        };
        let sha256 = self.store_code(&version.code).await?;
        let taken: Result<Stage, ControlError> = decide!(self.try_take_version(id, &source, &version, &sha256));
        match taken {
            Ok(stage) => Ok(Refreshed { stage, why_not: None }),
            Err(ControlError::Invalid(problems)) => {
                let first = problems.first().map(|problem| problem.message.clone()).unwrap_or_default();
                let why = format!("commit {} is in error ({first}); the version of commit {} is used", version.commit, source.commit);
                let shown = problems.into_iter().take(PROBLEMS_MAX).map(kept).collect();
                self.note_look(id, Some(version.commit), Some((why.clone(), shown))).await;
                Ok(Refreshed { stage: stage.value, why_not: Some(why) })
            }
            Err(error) => Err(error),
        }
    }

    async fn try_take_version(&self, id: StageId, looked_at: &StageSource, version: &Version, sha256: &str) -> Result<Stage, Attempt> {
        let read = self.stage(id).await?;
        match &read.source {
            // What was looked at is its source no more.
            Some(now) if now.rule() == looked_at.rule() => self.put_version(&read, now.clone(), version, sha256).await,
            _ => Ok(read.value.clone()),
        }
    }

    /// Writes a version as the code of a stage, if it is right.
    async fn put_version(&self, read: &Versioned<Stage>, source: StageSource, version: &Version, sha256: &str) -> Result<Stage, Attempt> {
        // Before the other stages are looked at, as wherever code is saved.
        let branch = self.branch(read.branch).await?;
        let schema = self.accepted(&branch, &read.name, version.code.clone()).await?;
        let now = self.clock.now();
        let mut next = read.value.clone();
        if next.code_sha256 != sha256 {
            next.code_sha256 = sha256.to_owned();
            next.updated_at = now;
        }
        next.source = Some(StageSource { commit: version.commit.clone(), ..source });
        let next = with_schema(next, &schema)?;
        let mut commit = Commit::new();
        if next.parents != read.parents {
            commit.touch_alone(&branch);
        }
        let looked = triggers::SourceLook { head: Some(version.commit.clone()), trouble: None };
        if next != read.value {
            commit.replace(read, &next)?;
        }
        triggers::keep_looked(&mut commit, &next, &self.store.triggers(read.id).await?, now, &looked)?;
        self.store.commit(commit).await?;
        Ok(next)
    }

    /// Writes down what a look met. That it is not written costs a look more.
    async fn note_look(&self, id: StageId, head: Option<String>, trouble: Option<(String, Vec<CodeProblem>)>) {
        let noted: Result<(), ControlError> = decide!(self.try_note_look(id, &head, &trouble));
        if let Err(error) = noted {
            tracing::warn!(stage.id = %id, %error, "a look at a stage's source could not be noted");
        }
    }

    async fn try_note_look(&self, id: StageId, head: &Option<String>, trouble: &Option<(String, Vec<CodeProblem>)>) -> Result<(), Attempt> {
        let Some(read): Option<Versioned<Trigger>> = self.store.trigger(id, TriggerKind::Source).await? else { return Ok(()) };
        let mut commit = Commit::new();
        commit.replace(&read, &read.read_source(self.clock.now(), head.clone(), trouble.clone()))?;
        Ok(self.store.commit(commit).await?)
    }

    async fn first_version(&self, branch: &kraken_domain::record::Branch, source: &StageSource) -> Result<Version, ControlError> {
        let place = self.repo_place(branch.project, branch.id, &source.url, &source.branch, source.credentials.as_deref()).await;
        let place = place.map_err(|why| ControlError::invalid("/source", why))?;
        let repos = self.repos().map_err(ControlError::Unavailable)?;
        match repos.read_file(&place, &source.file).await {
            Ok(file) => version(file).map_err(|why| ControlError::invalid("/source/file", why)),
            Err(error) if error.may_pass() => Err(ControlError::Unavailable(error.to_string())),
            Err(error) => Err(ControlError::invalid("/source", error.to_string())),
        }
    }

    /// The newest version, if its commit is not `known`.
    async fn newer_version(&self, stage: &Stage, source: &StageSource, known: Option<&str>) -> Result<Option<Version>, Unseen> {
        let place: Place = self.repo_place(stage.project, stage.branch, &source.url, &source.branch, source.credentials.as_deref()).await?;
        let repos = self.repos()?;
        if let Some(known) = known {
            let head = repos.head(&place).await.map_err(|error| error.to_string())?;
            if head.to_string() == known {
                return Ok(None);
            }
        }
        let file = repos.read_file(&place, &source.file).await.map_err(|error| error.to_string())?;
        version(file).map(Some)
    }
}

/// Why no run waits for a look at `now`: one has just met a host that does not answer. Code in error is looked at, as it may be mended.
fn spared(trigger: &Trigger, now: Timestamp) -> Option<&str> {
    let trouble = trigger.trouble.as_ref().filter(|trouble| trouble.problems.is_empty())?;
    let just_now = trigger.looked_at.is_some_and(|at| now.duration_since(at).as_secs() < SPARED_S);
    just_now.then_some(trouble.why.as_str())
}

fn version(file: kraken_repos::FileAt) -> Result<Version, String> {
    let code = String::from_utf8(file.bytes).map_err(|_| "the file is no text in UTF-8".to_owned())?;
    Ok(Version { commit: file.commit.to_string(), code })
}

/// What is asked for, checked as far as it can be without a look.
fn source(settings: &SourceSettings) -> Result<StageSource, ControlError> {
    if let Err(error) = settings.url.parse::<kraken_repos::Address>() {
        return Err(ControlError::invalid("/source/url", error.to_string()));
    }
    if settings.file.trim_matches('/').is_empty() {
        return Err(ControlError::invalid("/source/file", "the file is empty: expected its path in the repository, such as ci/build.star"));
    }
    let bytes = settings.url.len() + settings.branch.len() + settings.file.len() + settings.credentials.as_ref().map_or(0, String::len);
    if bytes > SOURCE_BYTES_MAX {
        let why = format!("address, branch, file and credentials have {bytes} bytes together: at most {SOURCE_BYTES_MAX} are kept");
        return Err(ControlError::invalid("/source", why));
    }
    if settings.refresh_s < EVERY_MIN_S {
        let why = format!("refresh_s is {}: expected at least {EVERY_MIN_S} seconds", settings.refresh_s);
        return Err(ControlError::invalid("/source/refresh_s", why));
    }
    Ok(StageSource {
        url: settings.url.trim().to_owned(),
        branch: settings.branch.clone(),
        file: settings.file.clone(),
        credentials: settings.credentials.clone(),
        every_s: settings.refresh_s,
        on_run: settings.refresh_on_run,
        commit: String::new(),
    })
}

fn kept(problem: FieldProblem) -> CodeProblem {
    CodeProblem { path: problem.path, line: problem.line, message: problem.message.chars().take(PROBLEM_MAX).collect() }
}
