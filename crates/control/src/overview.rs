//! All branches of all projects with their last flows: what home and the search for places show.
//!
//! Invariant: a call looks at a bounded number of lists, whoever asks and whatever there is; a page may be short and still go on.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures::{StreamExt, TryStreamExt, stream};
use kraken_domain::{
    ProjectId,
    access::Role,
    flow::FlowKind,
    record::{Branch, Project},
};
use kraken_store::Cursor;
use serde::{Deserialize, Serialize};

use crate::{Control, ControlError, lists::ListedFlow, setup::Caller};

/// The most flows of a branch that are shown.
pub const LAST_MAX: u32 = 50;
/// Flows that one page shows at most, with more branches or fewer;
const FLOWS_MAX: u32 = 1000;
/// with their runs.
const FLOWS_WITH_RUNS_MAX: u32 = 200;
/// Projects that one read brings.
const PROJECTS: u32 = 100;
/// Lists of projects and of branches that one call reads at most: those of others' projects are passed over unread.
const LISTS_MAX: usize = 100;
/// Branches whose flows are read at the same time.
const AT_ONCE: usize = 8;

/// A branch, its project, and its newest flows.
#[derive(Clone, Debug)]
pub struct StandingBranch {
    /// The branch's project.
    pub project: Project,
    /// The branch.
    pub branch: Branch,
    /// Its newest flows, newest first.
    pub flows: Vec<ListedFlow>,
}

/// What is wanted of each branch.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// How many flows.
    pub last: u32,
    /// Of which kind.
    pub kind: FlowKind,
    /// Whether with their runs.
    pub runs: bool,
}

/// Where the walk over projects and their branches goes on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Place {
    /// After which project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    projects: Option<String>,
    /// Within this one, if it is the next that there is,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    project: Option<ProjectId>,
    /// after which branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    branches: Option<String>,
}

impl Place {
    fn read(written: Option<&str>) -> Result<Self, ControlError> {
        let Some(written) = written else { return Ok(Self::default()) };
        let place = URL_SAFE_NO_PAD.decode(written).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok());
        place.ok_or_else(|| ControlError::invalid("/cursor", "this is no cursor of the list of branches: use `next` of the page before"))
    }

    fn written(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }
}

impl Control {
    /// The branches that are in use of all projects that the caller may see, by the names of project and branch; at most `limit`, those after
    /// `cursor`. Gives where it goes on.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a cursor of another list; else when the table failed.
    pub async fn standing_branches(
        &self,
        caller: &Caller,
        wanted: Wanted,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<(Vec<StandingBranch>, Option<String>), ControlError> {
        let flows = if wanted.runs { FLOWS_WITH_RUNS_MAX } else { FLOWS_MAX };
        let limit = limit.min((flows / wanted.last.max(1)).max(1));
        let (found, next) = self.branches_in_use(caller, limit as usize, Place::read(cursor)?).await?;
        let with_flows = stream::iter(found).map(|(project, branch)| async move {
            let flows = match wanted.last {
                0 => Vec::new(),
                last => self.flows(branch.id, wanted.kind, last, None, wanted.runs).await?.items,
            };
            Ok::<_, ControlError>(StandingBranch { project, branch, flows })
        });
        let items = with_flows.buffered(AT_ONCE).try_collect().await?;
        Ok((items, next.map(|place| place.written())))
    }

    async fn branches_in_use(
        &self,
        caller: &Caller,
        limit: usize,
        mut place: Place,
    ) -> Result<(Vec<(Project, Branch)>, Option<Place>), ControlError> {
        let (mut found, mut reads) = (Vec::new(), 0);
        loop {
            let page = self.store.projects(PROJECTS, place.projects.clone().map(Cursor::from).as_ref()).await?;
            reads += 1;
            for project in page.items.into_iter().map(|project| project.value) {
                if caller.require(Some(project.id), Role::Viewer).is_ok() {
                    let mut after = place.branches.take().filter(|_| place.project == Some(project.id)).map(Cursor::from);
                    loop {
                        let room = u32::try_from(limit - found.len()).unwrap_or(u32::MAX);
                        let branches = self.store.branches(project.id, room, after.as_ref()).await?;
                        reads += 1;
                        let in_use = branches.items.into_iter().map(|branch| branch.value).filter(|branch| branch.archived_at.is_none());
                        found.extend(in_use.map(|branch| (project.clone(), branch)));
                        after = branches.next;
                        if after.is_none() {
                            break;
                        }
                        if found.len() >= limit || reads >= LISTS_MAX {
                            let goes_on = Place { project: Some(project.id), branches: after.map(|after| after.to_string()), ..place };
                            return Ok((found, Some(goes_on)));
                        }
                    }
                }
                place = Place { projects: Cursor::after_listed(&project).map(|after| after.to_string()), ..Place::default() };
                if found.len() >= limit || reads >= LISTS_MAX {
                    return Ok((found, Some(place)));
                }
            }
            match page.next {
                None => return Ok((found, None)),
                Some(next) => place = Place { projects: Some(next.to_string()), ..Place::default() },
            }
        }
    }
}
