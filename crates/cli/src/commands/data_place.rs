//! Whose data: `SCOPE:NAME`, with the words of stages for the scope.

use std::str::FromStr;

use kraken_domain::{FlowId, data::DataScope};

use crate::{
    client::{Client, api},
    failure::Outcome,
    names::BranchRef,
};

/// Whose data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataPlace {
    /// A flow's.
    Flow(FlowId),
    /// A branch's, or those of the flows of one kind in it.
    Branch(BranchRef, Option<&'static str>),
    /// A project's, by id or name.
    Project(String),
}

impl FromStr for DataPlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "expected flow:ID, branch:PROJECT/BRANCH, branch-ci:PROJECT/BRANCH, branch-dev:PROJECT/BRANCH or project:PROJECT";
        let (scope, name) = text.split_once(':').filter(|(_, name)| !name.is_empty()).ok_or_else(wrong)?;
        match scope.parse().map_err(|_| wrong())? {
            DataScope::Flow => name.parse().map(Self::Flow).map_err(|_| format!("{name:?} is no id of a flow")),
            DataScope::Branch => name.parse().map(|branch| Self::Branch(branch, None)),
            DataScope::BranchCi => name.parse().map(|branch| Self::Branch(branch, Some("ci"))),
            DataScope::BranchDev => name.parse().map(|branch| Self::Branch(branch, Some("dev"))),
            DataScope::Project => Ok(Self::Project(name.to_owned())),
        }
    }
}

impl DataPlace {
    /// Where they are in the API: path and query.
    pub async fn address(&self, client: &Client) -> Outcome<(String, Vec<(&'static str, String)>)> {
        Ok(match self {
            Self::Flow(flow) => (api(&["flows", &flow.to_string(), "data"])?, Vec::new()),
            Self::Branch(branch, kind) => {
                let branch = client.branch_id(branch).await?.to_string();
                (api(&["branches", &branch, "data"])?, kind.iter().map(|kind| ("kind", (*kind).to_owned())).collect())
            }
            Self::Project(project) => (api(&["projects", project, "data"])?, Vec::new()),
        })
    }
}

#[cfg(test)]
mod tests;
