#![allow(clippy::unwrap_used)]
use std::time::Instant;
use kraken_agent::executor::Signal;
use serde_json::json;
use crate::host::{Host, step};

fn show(what: &str, mut v: Vec<f64>) { v.sort_by(f64::total_cmp); println!("{what}: p50 {:.2} p95 {:.2} ms", v[v.len()/2], v[v.len()*95/100]); }

#[tokio::test(flavor = "multi_thread")]
#[ignore]
async fn measure() {
    let host = Host::new();
    for warm in [false, true] {
        let (mut first, mut fin, mut ended, mut closed) = (vec![], vec![], vec![], vec![]);
        for _ in 0..100 {
            if warm { host.executor.warm_up(); }
            tokio::time::sleep(std::time::Duration::from_millis(30)).await;
            let t = Instant::now();
            let mut job = host.job();
            job.start(step("shell", &json!({"cmd": "echo x"})));
            job.until_output("x").await;
            first.push(t.elapsed().as_secs_f64()*1e3);
            job.finished().await;
            fin.push(t.elapsed().as_secs_f64()*1e3);
            job.job.end();
            while !matches!(job.next().await.unwrap(), Signal::Ended{..}) {}
            ended.push(t.elapsed().as_secs_f64()*1e3);
            job.job.close().await.unwrap();
            closed.push(t.elapsed().as_secs_f64()*1e3);
        }
        println!("warm {warm}");
        show("first output", first); show("finished", fin); show("ended", ended); show("closed", closed);
    }
    let mut job = host.job();
    let t = Instant::now();
    job.start(step("shell", &json!({"cmd": "head -c 1000000000 /dev/zero", "timeout": 100})));
    let mut n = 0u64;
    loop { match job.next().await.unwrap() { Signal::Output => { n += job.output.len() as u64; job.output.clear(); } Signal::StepFinished{..} => break, _ => {} } }
    println!("{:.0} MB/s", n as f64 / 1e6 / t.elapsed().as_secs_f64());
    job.end().await;
}
