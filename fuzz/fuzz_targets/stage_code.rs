//! Whatever text is given as a stage's code: the check returns, in time and memory, and says something about the code, never about us.

#![no_main]

use std::time::Duration;

use kraken_workflow::{Context, Known, Limits, Rule, check_in, expand};
use libfuzzer_sys::fuzz_target;

/// How errors begin that are no fault of the code.
const OURS: [&str; 2] = ["the code could not be evaluated", "the evaluation did not end"];

fuzz_target!(|code: &str| {
    let limits =
        Limits { steps: 100_000, heap_bytes: 4 << 20, cpu: Duration::from_secs(1), result_bytes: 64 << 10, patience: Duration::from_secs(20), ..Limits::default() };
    let ctx = Context::placeholder("shop", "main", "build");
    let checked = check_in(code, &Known::default(), ctx, &limits);
    assert_eq!(checked.schema.is_some(), checked.problems.is_empty());
    let lines = u32::try_from(code.lines().count()).unwrap_or(u32::MAX);
    for problem in &checked.problems {
        assert!(problem.rule != Rule::Evaluation || !OURS.iter().any(|ours| problem.message.starts_with(ours)), "{problem}");
        assert!(!problem.message.contains("__kraken") || code.contains("__kraken"), "{problem}");
        assert!(problem.line.is_none_or(|line| line >= 1 && line <= lines + 1), "{problem}");
    }
    if let Some(schema) = checked.schema {
        drop(expand(&schema));
    }
});
