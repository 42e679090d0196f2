#![allow(clippy::unwrap_used)]
use aws_sdk_sts::config::BehaviorVersion;
use serde_json::Value;

use super::*;

#[test]
fn an_agent_reaches_its_own_queue_and_prefix_and_nothing_else() {
    let roles = Roles {
        client: Client::from_conf(aws_sdk_sts::Config::builder().behavior_version(BehaviorVersion::latest()).build()),
        role: "arn:aws-cn:iam::123456789012:role/agents".to_owned(),
        bucket: "data".to_owned(),
        region: "cn-north-1".to_owned(),
        endpoint: None,
    };
    let agent = AgentId::new(1, 2);
    let policy: Value = serde_json::from_str(&roles.policy(agent)).unwrap();
    let resources: Vec<&str> = policy["Statement"].as_array().unwrap().iter().map(|one| one["Resource"].as_str().unwrap()).collect();
    assert_eq!(
        resources,
        [format!("arn:aws-cn:sqs:cn-north-1:123456789012:kraken-agent-{agent}"), format!("arn:aws-cn:s3:::data/agents/{agent}/*")]
    );
    assert!(!policy.to_string().contains(":*\""), "no action is a pattern: {policy}");
}
