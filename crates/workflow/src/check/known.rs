//! What a check may rely on: what there is outside of the stage.

use std::collections::{BTreeMap, BTreeSet};

use crate::SecretKind;

/// What there is outside of the stage. What is `None` is not known, and not checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The stage's own name.
    pub this_stage: Option<String>,
    /// The stages of the branch, by name, with the parents of each.
    pub stages: Option<BTreeMap<String, Vec<String>>>,
    /// The agents groups that the project may use. `all` need not be among them.
    pub groups: Option<BTreeSet<String>>,
    /// The secrets that the project has.
    pub secrets: Option<BTreeMap<String, SecretKind>>,
    /// The tools that were added to the built-in ones.
    pub tools: Option<BTreeSet<String>>,
}
