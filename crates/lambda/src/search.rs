//! Where logs are searched, by the address that the deployment set. Linked only into the functions that ask for it: a client of its own is
//! no small part of a package.

mod login;

use std::sync::Arc;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use kraken_search::{Access, LogSearch, OpenSearch, OpenSearchConfig};

use self::login::Login;
use crate::{ConfigError, Region, Variable, clients};

/// What the address is where there is no search.
const NONE: &str = "none";

/// The search at `address`, with the user and the password in the parameter named `password`, if any; `None` where there is none. Makes no
/// call.
pub(crate) fn open(
    address: &str,
    password: Option<&str>,
    region: &Region,
    credentials: Credentials,
) -> Result<Option<Arc<dyn LogSearch>>, ConfigError> {
    if address == NONE {
        return Ok(None);
    }
    let access = access(address, region, SharedCredentialsProvider::new(credentials.clone()));
    let wrong = |_| ConfigError::Wrong {
        name: Variable::Search.name(),
        value: address.to_owned(),
        expected: "the URL of OpenSearch without a user, or none",
    };
    let search = OpenSearch::new(&OpenSearchConfig::new(address, access)).map_err(wrong)?;
    let Some(parameter) = password else { return Ok(Some(Arc::new(search))) };
    let client = aws_sdk_ssm::Client::new(&clients::shared(region, credentials));
    let (parameter, address) = (parameter.to_owned(), address.to_owned());
    Ok(Some(Arc::new(Login { client, parameter, address, opened: tokio::sync::OnceCell::new() })))
}

/// AWS tells by the name of the host which of its services it is; any other is reached by whoever the network lets in.
fn access(address: &str, region: &Region, credentials: SharedCredentialsProvider) -> Access {
    let host = address.split("://").nth(1).unwrap_or_default().split(['/', ':']).next().unwrap_or_default();
    let region = region.name.clone();
    if host.ends_with(".es.amazonaws.com") {
        Access::Domain { credentials, region }
    } else if host.ends_with(".aoss.amazonaws.com") {
        Access::Collection { credentials, region }
    } else {
        Access::Open
    }
}

#[cfg(test)]
mod tests;
