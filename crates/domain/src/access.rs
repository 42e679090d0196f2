//! Who may do what: roles, and the grants that tokens carry.

use serde::{Deserialize, Serialize};

use crate::ProjectId;

/// What somebody may do in a project. Each role includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees everything.
    Viewer,
    /// Starts, cancels and reruns.
    User,
    /// Changes stages, secrets, branches; and, without a project, agents and tokens.
    Admin,
}

impl Role {
    /// All of them, each with those before it.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::User, Self::Admin];

    /// The name that the API uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}

/// A role in one project, or (`project: None`) in all of them and over the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The project, or `None` for all of them and the system itself.
    pub project: Option<ProjectId>,
    /// What may be done there.
    pub role: Role,
}

/// Whether `grants` give at least `wanted` in `project` (`None`: over the system).
pub fn allows(grants: &[Grant], project: Option<ProjectId>, wanted: Role) -> bool {
    grants.iter().any(|grant| grant.role >= wanted && (grant.project.is_none() || (project.is_some() && grant.project == project)))
}

#[cfg(test)]
mod tests;
