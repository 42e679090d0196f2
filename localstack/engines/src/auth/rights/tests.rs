#![allow(clippy::unwrap_used)]

use super::*;

fn agent() -> Principal {
    Principal::Agent { id: "a1".into() }
}

#[test]
fn an_agent_hears_and_acknowledges_on_its_own_queue() {
    for operation in [
        "ReceiveMessage",
        "DeleteMessage",
        "DeleteMessageBatch",
        "ChangeMessageVisibility",
        "ChangeMessageVisibilityBatch",
        "GetQueueUrl",
        "GetQueueAttributes",
    ] {
        assert!(agent().check_queue(operation, Some("kraken-agent-a1")).is_ok(), "{operation}");
        assert!(agent().check_queue(operation, Some("kraken-agent-a2")).is_err(), "{operation}");
        assert!(agent().check_queue(operation, None).is_err(), "{operation}");
    }
}

#[test]
fn an_agent_neither_sends_nor_manages() {
    for operation in ["SendMessage", "SendMessageBatch", "PurgeQueue", "DeleteQueue", "SetQueueAttributes", "CreateQueue"] {
        let refusal = agent().check_queue(operation, Some("kraken-agent-a1")).unwrap_err();
        assert_eq!(refusal.code(), "AccessDenied", "{operation}");
    }
    assert!(agent().check_queue("ListQueues", None).is_err());
}

#[test]
fn an_agent_touches_only_its_prefix() {
    assert!(agent().check_object(ObjectAction::Put, "agents/a1/jobs/7/log").is_ok());
    assert!(agent().check_object(ObjectAction::List, "agents/a1/").is_ok());
    for key in ["agents/a1", "agents/a11/x", "agents/a2/x", "x", "", "/agents/a1/x"] {
        assert!(agent().check_object(ObjectAction::Get, key).is_err(), "{key}");
    }
}

#[test]
fn the_owner_may_do_everything() {
    assert!(Principal::Owner.check_queue("DeleteQueue", Some("any")).is_ok());
    assert!(Principal::Owner.check_object(ObjectAction::List, "").is_ok());
}

#[test]
fn a_refusal_says_who_what_and_which() {
    let text = agent().check_queue("SendMessageBatch", Some("jobs")).unwrap_err().to_string();
    assert_eq!(text, "agent a1 is not allowed to perform sqs:SendMessage on jobs");
}
