//! What there is to tell of a run, read from its records as they are now.

use kraken_domain::{
    change::Change,
    notice::{Happened, Notice, Occasion},
    run::{RunCounts, RunResult},
    settings::SystemSettings,
};
use kraken_githosts::message::{self, RunNews};

use crate::{
    Control, ControlError,
    flows::{context::RunContext, seen_data::SeenData},
};

/// What there is to tell of a run.
pub(super) struct Facts {
    pub(super) context: RunContext,
    pub(super) counts: RunCounts,
    pub(super) settings: SystemSettings,
    /// Where people find the web UI, without a slash at its end.
    pub(super) public_url: Option<String>,
}

impl Control {
    /// `None`: the run, or what it was in, was deleted.
    pub(super) async fn facts(&self, notice: &Notice) -> Result<Option<Facts>, ControlError> {
        let id = notice.run;
        let (run, flow, branch, project) = tokio::try_join!(
            self.store.run(id),
            self.store.flow(id.flow),
            self.store.branch(notice.branch),
            self.store.project(notice.project),
        )?;
        let (Some(run), Some(flow), Some(branch), Some(project)) = (run, flow, branch, project) else { return Ok(None) };
        let (stage, counts, settings) =
            tokio::try_join!(self.store.stage(run.branch, run.stage), self.store.counts(id), self.store.settings())?;
        let change = self.change_of(&flow.value).await?;
        let settings = settings.map(|read| read.value).unwrap_or_default();
        let public_url = settings.public_url.clone().or_else(|| self.settings.public_url.clone());
        let context = RunContext {
            project: project.value,
            branch: branch.value,
            stage: stage.map(|stage| stage.value),
            flow: flow.value,
            change,
            run: run.value,
            data: SeenData::default(),
        };
        Ok(Some(Facts { context, counts, settings, public_url }))
    }
}

impl Facts {
    /// The change that the run judges.
    pub(super) fn change(&self) -> Option<&Change> {
        self.context.change.as_ref()
    }

    /// The run's page; empty where nobody said where pages are.
    pub(super) fn page(&self) -> String {
        self.public_url.as_ref().map(|url| format!("{url}/runs/{}", self.context.run.id)).unwrap_or_default()
    }

    /// All that there is to tell.
    pub(super) fn news(&self, notice: &Notice) -> RunNews {
        let RunContext { project, branch, flow, run, .. } = &self.context;
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        let (note, took_s) = match &notice.happened {
            Happened::Started => (None, None),
            Happened::Ended { note, took_s, .. } => (note.clone(), took_s.and_then(|took_s| u64::try_from(took_s).ok())),
        };
        let commits = self.change().map(|change| change.commits.as_slice()).unwrap_or_default();
        let changes = commits.iter().map(|commit| message::Change {
            id: commit.id.clone(),
            author: commit.author.name.clone(),
            message: commit.message.clone(),
            url: commit.url.clone(),
        });
        let counts = message::Counts { jobs: count(self.counts.total), jobs_in_error: count(self.counts.error), ..Default::default() };
        RunNews {
            occasion: occasion(notice.occasion),
            result: self.result(&notice.happened),
            project: project.name.clone(),
            branch: branch.name.clone(),
            flow_kind: flow.kind.as_str().to_owned(),
            flow: flow.label.clone(),
            stage: run.stage_name.clone(),
            run_id: run.id.to_string(),
            run: run.label.clone(),
            note,
            counts,
            duration_s: took_s,
            changes: changes.collect(),
            url: self.page(),
        }
    }

    fn result(&self, happened: &Happened) -> message::RunResult {
        match happened {
            Happened::Started => message::RunResult::Running,
            Happened::Ended { result: RunResult::Ok, .. } => message::RunResult::Passed,
            Happened::Ended { result: RunResult::Cancelled, .. } => message::RunResult::Cancelled,
            // Without a job in error it was the run itself that could not be done.
            Happened::Ended { result: RunResult::Error, .. } if self.counts.error == 0 => message::RunResult::Broken,
            Happened::Ended { result: RunResult::Error, .. } => message::RunResult::JobErrors,
        }
    }
}

fn occasion(occasion: Occasion) -> message::Occasion {
    match occasion {
        Occasion::Start => message::Occasion::Start,
        Occasion::End => message::Occasion::End,
        Occasion::Failure => message::Occasion::Failure,
        Occasion::Fixed => message::Occasion::Fixed,
        Occasion::Regression => message::Occasion::Regression,
    }
}
