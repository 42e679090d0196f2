//! Saving stages. Code that is in error is never stored as a stage's current one.

use std::collections::BTreeSet;

use kraken_domain::{
    BranchId, StageId,
    record::{Branch, Stage, StageSource, TAKEN_OVER, check_name},
};
use kraken_protocol::api::{FieldProblem, NewStage, StageChange};
use kraken_store::{Commit, Entity, Guard};
use kraken_workflow::{Checked, Known, StageSchema};

use super::{parameters, triggers};
use crate::{
    Control, ControlError,
    again::{Attempt, decide},
};

/// The largest code that a stage may have, in bytes.
const CODE_MAX: usize = 1 << 20;

impl Control {
    /// Makes a stage.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] with all that is wrong with its name or code; [`ControlError::Conflict`] when the branch has one
    /// of that name.
    pub async fn create_stage(&self, branch: BranchId, new: NewStage) -> Result<Stage, ControlError> {
        self.create_stage_of(branch, new, None).await
    }

    /// Makes a stage whose code is from there.
    pub(super) async fn create_stage_of(
        &self,
        branch: BranchId,
        new: NewStage,
        source: Option<StageSource>,
    ) -> Result<Stage, ControlError> {
        check_name(&new.name).map_err(|error| ControlError::name("/name", error))?;
        let code_sha256 = self.store_code(&new.code).await?;
        let id = self.ids.stage(self.clock.now());
        decide!(self.try_create_stage(id, branch, &new, &code_sha256, source.as_ref()))
    }

    async fn try_create_stage(
        &self,
        id: StageId,
        branch: BranchId,
        new: &NewStage,
        code_sha256: &str,
        source: Option<&StageSource>,
    ) -> Result<Stage, Attempt> {
        // Before the other stages are looked at: one that is made or changed in between touches the branch.
        let branch = self.branch(branch).await?;
        let schema = self.accepted(&branch, &new.name, new.code.clone()).await?;
        let now = self.clock.now();
        let stage = Stage {
            id,
            branch: branch.id,
            project: branch.project,
            name: new.name.clone(),
            description: new.description.clone(),
            enabled: true,
            created_at: now,
            updated_at: now,
            code_sha256: code_sha256.to_owned(),
            parents: Vec::new(),
            starts_with_parent: true,
            manual: false,
            rules: Vec::new(),
            webhook: kraken_domain::webhook::WebhookRule::default(),
            parameters: Vec::new(),
            taken_over: 0,
            source: source.cloned(),
            runs: 0,
        };
        let stage = with_schema(stage, &schema)?;
        let [name, place] = Guard::of_stage(&stage);
        let mut commit = Commit::new();
        commit.create(&name)?.create(&place)?.create(&stage)?;
        triggers::keep(&mut commit, &stage, &[], now)?;
        if stage.is_root() {
            // The stage says whose it is: never of the project that its branch has just left.
            commit.touch_same(&branch);
        } else {
            commit.touch_alone(&branch);
        }
        match self.store.commit(commit).await {
            Err(error) if error.refused(&name.key()) => {
                Err(ControlError::Conflict(format!("branch {:?} already has a stage {:?}", branch.name, stage.name)).into())
            }
            Err(error) => Err(error.into()),
            Ok(()) => Ok(stage),
        }
    }

    /// Changes a stage.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] with all that is wrong with its code; [`ControlError::Conflict`] when the code is no longer the
    /// one that the caller knows.
    pub async fn change_stage(&self, id: StageId, change: StageChange) -> Result<Stage, ControlError> {
        let sha256 = match &change.code {
            Some(code) => Some(self.store_code(code).await?),
            None => None,
        };
        decide!(self.try_change_stage(id, &change, sha256.as_deref()))
    }

    async fn try_change_stage(&self, id: StageId, change: &StageChange, code_sha256: Option<&str>) -> Result<Stage, Attempt> {
        let read = self.stage(id).await?;
        if let Some(known) = &change.if_sha256
            && *known != read.code_sha256
        {
            let why = format!("the code of stage {:?} has changed since you read it: it is now {}", read.name, read.code_sha256);
            return Err(ControlError::Conflict(why).into());
        }
        if let (Some(_), Some(source)) = (&change.code, &read.source) {
            let why =
                format!("the code of stage {:?} is kept in {}: change it there, or take that source from the stage", read.name, source.url);
            return Err(ControlError::Conflict(why).into());
        }
        let mut next = read.value.clone();
        next.enabled = change.enabled.unwrap_or(next.enabled);
        next.description = change.description.clone().unwrap_or(next.description);
        let mut commit = Commit::new();
        if let (Some(code), Some(sha256)) = (&change.code, code_sha256) {
            // Before the other stages are looked at, as above.
            let branch = self.branch(read.branch).await?;
            let schema = self.accepted(&branch, &read.name, code.clone()).await?;
            next.code_sha256 = sha256.to_owned();
            next.updated_at = self.clock.now();
            next = with_schema(next, &schema)?;
            // Two changes at once could make a circle that neither of them is.
            if next.parents != read.parents {
                commit.touch_alone(&branch);
            }
        }
        commit.replace(&read, &next)?;
        // Triggers are written with the rules that they are of.
        let kept = if read.rules.is_empty() && next.rules.is_empty() && next.source.is_none() {
            Vec::new()
        } else {
            self.store.triggers(id).await?
        };
        triggers::keep(&mut commit, &next, &kept, self.clock.now())?;
        self.store.commit(commit).await?;
        Ok(next)
    }

    /// Removes a stage. Its runs stay.
    ///
    /// # Errors
    /// [`ControlError::NotFound`]; [`ControlError::Conflict`] while other stages wait for it.
    pub async fn delete_stage(&self, id: StageId) -> Result<(), ControlError> {
        decide!(self.try_delete_stage(id))
    }

    async fn try_delete_stage(&self, id: StageId) -> Result<(), Attempt> {
        let stage = self.stage(id).await?;
        let branch = self.branch(stage.branch).await?;
        let stages = self.store.stages(stage.branch).await?;
        if let Some(child) = stages.iter().find(|other| other.parents.contains(&stage.name)) {
            let why = format!("stage {:?} waits for {:?}: change or delete it first", child.name, stage.name);
            return Err(ControlError::Conflict(why).into());
        }
        let [name, place] = Guard::of_stage(&stage);
        let mut commit = Commit::new();
        triggers::remove(&mut commit, &self.store.triggers(id).await?);
        commit.touch_alone(&branch).delete(&stage).forget(&name).forget(&place);
        Ok(self.store.commit(commit).await?)
    }

    /// Takes over from the code of a stage what an earlier version did not take over when it saved it. Nothing happens when it is done.
    pub(super) async fn try_read_anew(&self, id: StageId) -> Result<(), Attempt> {
        let read = self.stage(id).await?;
        if read.taken_over >= TAKEN_OVER {
            return Ok(());
        }
        let branch = self.branch(read.branch).await?;
        let code = self.code(&read.code_sha256).await?;
        let checked = self.checked(&branch, &read.name, code.to_string()).await?;
        let next = match checked.schema {
            // Who waits for whom was taken over ever since; it is not changed behind anybody's back.
            Some(schema) => Stage {
                rules: triggers::rules(&schema.triggers)?,
                webhook: triggers::webhook(&schema.triggers)?,
                parameters: parameters::of_schema(&schema),
                taken_over: TAKEN_OVER,
                ..read.value.clone()
            },
            // What cannot be evaluated now says nothing; its next save will.
            None => Stage { taken_over: TAKEN_OVER, ..read.value.clone() },
        };
        let mut commit = Commit::new();
        commit.replace(&read, &next)?;
        triggers::keep(&mut commit, &next, &self.store.triggers(id).await?, self.clock.now())?;
        self.store.commit(commit).await?;
        tracing::info!(stage.id = %id, triggers = next.rules.len(), "took over what an earlier version left in a stage's code");
        Ok(())
    }

    pub(super) async fn accepted(&self, branch: &Branch, name: &str, code: String) -> Result<StageSchema, ControlError> {
        let checked = self.checked(branch, name, code).await?;
        match checked.schema {
            Some(schema) if checked.problems.is_empty() => Ok(schema),
            _ => Err(ControlError::Invalid(problems(checked.problems))),
        }
    }

    pub(super) async fn checked(&self, branch: &Branch, name: &str, code: String) -> Result<Checked, ControlError> {
        if code.len() > CODE_MAX {
            return Err(ControlError::TooLarge(format!("the code has {} bytes: at most {CODE_MAX} are accepted", code.len())));
        }
        let stages = self.store.stages(branch.id).await?;
        let groups = self.store.groups(1000, None).await?;
        let parents = stages.iter().filter(|stage| stage.name != name).map(|stage| (stage.name.clone(), stage.parents.clone())).collect();
        let known = Known {
            this_stage: Some(name.to_owned()),
            stages: Some(parents),
            groups: Some(
                groups
                    .items
                    .into_iter()
                    .filter(|group| group.project.is_none_or(|owner| owner == branch.project))
                    .map(|group| group.value.name)
                    .collect(),
            ),
            secrets: Some(self.known_secrets(branch).await?),
            // Tools cannot be added yet: there are those that come with Kraken.
            tools: Some(BTreeSet::new()),
        };
        let checked = tokio::task::spawn_blocking(move || kraken_workflow::check(&code, &known)).await;
        checked.map_err(|error| ControlError::Internal(format!("the check of a stage broke: {error}")))
    }
}

/// Takes over what must be known of a stage without evaluating it.
pub(super) fn with_schema(stage: Stage, schema: &StageSchema) -> Result<Stage, ControlError> {
    let rules = triggers::rules(&schema.triggers)?;
    let (parents, starts_with_parent, manual) = (schema.parents(), schema.starts_with_parent(), schema.is_manual());
    let webhook = triggers::webhook(&schema.triggers)?;
    let parameters = parameters::of_schema(schema);
    Ok(Stage { parents, starts_with_parent, manual, rules, webhook, parameters, taken_over: TAKEN_OVER, ..stage })
}

pub(super) fn problems(problems: Vec<kraken_workflow::Problem>) -> Vec<FieldProblem> {
    problems.into_iter().map(|problem| FieldProblem { path: problem.path, line: problem.line, message: problem.message }).collect()
}
