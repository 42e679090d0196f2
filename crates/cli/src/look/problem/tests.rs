use kraken_protocol::api::Problem;

use super::*;

fn refused() -> Failure {
    Failure::Problem(Box::new(Problem {
        kind: "/problems/invalid".to_owned(),
        title: "Invalid".to_owned(),
        status: 422,
        detail: "the stage is not right\x1b[2J".to_owned(),
        request_id: "req-7".to_owned(),
        errors: vec![
            FieldProblem { path: "/jobs/0/name".to_owned(), line: Some(12), message: "expected a string".to_owned() },
            FieldProblem { path: String::new(), line: None, message: "needs a parent\nsuch as \"root\"".to_owned() },
        ],
    }))
}

#[test]
fn a_refusal_says_what_where_and_which_request() {
    let expected = "error: the stage is not right [2J (request req-7)\n  \
                    line 12: /jobs/0/name: expected a string\n  needs a parent\n    such as \"root\"\n";
    assert_eq!(failure_text(&refused(), Paint::off()), expected);
}

#[test]
fn an_unreachable_server_comes_with_a_hint() {
    let failure = Failure::Unreachable { server: "http://127.0.0.1:8411".to_owned(), reason: "connection refused".to_owned() };
    let text = failure_text(&failure, Paint::off());
    assert!(text.starts_with("error: cannot reach the server http://127.0.0.1:8411: connection refused\nhint: "), "{text}");
    assert!(text.contains("kraken up"), "{text}");
}

#[test]
fn problems_of_a_file_begin_like_those_of_a_compiler() {
    let problems = [FieldProblem { path: "/jobs".to_owned(), line: Some(3), message: "missing".to_owned() }];
    assert_eq!(field_problem_lines(&problems, Some(Path::new("a.star")), Paint::off()), ["a.star:3: /jobs: missing"]);
}

#[test]
fn scripts_get_the_document_and_the_exit_code() {
    let document = failure_json(&refused());
    assert_eq!((document["exit_code"].as_u64(), document["request_id"].as_str()), (Some(7), Some("req-7")));
    assert_eq!(failure_json(&Failure::Usage("no".to_owned()))["detail"], "no");
}
