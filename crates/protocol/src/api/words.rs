//! The words for states, outcomes and the like in the API's document: each a schema that names all of them.
//!
//! The views hold the domain's own types, or text where a client of an older version must be able to read a word that it has never heard of.
//! Invariant: the words are the domain's; nothing here writes one down.

use std::borrow::Cow;

use kraken_domain::{access, agent, flow, job, place, run, step};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    },
};

macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident = $all:expr;)+) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let words: Vec<Value> = $all.iter().map(|word| serde_json::json!(word)).collect();
                let said = concat!($($doc),+).trim();
                ObjectBuilder::new().schema_type(Type::String).description(Some(said)).enum_values(Some(words)).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )+};
}

words! {
    /// What a flow is for.
    FlowKind = flow::FlowKind::ALL;
    /// Where in its life a flow is.
    FlowState = flow::FlowState::NAMES;
    /// What started a flow.
    FlowReason = flow::FlowReason::NAMES;
    /// Where in its life a run is.
    RunState = run::RunState::NAMES;
    /// How a run went; of a flow, the worst of its runs.
    RunResult = run::RunResult::ALL;
    /// Why a run exists.
    RunReason = run::RunReason::NAMES;
    /// Where in its life a job is.
    JobState = job::JobState::NAMES;
    /// How a job ended.
    Outcome = job::Outcome::ALL;
    /// How far a step has come.
    StepStatus = step::StepStatus::ALL;
    /// What an agent does.
    AgentState = agent::AgentState::NAMES;
    /// What runs the steps of a job.
    Executor = place::Executor::ALL;
    /// What somebody may do; each includes those before it.
    Role = access::Role::ALL;
}
