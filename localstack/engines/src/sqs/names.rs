//! Names, addresses and ARNs of queues. Only the last part of an address counts: the host is whatever the caller
//! reached us by.

use super::fault::{Fault, FaultKind};
pub(super) use crate::in_process::ACCOUNT;
use crate::in_process::REGION;

const FIFO_SUFFIX: &str = ".fifo";
const MAX_NAME: usize = 80;

/// The address of queue `name` under `base` (`http://127.0.0.1:8080`).
pub(super) fn url(base: &str, name: &str) -> String {
    format!("{base}/{ACCOUNT}/{name}")
}

/// The name at the end of a queue's address.
pub(super) fn of_url(url: &str) -> Result<&str, Fault> {
    if url.is_empty() {
        return Err(Fault::missing("QueueUrl"));
    }
    let name = url.rsplit_once('/').map_or(url, |(_, name)| name);
    if is_valid(name) {
        Ok(name)
    } else {
        Err(Fault::new(FaultKind::InvalidAddress, format!("The address {url} is not valid for this endpoint.")))
    }
}

pub(super) fn arn(name: &str) -> String {
    format!("arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")
}

/// The queue's name in an ARN, whatever its region and account.
pub(super) fn of_arn(arn: &str) -> Option<&str> {
    let name = arn.strip_prefix("arn:")?.rsplit_once(':')?.1;
    is_valid(name).then_some(name)
}

/// Is a new queue allowed this name? FIFO queues, and only they, end in `.fifo`.
pub(super) fn check_new(name: &str, fifo: bool) -> Result<(), Fault> {
    if name.is_empty() {
        return Err(Fault::missing("QueueName"));
    }
    if !is_valid(name) || name.ends_with(FIFO_SUFFIX) != fifo {
        let mut expected = "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length".to_owned();
        if fifo {
            expected.push_str(", and must end with the .fifo suffix");
        }
        return Err(Fault::invalid("QueueName", name, &expected));
    }
    Ok(())
}

fn is_valid(name: &str) -> bool {
    let stem = name.strip_suffix(FIFO_SUFFIX).unwrap_or(name);
    !stem.is_empty() && name.len() <= MAX_NAME && stem.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}
