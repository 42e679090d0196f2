#![allow(clippy::unwrap_used)]
use super::*;

const AGENT: &str = "01j9zqk3v5w8x2y4t6r7n0m1pa";
const JOB: &str = "01j9zqk3v5w8x2y4t6r7n0m1pb-2-13";

#[test]
fn a_log_is_known_by_its_key() {
    let key = format!("agents/{AGENT}/jobs/{JOB}/3/log.gz");
    let prefix = format!("agents/{AGENT}/jobs/{JOB}/3/");
    let (agent, job) = (AGENT.parse().unwrap(), JOB.parse().unwrap());
    assert_eq!(LogKey::parse(&key), Some(LogKey::Job { agent, job, prefix: &prefix }));
    assert_eq!(LogKey::parse(&format!("agents/{AGENT}/log/0001/log.gz")), Some(LogKey::Agent { agent }));
}

#[test]
fn nothing_else_is_one() {
    let wrong = [
        "log.gz".to_owned(),
        format!("agents/{AGENT}/jobs/{JOB}/3/artifacts/log.gz"),
        format!("agents/{AGENT}/jobs/{JOB}/x/log.gz"),
        format!("agents/{AGENT}/jobs/{JOB}/3/log.gz.old"),
        format!("agents/{AGENT}/jobs/7/3/log.gz"),
        format!("agents/x/jobs/{JOB}/3/log.gz"),
        format!("agents/{AGENT}/log//log.gz"),
        format!("agents/{AGENT}/jobs/{JOB}/3/xlog.gz"),
        format!("code/{AGENT}/jobs/{JOB}/3/log.gz"),
    ];
    for key in wrong {
        assert_eq!(LogKey::parse(&key), None, "{key}");
    }
}
