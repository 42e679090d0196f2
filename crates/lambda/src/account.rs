//! What a deployer does with an account from outside, with credentials of their own.

use kraken_cloud::{CredentialSource, Objects, Queues};
use kraken_control::{Clock, Control, ControlError, Settings};
use kraken_store::Store;

use crate::{ConfigError, clients, dead_letters::DeadLetters};

/// Where an account's services are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The cloud's region.
    pub name: String,
    /// Where every service is, when that is not the cloud itself.
    pub endpoint: Option<String>,
}

/// An account, with leave to change things in it.
#[derive(Debug)]
pub struct Account {
    shared: aws_types::SdkConfig,
    region: Region,
}

impl Account {
    /// The account that the credentials in the environment are of.
    ///
    /// # Errors
    /// [`ConfigError`] when there are none.
    pub fn from_environment(region: Region) -> Result<Self, ConfigError> {
        let credentials = clients::credentials(|name| std::env::var(name).ok())?;
        Ok(Self { shared: clients::shared(&region, credentials), region })
    }

    /// Makes the administrator's token of a deployment that has no token yet; `None` when it has some.
    ///
    /// # Errors
    /// [`ControlError`] when the table cannot be read or written.
    pub async fn first_token(&self, table: &str) -> Result<Option<String>, ControlError> {
        let control = self.control(table);
        if !control.wants_first_token().await? {
            return Ok(None);
        }
        let secret = control.first_secret();
        control.accept_first_token(&secret).await?;
        Ok(Some(secret))
    }

    /// The dead letters of the deployment.
    pub fn dead_letters(&self) -> DeadLetters {
        DeadLetters::new(aws_sdk_sqs::Client::new(&self.shared))
    }

    /// The use cases, over the table alone.
    fn control(&self, table: &str) -> Control {
        let objects = aws_sdk_s3::Client::new(&self.shared);
        Control::new(
            Store::new(aws_sdk_dynamodb::Client::new(&self.shared), table),
            Objects::new(objects.clone(), objects, ""),
            Queues::new(aws_sdk_sqs::Client::new(&self.shared), [].into()),
            CredentialSource::nobody(&self.region.name),
            Clock::System,
            Settings::default(),
        )
    }
}
