#![allow(clippy::unwrap_used)]

use super::*;

fn problem(status: u16, body: &str) -> ApiError {
    ApiError::from_problem(StatusCode::from_u16(status).unwrap(), None, body.as_bytes())
}

#[test]
fn problems_are_told_apart_by_the_end_of_their_type() {
    let stale = problem(409, r#"{"type":"https://kraken.example/problems/stale-generation","detail":"generation 2 is over"}"#);
    assert_eq!(stale, ApiError::StaleGeneration("generation 2 is over".to_owned()));
    assert!(!stale.is_passing() && !stale.is_final());
    let in_use = problem(409, r#"{"type":"agent-in-use","title":"Agent in use"}"#);
    assert_eq!(in_use, ApiError::AgentInUse("Agent in use".to_owned()));
    assert!(in_use.is_final());
    assert!(problem(401, "").is_final());
    let refused = problem(422, r#"{"type":"urn:problem:bad-request","detail":"path: ../x leads out","unknown":1}"#);
    assert_eq!(refused, ApiError::Refused { status: 422, kind: "bad-request".to_owned(), detail: "path: ../x leads out".to_owned() });
}

#[test]
fn an_unwell_server_is_asked_again_and_left_alone_as_long_as_it_wants() {
    for status in [500, 502, 503, 504, 429, 408] {
        assert!(problem(status, "<html>oops</html>").is_passing(), "{status}");
    }
    let busy = ApiError::from_problem(StatusCode::SERVICE_UNAVAILABLE, Some(Duration::from_secs(3)), b"");
    assert_eq!(busy.wait_at_least(), Duration::from_secs(3));
}

#[test]
fn a_page_instead_of_a_problem_is_quoted_in_part() {
    let ApiError::Refused { detail, .. } = problem(404, &"x".repeat(5000)) else { panic!() };
    assert_eq!(detail.len(), SHOWN_CHARS);
}
