//! User data that steps read and change.
//!
//! Tools have no way to the network of their own: they ask the agent, and the agent asks a [`DataStore`]. What a step learns of a document
//! the texts of later steps see.

mod here;
mod remote;

use async_trait::async_trait;
use kraken_domain::data::DataScope;
use kraken_protocol::{
    agent::DataNow,
    tool::{Answer, Ask, Data},
};

use crate::log::Redactor;

pub use here::DataHere;
pub use remote::RemoteData;

/// Why data could not be read or changed: words for the step that asked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DataError(pub(crate) String);

/// Where the data of a job are.
#[async_trait]
pub trait DataStore: Send + Sync {
    /// A document as it is.
    async fn read(&self, scope: &str) -> Result<DataNow, DataError>;

    /// Changes a document, if it is `over` that version where one is named; `None`: it is of another one, and nothing was changed.
    async fn change(&self, data: Data, over: Option<u64>) -> Result<Option<DataNow>, DataError>;
}

/// A document as a step left it, or found it.
#[derive(Clone, Debug, PartialEq)]
pub struct Learnt {
    /// Which.
    pub scope: DataScope,
    /// What is in it.
    pub value: serde_json::Value,
}

/// What a tool wants of user data.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    /// To read this document.
    Read {
        /// Which.
        scope: String,
    },
    /// To change one.
    Change {
        /// Which, and how.
        data: Data,
        /// Only if it is of this version.
        over: Option<u64>,
    },
}

impl Wish {
    /// What a tool asks, if it is about user data.
    ///
    /// # Errors
    /// It is about something else: given back.
    pub fn of(ask: Ask) -> Result<Self, Ask> {
        match ask {
            Ask::ReadData { scope } => Ok(Self::Read { scope }),
            Ask::ChangeData { data, over } => Ok(Self::Change { data, over }),
            other => Err(other),
        }
    }

    /// Whether it would keep a secret as data. Programs and files come to their values in the tool, which knows of no secrets.
    pub(crate) fn keeps_a_secret(&self, secrets: &Redactor) -> bool {
        let Self::Change { data, .. } = self else { return false };
        let unescaped = data.pointer.replace("~1", "/").replace("~0", "~");
        secrets.is_in(&data.value) || [&data.pointer, &unescaped, &data.scope].into_iter().any(|text| secrets.is_in(&text.as_str().into()))
    }
}

/// The answer to a wish that [keeps a secret](Wish::keeps_a_secret): it shows none of it.
pub(crate) fn refused() -> Answer {
    let why = "there is a secret in what would be kept, and user data are shown to everybody who sees the project: keep it as a secret";
    Answer::Error { message: why.to_owned() }
}

/// Does what the tool wants. There is always an answer; what went wrong stands in it.
pub async fn answer(store: &dyn DataStore, wish: Wish) -> (Answer, Option<Learnt>) {
    let scope = match &wish {
        Wish::Read { scope } => scope.clone(),
        Wish::Change { data, .. } => data.scope.clone(),
    };
    let learnt = |now: &DataNow| Some(Learnt { scope: scope.parse().ok()?, value: now.value.clone() });
    let done = match wish {
        Wish::Read { scope } => store.read(&scope).await.map(|now| (learnt(&now), Answer::Data { value: now.value, version: now.version })),
        Wish::Change { data, over } => store.change(data, over).await.map(|now| match now {
            Some(now) => (learnt(&now), Answer::DataChanged { version: now.version }),
            None => (None, Answer::DataMoved),
        }),
    };
    match done {
        Ok((learnt, answer)) => (answer, learnt),
        Err(error) => (Answer::Error { message: error.to_string() }, None),
    }
}
