//! OpenSearch that asks for a user and a password. Both are in a parameter of AWS Systems Manager, which is read when the search is first
//! used, once in the life of a function's instance: one whose search nobody uses makes no call, and starts also while the parameter cannot
//! be read.
//!
//! Invariant: neither of them is in an error, a log or a debug text.

use std::{fmt, time::Duration};

use aws_sdk_ssm::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata},
};
use jiff::Timestamp;
use kraken_search::{Access, Batch, LogSearch, OpenSearch, OpenSearchConfig, Page, Query, SearchError};
use tokio::sync::OnceCell;

/// Who has not answered by then does not answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// A search behind a password.
pub(super) struct Login {
    /// The client that reads the parameter.
    pub(super) client: Client,
    /// Its name.
    pub(super) parameter: String,
    /// Where OpenSearch is.
    pub(super) address: String,
    /// The search, once the password is known.
    pub(super) opened: OnceCell<OpenSearch>,
}

impl Login {
    async fn opened(&self) -> Result<&OpenSearch, SearchError> {
        let open = async || OpenSearch::new(&OpenSearchConfig::new(&self.address, self.access().await?));
        self.opened.get_or_try_init(open).await
    }

    async fn access(&self) -> Result<Access, SearchError> {
        let name = &self.parameter;
        let call = self.client.get_parameter().name(name).with_decryption(true).send();
        let answer = tokio::time::timeout(ANSWERS_WITHIN, call).await;
        let late = |_| SearchError::Unavailable(format!("GetParameter of {name}: no answer within {} s", ANSWERS_WITHIN.as_secs()));
        let parameter = answer.map_err(late)?.map_err(|error| {
            let detail = format!("GetParameter of {name}: {}", DisplayErrorContext(&error));
            match error.code() {
                Some("ParameterNotFound" | "AccessDeniedException" | "InvalidKeyId") => SearchError::Setup(detail),
                _ => SearchError::Unavailable(detail),
            }
        })?;
        let text = parameter.parameter.and_then(|parameter| parameter.value).unwrap_or_default();
        password(&text).ok_or_else(|| SearchError::Setup(format!("the parameter {name} does not hold what is expected: USER:PASSWORD")))
    }
}

/// `USER:PASSWORD`, as browsers send it: a user has no colon (RFC 7617). A line's end, as an editor leaves it, is no part of it.
fn password(text: &str) -> Option<Access> {
    let (user, password) = text.trim_end_matches(['\r', '\n']).split_once(':')?;
    let whole = !user.is_empty() && !password.is_empty();
    whole.then(|| Access::Password { user: user.to_owned(), password: password.to_owned() })
}

#[async_trait::async_trait]
impl LogSearch for Login {
    async fn append(&self, batch: Batch) -> Result<(), SearchError> {
        self.opened().await?.append(batch).await
    }

    async fn search(&self, query: Query) -> Result<Page, SearchError> {
        self.opened().await?.search(query).await
    }

    async fn forget_flow(&self, flow: &str) -> Result<(), SearchError> {
        self.opened().await?.forget_flow(flow).await
    }

    async fn drop_before(&self, time: Timestamp) -> Result<(), SearchError> {
        self.opened().await?.drop_before(time).await
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("parameter", &self.parameter).field("address", &self.address).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
