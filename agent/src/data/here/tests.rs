#![allow(clippy::unwrap_used)]

use kraken_protocol::tool::Answer;
use serde_json::{Value, json};

use super::*;
use crate::{
    data::{Wish, answer},
    log::Redactor,
};

fn change(scope: &str, operation: DataOperation, pointer: &str, value: Value, over: Option<u64>) -> Wish {
    Wish::Change { data: Data { operation, scope: scope.to_owned(), pointer: pointer.to_owned(), value }, over }
}

#[tokio::test]
async fn documents_are_kept_for_all_jobs_and_later_texts_see_them() {
    let data = DataHere::default();
    let other_job = data.clone();
    let (said, learnt) = answer(&data, change("branch-ci", DataOperation::Set, "/a/b", json!(1), None)).await;
    assert_eq!(said, Answer::DataChanged { version: 1 });
    assert_eq!(learnt, Some(Learnt { scope: DataScope::BranchCi, value: json!({"a": {"b": 1}}) }));
    let patch = json!([{"op": "replace", "path": "/a", "value": 2}]);
    answer(&other_job, change("branch-ci", DataOperation::Jsonpatch, "", patch, None)).await;
    let (said, _) = answer(&data, Wish::Read { scope: "branch-ci".to_owned() }).await;
    assert_eq!(said, Answer::Data { value: json!({"a": 2}), version: 2 });
    let (said, learnt) = answer(&data, Wish::Read { scope: "flow".to_owned() }).await;
    assert_eq!(said, Answer::Data { value: json!({}), version: 0 });
    assert_eq!(learnt, Some(Learnt { scope: DataScope::Flow, value: json!({}) }));
}

#[tokio::test]
async fn what_is_of_another_version_or_does_not_fit_is_not_changed() {
    let data = DataHere::default();
    let (said, learnt) = answer(&data, change("flow", DataOperation::Set, "/a", json!(1), Some(7))).await;
    assert_eq!((said, learnt), (Answer::DataMoved, None));
    for wrong in [
        change("stage", DataOperation::Set, "/a", json!(1), None),
        change("flow", DataOperation::Set, "a", json!(1), None),
        change("flow", DataOperation::Set, "", json!([1]), None),
        change("flow", DataOperation::Jq, "", json!(".a"), None),
        Wish::Read { scope: "everything".to_owned() },
    ] {
        let (said, learnt) = answer(&data, wrong.clone()).await;
        assert!(matches!(said, Answer::Error { .. }) && learnt.is_none(), "{wrong:?}: {said:?}");
    }
}

#[test]
fn what_would_keep_a_secret_is_known_wherever_it_is() {
    let secrets = Redactor::new(["hunter2", "two/parts"]);
    let set = |pointer: &str, value: Value| change("flow", DataOperation::Set, pointer, value, None).keeps_a_secret(&secrets);
    assert!(set("/a", json!({"b": ["is hunter2"]})) && set("/a", json!({"hunter2": 1})));
    assert!(set("/hunter2", json!(1)) && set("/two~1parts", json!(1)));
    assert!(
        change("flow", DataOperation::Jsonpatch, "", json!([{"op": "add", "path": "/hunter2", "value": 1}]), None).keeps_a_secret(&secrets)
    );
    assert!(!set("/a", json!("hunter")) && !Wish::Read { scope: "flow".to_owned() }.keeps_a_secret(&secrets));
}
