//! Lines of any log: out of the search where there is one, else out of the stored logs of one run or job.
//!
//! Invariant: who is no administrator finds lines of jobs only, and of flows that they may see. A line says which project it was of when it was
//! written; its flow knows better, as branches move.

use std::{collections::HashMap, sync::Arc};

use kraken_domain::{FlowId, JobId, ProjectId, RunId, access::Role};
use kraken_protocol::api::{FoundLine, FoundLogs};
use kraken_search::{Entry, LogSearch, Order, Page, Query, SearchError, Source};

use crate::{Control, ControlError, setup::Caller};

/// The service of what jobs print.
pub(super) const JOBS: &str = "job";

impl Control {
    /// The same with a place where logs are searched.
    #[must_use]
    pub fn with_search(mut self, search: Arc<dyn LogSearch>) -> Self {
        self.search = Some(search);
        self
    }

    /// A page of lines that fit, as far as `caller` may see them; the newest first unless `order` says otherwise. Where there is no search,
    /// they come as in the logs, job by job.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a query that makes no sense, or that is too wide where there is no search; [`ControlError::Forbidden`].
    pub async fn find_logs(&self, caller: &Caller, query: Query, order: Option<Order>) -> Result<FoundLogs, ControlError> {
        query.check().map_err(refused)?;
        let mut query = self.confined(caller, query).await?;
        let Some(search) = &self.search else {
            if order == Some(Order::NewestFirst) {
                let why = "here are no sorted logs: without a log search lines come as they stand in the logs; leave ?order= out";
                return Err(ControlError::invalid("/query/order", why));
            }
            return self.scan_logs(query).await;
        };
        query.order = order.unwrap_or_default();
        let (page, behind) = tokio::join!(search.search(query), self.queues.new_logs_waiting());
        let mut page = page.map_err(refused)?;
        if caller.require(None, Role::Viewer).is_err() {
            page = self.seen_by(caller, page).await?;
        }
        let behind = behind.unwrap_or_else(|error| {
            tracing::warn!(%error, "it is not known how far the search of logs is behind");
            0
        });
        let room = text_bytes(page.entries.len());
        let numbers = page.numbers.into_iter().chain(std::iter::repeat(None));
        let items = page.entries.into_iter().zip(numbers).map(|(entry, number)| shown(entry, number, room)).collect();
        Ok(FoundLogs { items, next: page.cursor, behind })
    }

    /// The query with what the caller may see made part of it.
    async fn confined(&self, caller: &Caller, mut query: Query) -> Result<Query, ControlError> {
        if caller.require(None, Role::Admin).is_ok() {
            return Ok(query);
        }
        match query.service.as_deref() {
            None | Some(JOBS) => query.service = Some(JOBS.to_owned()),
            Some(other) => {
                let why = format!(
                    "lines of {other} are for administrators: this needs the role admin over the system; without ?service= lines of jobs are found"
                );
                return Err(ControlError::Forbidden(why));
            }
        }
        if caller.require(None, Role::Viewer).is_ok() {
            return Ok(query);
        }
        let project = self.project_of(&query).await?;
        caller.require(Some(project), Role::Viewer)?;
        Ok(query)
    }

    /// Of a page those lines whose flows the caller may see, each with the project that its flow is of now.
    async fn seen_by(&self, caller: &Caller, page: Page) -> Result<Page, ControlError> {
        let of = |entry: &Entry| entry.source.flow.as_deref().and_then(|flow| flow.parse::<FlowId>().ok());
        let mut ids: Vec<FlowId> = page.entries.iter().filter_map(of).collect();
        ids.sort_unstable();
        ids.dedup();
        let flows = self.store.flows_by_id(&ids).await?.into_iter().flatten();
        let seen = flows.filter(|flow| flow.retention.going_since.is_none() && caller.require(Some(flow.project), Role::Viewer).is_ok());
        let seen: HashMap<FlowId, ProjectId> = seen.map(|flow| (flow.id, flow.project)).collect();
        let numbers = page.numbers.into_iter().chain(std::iter::repeat(None));
        let kept = page.entries.into_iter().zip(numbers).filter_map(|(entry, number)| {
            let project = of(&entry).and_then(|flow| seen.get(&flow))?.to_string();
            let source = match &entry.source.project {
                Some(said) if *said == project => entry.source,
                _ => Arc::new(Source { project: Some(project), ..(*entry.source).clone() }),
            };
            Some((Entry { source, ..entry }, number))
        });
        let (entries, numbers) = kept.unzip();
        Ok(Page { entries, numbers, cursor: page.cursor })
    }

    /// The project that the query is about, by the most certain of what it names.
    async fn project_of(&self, query: &Query) -> Result<ProjectId, ControlError> {
        if let Some(project) = &query.project {
            return id("project", project);
        }
        if let Some(branch) = &query.branch {
            return Ok(self.branch(id("branch", branch)?).await?.value.project);
        }
        let of_job = query.job.as_deref().map(|job| id::<JobId>("job", job)).transpose()?;
        let of_run = query.run.as_deref().map(|run| id::<RunId>("run", run)).transpose()?;
        let flow = query.flow.as_deref().map(|flow| id::<FlowId>("flow", flow)).transpose()?;
        match flow.or(of_run.map(|run| run.flow)).or(of_job.map(|job| job.flow())) {
            Some(flow) => Ok(self.flow(flow).await?.value.project),
            None => {
                Err(ControlError::invalid("/query/project", "your roles are in some projects only: name one of them with ?project=<id>"))
            }
        }
    }
}

/// An id out of a query.
pub(super) fn id<T: std::str::FromStr>(field: &str, text: &str) -> Result<T, ControlError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| ControlError::invalid(format!("/query/{field}"), error.to_string()))
}

pub(super) fn refused(error: SearchError) -> ControlError {
    match error {
        SearchError::Query(why) => {
            let field = if why.starts_with("cursor") {
                "cursor"
            } else if why.starts_with("limit") {
                "limit"
            } else {
                "q"
            };
            ControlError::invalid(format!("/query/{field}"), why)
        }
        // Where it is, and what it says of itself, is for whoever runs the system: callers may be anybody.
        error @ SearchError::Unavailable(_) => {
            tracing::warn!(%error, "logs cannot be searched now");
            ControlError::Unavailable(
                "the log search does not answer: try again later; logs of single jobs can be read all the same".into(),
            )
        }
        error @ SearchError::Setup(_) => {
            tracing::error!(%error, "logs cannot be searched");
            ControlError::Unavailable("the log search is set up wrongly: the server's log says how, under the request id".into())
        }
        error => ControlError::Internal(error.to_string()),
    }
}

/// An answer has so many bytes of text at the most, as a function's answer is bounded and a line may be long.
const TEXT_BYTES: usize = 1 << 20;

/// What each of so many lines may have of them.
pub(super) fn text_bytes(lines: usize) -> usize {
    TEXT_BYTES / lines.max(16)
}

/// An entry as people see it, with at most `room` bytes of its text. `number` is that within what it was read from, which for a job is its log.
pub(super) fn shown(entry: Entry, number: Option<u64>, room: usize) -> FoundLine {
    let source = Arc::unwrap_or_clone(entry.source);
    let mut text = entry.text;
    if text.len() > room {
        text.truncate(text.floor_char_boundary(room));
        text.push('…');
    }
    FoundLine {
        number: number.filter(|_| source.service == JOBS),
        time: entry.time,
        level: entry.level.name().to_owned(),
        service: source.service,
        project: source.project,
        branch: source.branch,
        flow: source.flow,
        run: source.run,
        job: source.job,
        step: source.step,
        agent: source.agent,
        text,
    }
}

#[cfg(test)]
mod tests;
