//! What jobs print, from a word to gigabytes.

use serde_json::json;

use crate::{
    far::{Far, eventually_async, told},
    setup::Agent,
};

#[tokio::test(flavor = "multi_thread")]
async fn secrets_never_reach_the_store() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let mut order = far.order(
        1,
        json!([
            {"tool": "shell", "cmd": "echo \"$T\" | sed 's/./&\\n/4'; echo \"<$T>\"; printf %s \"$T\" | base64; printf '%s' \"$K\"", "env": {"T": "#{secrets.token}", "K": "#{secrets.key.key}"}},
            {"tool": "shell", "cmd": "echo #{secrets.token} && false"},
            {"tool": "shell", "name": "#{secrets.token}", "cmd": "true", "when": "secrets.token == 1 and nope(secrets.token)"},
        ]),
    );
    order.secrets.insert("token".into(), json!("correct-horse-battery"));
    order.secrets.insert("key".into(), json!({"username": "git", "key": "-----BEGIN KEY-----\nAAAABBBBCCCC\nDDDD\n-----END KEY-----\n"}));
    let done = far.done(order.clone()).await;
    assert_eq!(done.verdict.outcome.as_str(), "step_error");
    let log = far.log(&order).await;
    assert!(log.contains("<******>"), "{log}");
    for secret in ["correct-horse-battery", "Y29ycmVjdC1ob3JzZS1iYXR0ZXJ5", "AAAABBBBCCCC", "BEGIN KEY"] {
        assert!(!log.contains(secret), "{secret} in {log}");
        assert!(!serde_json::to_string(&done).unwrap().contains(secret), "{done:?}");
    }
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_thousand_lines_come_whole_and_in_order() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let order =
        far.order(1, json!([{"tool": "shell", "cmd": "seq -f 'line %.0f of a log that is long enough to fill some members' 1 100000"}]));
    far.done(order.clone()).await;
    let log = far.log(&order).await;
    let mut lines = log.lines();
    for n in 1..=100_000 {
        assert_eq!(lines.next().unwrap(), format!("line {n} of a log that is long enough to fill some members"));
    }
    assert_eq!(lines.next(), None);
    assert_eq!(far.index(&order).await.unwrap().lines, 100_000);
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_200_megabytes_is_cut_and_binary_is_kept() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let cmd = "head -c 200000000 /dev/zero | tr '\\0' x; echo; printf '\\377\\000\\376\\n'; head -c 20000000 /dev/urandom";
    let order = far.order(1, json!([{"tool": "shell", "cmd": cmd}]));
    let done = far.done(order.clone()).await;
    assert_eq!(told(&done.verdict, &done.steps), "ok: done");
    let index = far.index(&order).await.unwrap();
    let whole = 200_000_000 + 1 + 4 + 20_000_000;
    let cuts = index.bytes - whole;
    assert!((190..=200).contains(&cuts), "{cuts}");
    assert!(far.facts().puts.iter().any(|put| put.contains("log.gz") && put.contains("partNumber=2")), "sent in parts");
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_lines_can_be_read_while_the_job_runs() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let cmd = "seq 1 5000; while ! test -e go; do sleep 0.02; done; echo end";
    let order = far.order(1, json!([{"tool": "shell", "cmd": cmd}]));
    far.give(order.clone()).await;
    let expected: String = (1..=5000).map(|n| format!("{n}\n")).collect();
    eventually_async("the lines so far", || async { far.live_log(&order).await.filter(|log| *log == expected) }).await;
    let index = far.index(&order).await.unwrap();
    let objects: Vec<&str> = index.members.iter().map(|member| member.object.as_str()).collect();
    assert_eq!((index.complete, objects[0]), (false, "part-0.gz"));
    assert!(objects[1].starts_with("tail"), "{objects:?}");
    let workspace = std::fs::read_dir(far.path("state/work")).unwrap().map(|entry| entry.unwrap().path());
    for folder in workspace {
        std::fs::write(folder.join("go"), "").unwrap();
    }
    far.finished(0).await;
    assert_eq!(far.log(&order).await, format!("{expected}end\n"));
    eventually_async("the parts to go", || async {
        let part = far.object(&format!("{}part-0.gz", order.log_prefix)).await;
        part.is_none().then_some(())
    })
    .await;
    agent.end().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn background_steps_and_daemons_end_with_the_job_and_leave_their_words() {
    let far = Far::start().await;
    let agent = Agent::start(&far);
    let order = far.order(
        1,
        json!([
            {"tool": "shell", "cmd": "echo behind; sleep 100", "background": true},
            {"tool": "shell", "cmd": "setsid sleep 100 > /dev/null 2>&1 & echo before"},
        ]),
    );
    let done = far.done(order.clone()).await;
    assert_eq!(told(&done.verdict, &done.steps), "ok: done done");
    let log = far.log(&order).await;
    assert!(log.contains("before\n"), "{log}");
    agent.end().await.unwrap();
}
