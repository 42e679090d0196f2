use super::*;

#[test]
fn what_is_the_agents_stays_with_the_agent() {
    let all = [("KRAKEN_TOKEN", "x"), ("AWS_SECRET_ACCESS_KEY", "x"), ("NOTIFY_SOCKET", "x"), ("LANG", "C"), ("JAVA_HOME", "/opt/java")];
    let kept = for_jobs(all.iter().map(|(name, value)| (name.into(), value.into())));
    let names: Vec<_> = kept.iter().map(|(name, _)| name.to_string_lossy()).collect();
    assert_eq!(names, ["LANG", "JAVA_HOME", "PATH"]);
}
