use super::*;

fn unreachable() -> Failure {
    Failure::Unreachable { server: "http://x".to_owned(), reason: "refused".to_owned() }
}

#[test]
fn a_silent_server_is_asked_again_until_two_minutes_have_passed() {
    let begin = Instant::now();
    let mut patience = Patience::default();
    assert!(matches!(patience.judge(unreachable(), begin), Verdict::Again(pause) if pause == Duration::from_millis(200)));
    assert!(
        matches!(patience.judge(unreachable(), begin + Duration::from_secs(12)), Verdict::Again(pause) if pause == Duration::from_secs(3))
    );
    assert!(matches!(patience.judge(unreachable(), begin + Duration::from_secs(120)), Verdict::Enough(_)));
}

#[test]
fn an_answer_restores_patience() {
    let begin = Instant::now();
    let mut patience = Patience::default();
    patience.judge(unreachable(), begin);
    patience.restore();
    assert!(matches!(patience.judge(unreachable(), begin + Duration::from_secs(600)), Verdict::Again(_)));
}

#[test]
fn a_refusal_is_final() {
    assert!(matches!(Patience::default().judge(Failure::NotFound("no".to_owned()), Instant::now()), Verdict::Enough(_)));
}
