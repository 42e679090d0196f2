//! Files that jobs keep and want back.

use serde_json::json;

use crate::{
    far::{Far, told},
    setup::Agent,
};

#[tokio::test(flavor = "multi_thread")]
async fn what_one_job_uploads_another_downloads() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let make = "mkdir -p out/deep; echo one > out/one.txt; head -c 40000000 /dev/urandom > out/deep/big; chmod 755 out/one.txt; sha256sum out/deep/big | cut -d' ' -f1";
    let first = far.order(
        1,
        json!([
            {"tool": "shell", "cmd": make},
            {"tool": "artifacts", "source": ["out/**"], "public": true},
        ]),
    );
    let done = far.done(first.clone()).await;
    assert_eq!(told(&done.verdict, &done.steps), "ok: done done", "{:?}", done.verdict);
    let names: Vec<String> = far.facts().artifacts.keys().cloned().collect();
    assert_eq!(names, ["out/deep/big", "out/one.txt"]);
    {
        let facts = far.facts();
        let one = &facts.artifacts["out/one.txt"];
        assert_eq!((one.size, one.mode & 0o777, one.public), (4, 0o755, true));
        assert_eq!(one.key, format!("{}out/one.txt", first.artifact_prefix));
        assert!(facts.puts.iter().any(|put| put.contains("out/deep/big") && put.contains("partNumber=3")), "sent in parts");
    }

    let second = far.order(
        2,
        json!([
            {"tool": "artifacts", "action": "download", "source": ["out/**"], "destination": "got"},
            {"tool": "shell", "cmd": "find . -name one.txt -perm 755 -exec cat {} +; find . -name big -not -path './.kraken/*' -exec sha256sum {} + | cut -d' ' -f1"},
        ]),
    );
    let done = far.done(second.clone()).await;
    assert_eq!(told(&done.verdict, &done.steps), "ok: done done", "{:?}", done.verdict);
    let sum = far.log(&first).await.lines().next().unwrap().to_owned();
    let log = far.log(&second).await;
    assert!(log.contains("one\n") && log.contains(&sum), "{log}\n{sum}");
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_kept_is_named() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let order = far.order(1, json!([{"tool": "artifacts", "action": "download", "source": "no/such.file"}]));
    let done = far.done(order).await;
    assert_eq!(told(&done.verdict, &done.steps), "step_error: error");
    assert!(done.verdict.message.unwrap().contains("no/such.file"));
    agent.end().await.unwrap();
}
