#![allow(clippy::unwrap_used)]

use kraken_store::StoreError;

use super::*;

/// What the SDK says of a call that met nobody.
const SAID: &str =
    "PutItem: dispatch failure: io error: error trying to connect: tcp connect error: 10.1.2.3:4566 (DispatchFailure { .. })";

fn problem(error: impl Into<ControlError>) -> Problem {
    let mut response = ApiError(error.into()).into_response();
    let Unwritten(problem) = response.extensions_mut().remove::<Unwritten>().unwrap();
    assert_eq!(problem.status, response.status().as_u16());
    problem
}

#[test]
fn who_is_told_to_come_back_is_told_what_is_away_and_nothing_of_the_inside() {
    let said = || SAID.to_owned();
    for (problem, service) in [
        (problem(StoreError::Unavailable(said())), "the table"),
        (problem(kraken_cloud::ObjectError::Unavailable(said())), "the object store"),
        (problem(kraken_cloud::QueueError::Unavailable(said())), "the queue service"),
        (problem(kraken_cloud::BusError::Unavailable(said())), "the event bus"),
        (problem(kraken_cloud::CredentialError::Unavailable(said())), "credentials"),
    ] {
        assert_eq!(problem.status, 503);
        assert!(problem.detail.contains(service), "{}", problem.detail);
        assert!(!problem.detail.contains("10.1.2.3") && !problem.detail.contains("DispatchFailure"), "{}", problem.detail);
    }
}
