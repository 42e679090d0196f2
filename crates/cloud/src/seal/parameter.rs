//! The sealing key as a parameter of AWS Systems Manager: encrypted there, and free of charge while nobody asks for it.
//!
//! Whoever needs it first makes it; of several at the same time one makes it, and the others take that one's.
//!
//! Source of the protocol: AWS Systems Manager API Reference, `GetParameter` and `PutParameter`.

use std::{fmt, future::Future, time::Duration};

use aws_sdk_ssm::{
    Client,
    error::{DisplayErrorContext, ProvideErrorMetadata, SdkError},
    types::{ParameterTier, ParameterType},
};

use super::{SealError, SealingKeys};

/// Who has not answered by then does not answer.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);

/// Where the key is kept.
#[derive(Clone)]
pub struct KeyParameter {
    /// The client that reads it.
    pub client: Client,
    /// Its name.
    pub name: String,
    /// Id or ARN of the KMS key that encrypts it, where it is not the one that AWS keeps for parameters.
    pub kms_key: Option<String>,
}

impl fmt::Debug for KeyParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyParameter").field("name", &self.name).finish_non_exhaustive()
    }
}

impl KeyParameter {
    /// The keys in it; makes the first one if there is none.
    pub(super) async fn read_or_make(&self) -> Result<SealingKeys, SealError> {
        if let Some(keys) = self.read().await? {
            return Ok(keys);
        }
        if let Some(made) = self.make().await? {
            tracing::info!(parameter = self.name, "made the key that secrets are sealed with");
            return Ok(made);
        }
        // What was just made elsewhere may not be seen at once.
        self.read().await?.ok_or_else(|| SealError::Unavailable(format!("the parameter {} is just being made", self.name)))
    }

    async fn read(&self) -> Result<Option<SealingKeys>, SealError> {
        let call = self.client.get_parameter().name(&self.name).with_decryption(true).send();
        let answer = match answered(call).await? {
            Ok(answer) => answer,
            Err(error) if error.code() == Some("ParameterNotFound") => return Ok(None),
            Err(error) => return Err(self.failed("GetParameter", error)),
        };
        let keys = answer.parameter.and_then(|parameter| parameter.value).and_then(|text| SealingKeys::parse(&text));
        keys.map(Some).ok_or_else(|| self.refused("it does not hold keys of 32 bytes in base64: restore its value from its history".into()))
    }

    /// Makes the key; `None`: somebody else was faster.
    async fn make(&self) -> Result<Option<SealingKeys>, SealError> {
        let text = SealingKeys::make().map_err(|error| SealError::Unavailable(format!("the system gives no random numbers: {error}")))?;
        let call = self.client.put_parameter().name(&self.name).value(text.as_str()).set_key_id(self.kms_key.clone());
        let call = call.r#type(ParameterType::SecureString).tier(ParameterTier::Standard).overwrite(false);
        let call = call.description("The key that Kraken seals secrets with. Without it they are lost.").send();
        match answered(call).await? {
            Ok(_) => Ok(SealingKeys::parse(&text)),
            Err(error) if error.code() == Some("ParameterAlreadyExists") => Ok(None),
            Err(error) => Err(self.failed("PutParameter", error)),
        }
    }

    fn refused(&self, detail: String) -> SealError {
        SealError::Refused { key: self.name.clone(), detail }
    }

    fn failed<E, R>(&self, operation: &str, error: SdkError<E, R>) -> SealError
    where
        E: std::error::Error + ProvideErrorMetadata + 'static,
        R: fmt::Debug,
    {
        let passing = match &error {
            SdkError::ServiceError(service) => {
                matches!(
                    service.err().code(),
                    Some("InternalServerError" | "ThrottlingException" | "TooManyUpdates" | "ServiceUnavailable")
                )
            }
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
            _ => false,
        };
        let detail = format!("{operation} of {}: {}", self.name, DisplayErrorContext(&error));
        if passing { SealError::Unavailable(detail) } else { self.refused(detail) }
    }
}

async fn answered<T>(call: impl Future<Output = T>) -> Result<T, SealError> {
    let late = |_| SealError::Unavailable(format!("no answer within {} s", ANSWERS_WITHIN.as_secs()));
    tokio::time::timeout(ANSWERS_WITHIN, call).await.map_err(late)
}
