//! A job without a server.

use std::{
    io,
    sync::{Arc, Mutex},
};

use kraken_agent::{
    data::DataHere,
    local::{LocalOptions, Printer, run_locally},
    signals::Wish,
};
use serde_json::json;
use tokio::sync::watch;

use crate::{
    far::{Far, eventually, told},
    setup::tool,
};

#[derive(Clone, Default)]
struct Shown(Arc<Mutex<Vec<u8>>>);

impl Shown {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Printer for Shown {
    fn output(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(())
    }

    fn step_begins(&mut self, step: u32) -> io::Result<()> {
        self.output(format!("-- {step}\n").as_bytes())
    }
}

fn options(far: &Far) -> LocalOptions {
    LocalOptions { tool: tool(), work_dir: far.path("work"), artifacts: far.path("kept"), data: DataHere::default(), keep_workspace: false }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_runs_without_a_server() {
    let far = Far::start().await;
    far.relay.pull();
    let shown = Shown::default();
    let mut order = far.order(
        1,
        json!([
            {"tool": "shell", "cmd": "printf 'no end #{secrets.t}'; echo hi > file.txt"},
            {"tool": "artifacts", "source": "file.txt"},
            {"tool": "shell", "cmd": "exit 2"},
        ]),
    );
    order.secrets.insert("t".into(), json!("hunter2"));
    let (_wishes, heard) = watch::channel(Wish::Work);
    let result = run_locally(&order, &options(&far), shown.clone(), heard).await.unwrap();
    assert_eq!(told(&result.verdict, &result.steps), "step_error: done done error");
    let text = shown.text();
    assert!(text.starts_with("-- 0\nno end ******\n-- 1\n") && text.contains("-- 2\n"), "{text}");
    assert_eq!(std::fs::read_to_string(far.path("kept/file.txt")).unwrap(), "hi\n");
    assert_eq!(std::fs::read_dir(far.path("work")).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_without_a_server_can_be_cancelled() {
    let far = Far::start().await;
    let (wishes, heard) = watch::channel(Wish::Work);
    let shown = Shown::default();
    let order = far.order(1, json!([{"tool": "shell", "cmd": "echo begun; sleep 1000", "timeout": 900}]));
    let running = tokio::spawn({
        let (options, shown) = (options(&far), shown.clone());
        async move { run_locally(&order, &options, shown, heard).await.unwrap() }
    });
    eventually("the job to print", || shown.text().contains("begun").then_some(())).await;
    wishes.send_replace(Wish::Cancel);
    let result = running.await.unwrap();
    assert_eq!(told(&result.verdict, &result.steps), "cancelled: error");
}

#[tokio::test(flavor = "multi_thread")]
async fn later_jobs_see_what_earlier_ones_kept_and_secrets_are_not_kept() {
    let far = Far::start().await;
    let options = options(&far);
    let (_wishes, heard) = watch::channel(Wish::Work);
    let first = far.order(1, json!([{"tool": "data", "value": "kept here", "json_pointer": "/a"}]));
    let result = run_locally(&first, &options, Shown::default(), heard.clone()).await.unwrap();
    assert_eq!(told(&result.verdict, &result.steps), "ok: done");
    let mut second = far.order(
        2,
        json!([
            {"tool": "shell", "cmd": "echo \"#{flow.data.a}\"; printf '{\"p\": \"%s\"}' '#{secrets.t}' > secret.json"},
            {"tool": "data", "file": "secret.json"},
        ]),
    );
    second.secrets.insert("t".into(), json!("hunter2"));
    let shown = Shown::default();
    let result = run_locally(&second, &options, shown.clone(), heard).await.unwrap();
    assert_eq!(told(&result.verdict, &result.steps), "step_error: done error");
    assert!(shown.text().contains("kept here"), "{}", shown.text());
    let said = result.steps[1].message.clone().unwrap_or_default();
    assert!(said.contains("secret") && !said.contains("hunter2"), "{said}");
}
