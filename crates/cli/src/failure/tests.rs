#![allow(clippy::unwrap_used)]

use super::*;

fn problem(kind: &str, status: u16) -> Failure {
    Failure::Problem(Box::new(Problem {
        kind: kind.to_owned(),
        title: "title".to_owned(),
        status,
        detail: "detail".to_owned(),
        request_id: "r1".to_owned(),
        errors: Vec::new(),
    }))
}

#[test]
fn every_kind_of_problem_has_its_exit_code() {
    let expected = [
        ("/problems/not-found", 404, 3),
        ("/problems/unauthorised", 401, 4),
        ("/problems/forbidden", 403, 4),
        ("/problems/invalid", 422, 7),
        ("/problems/too-large", 413, 7),
        ("/problems/conflict", 409, 6),
        ("/problems/stale-generation", 409, 6),
        ("/problems/agent-in-use", 409, 6),
        ("/problems/unavailable", 503, 5),
        ("/problems/internal", 500, 1),
    ];
    for (kind, status, code) in expected {
        assert_eq!(problem(kind, status).exit().code(), code, "{kind}");
    }
}

#[test]
fn an_unknown_kind_is_judged_by_its_status() {
    let expected = [(400, 7), (401, 4), (403, 4), (404, 3), (409, 6), (412, 6), (418, 7), (429, 6), (500, 1), (502, 5), (503, 5), (504, 5)];
    for (status, code) in expected {
        assert_eq!(problem("about:blank", status).exit().code(), code, "{status}");
    }
}

#[test]
fn local_failures_have_exit_codes_too() {
    let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
    assert_eq!(Failure::file("read", Path::new("x"), missing).exit().code(), 7);
    assert_eq!(Failure::Unreachable { server: "http://x".into(), reason: "refused".into() }.exit().code(), 5);
    assert_eq!(Failure::Usage("x".into()).exit().code(), 2);
    assert_eq!(Failure::EndedInError.exit().code(), 1);
    assert_eq!(Failure::Interrupted { note: None }.exit().code(), 130);
}

#[test]
fn a_missing_token_and_a_weak_one_get_different_advice() {
    assert!(problem("/problems/unauthorised", 401).advice().unwrap().contains("kraken login"));
    assert!(problem("/problems/forbidden", 403).advice().unwrap().contains("administrator"));
}
