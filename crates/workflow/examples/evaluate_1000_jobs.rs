//! How long it takes to evaluate, check and expand a stage with 1,000 jobs (median), and how much memory, beside their targets: once with
//! jobs from a loop, once with every job written out.
//!
//! `cargo run --release -p kraken-workflow --example evaluate_1000_jobs`

use std::time::{Duration, Instant};

use kraken_workflow::{Context, Known, Limits, StageSchema, check_in, evaluate, expand};

const JOBS: usize = 1_000;
const ROUNDS: usize = 20;

fn looped() -> String {
    format!(
        r#"
def job(i):
    return {{
        "name": "job %d" % i,
        "timeout": 600,
        "steps": [
            {{"tool": "git", "checkout": "https://example.com/app.git", "branch": "main"}},
            {{"tool": "shell", "cmd": "make test PART=%d SEQ=#{{flow.seq.shared}}" % i, "env": {{"A": "1"}}}},
            {{"tool": "artifacts", "source": "out/%d/**" % i}},
        ],
        "environments": [{{"system": "any", "agents_group": "all"}}],
    }}

def stage(ctx):
    return {{"parent": "root", "jobs": [job(i) for i in range({JOBS})]}}
"#
    )
}

fn written_out() -> String {
    let job = |i: usize| {
        format!(
            r#"        {{
            "name": "job {i}",
            "timeout": 600,
            "steps": [
                {{"tool": "git", "checkout": "https://example.com/app.git", "branch": "main"}},
                {{"tool": "shell", "cmd": "make test PART={i} SEQ=#{{flow.seq.shared}}", "env": {{"A": "1"}}}},
                {{"tool": "artifacts", "source": "out/{i}/**"}},
            ],
            "environments": [{{"system": "any", "agents_group": "all"}}],
        }},
"#
        )
    };
    let jobs: String = (0..JOBS).map(job).collect();
    format!("def stage(ctx):\n    return {{\"parent\": \"root\", \"jobs\": [\n{jobs}    ]}}\n")
}

/// What evaluating, checking and expanding may take.
const TARGET_MS: f64 = 50.0;
const TARGET_MB: f64 = 64.0;

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

fn measure(mut work: impl FnMut()) -> f64 {
    let time = |_| {
        let start = Instant::now();
        work();
        start.elapsed()
    };
    median((0..ROUNDS).map(time).collect())
}

/// The most memory that this process ever had, in MB; `None` where the system does not tell.
fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix("kB")?.trim().parse::<f64>().ok())?;
    Some(kib * 1024.0 / 1e6)
}

fn main() {
    let ctx = Context::placeholder("shop", "main", "build");
    let limits = Limits { cpu: Duration::from_secs(60), ..Limits::default() };
    for (name, code) in [("jobs from a loop", looped()), ("jobs written out", written_out())] {
        // The whole first, so that the memory is its alone.
        let all = measure(|| {
            let checked = check_in(&code, &Known::default(), ctx.clone(), &limits);
            assert_eq!(checked.schema.map(|schema| expand(&schema).len()), Some(JOBS));
        });
        let peak = peak_mb();
        let result = evaluate(&code, &ctx, &limits).expect("the stage is good");
        let schema = StageSchema::from_value(&result).expect("the stage is good");
        assert_eq!(expand(&schema).len(), JOBS);
        let evaluated = measure(|| drop(evaluate(&code, &ctx, &limits)));
        let shaped = measure(|| drop(StageSchema::from_value(&result)));
        let expanded = measure(|| drop(expand(&schema)));
        println!("{name} ({} KiB of code)", code.len() / 1024);
        println!("  evaluate, check, expand  {all:6.1} ms   target {TARGET_MS} ms{}", missed(all, TARGET_MS));
        if let Some(peak) = peak {
            println!("  peak memory              {peak:6.1} MB   target {TARGET_MB} MB{}", missed(peak, TARGET_MB));
        }
        println!("  of that: evaluate {evaluated:.1} ms, shape {shaped:.1} ms, expand {expanded:.1} ms");
    }
}

fn missed(measured: f64, target: f64) -> &'static str {
    if measured > target { "   MISSED" } else { "" }
}
