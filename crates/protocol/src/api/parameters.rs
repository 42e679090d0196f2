//! What a person is asked who starts a stage, or a flow with all its root stages.

use kraken_domain::record::Parameter;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A parameter of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ParameterView {
    /// How the argument is named.
    pub name: String,
    /// What it is: `string`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its value unless somebody gives another.
    pub default: String,
    /// What people are told about it; may be empty.
    pub description: String,
    /// The values to choose from; empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

impl From<Parameter> for ParameterView {
    fn from(parameter: Parameter) -> Self {
        let Parameter { name, kind, default, description, choices } = parameter;
        Self { name, kind, default, description, choices }
    }
}

/// A parameter of a new flow: what the stages that start with it ask for under one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlowParameter {
    /// How the argument is named.
    pub name: String,
    /// What it is: `string`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its value unless somebody gives another. Absent where the stages differ: each takes its own then, see `stages`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// What people are told about it: the first that a stage says; may be empty.
    pub description: String,
    /// The values that every stage takes which names some; empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    /// The stages that ask for it, in order of creation.
    pub stages: Vec<StageDefault>,
}

/// What one stage takes for a parameter unless somebody gives another value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageDefault {
    /// The stage's name.
    pub stage: String,
    /// Its default.
    pub default: String,
}

/// `GET /api/branches/{branch}/parameters`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FlowParameters {
    /// The parameters, in the order in which the stages name them.
    pub items: Vec<FlowParameter>,
}
