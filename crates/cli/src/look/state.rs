//! The words for states: where something is in its life, or, once it is over, how it ended.

use kraken_domain::job::Outcome;
use kraken_protocol::api::{FlowView, JobView, RunView};

use super::{Text, Tone};

/// A flow. How it ended it says itself; one that an early version completed is known by its runs, which lists leave out.
pub fn flow_state(flow: &FlowView) -> Text {
    if flow.cancelled {
        return Text::new(if flow.state == "completed" { "cancelled" } else { "cancelling" }, Tone::Muted);
    }
    if flow.state != "completed" {
        return word(&flow.state);
    }
    if let Some(result) = flow.result {
        return word(result_word(result));
    }
    match &flow.runs {
        Some(runs) if runs.iter().any(|run| run.result.map(result_word) == Some("error")) => word("error"),
        Some(runs) if runs.iter().any(|run| run.result.map(result_word) == Some("cancelled")) => word("cancelled"),
        Some(_) => word("ok"),
        None => word("completed"),
    }
}

/// A run.
pub fn run_state(run: &RunView) -> Text {
    match run.result {
        Some(result) => word(result_word(result)),
        None => word(&run.state),
    }
}

/// A job.
pub fn job_state(job: &JobView) -> Text {
    match job.outcome {
        Some(outcome) => outcome_text(outcome),
        None if job.stopping => word("stopping"),
        // For other jobs of its run, not for an agent.
        None if job.held => word("held"),
        None => word(&job.state),
    }
}

/// How a job ended.
pub fn outcome_text(outcome: Outcome) -> Text {
    word(outcome.as_str())
}

/// How a run ended.
pub(crate) fn result_word(result: kraken_domain::run::RunResult) -> &'static str {
    use kraken_domain::run::RunResult;
    match result {
        RunResult::Ok => "ok",
        RunResult::Error => "error",
        RunResult::Cancelled => "cancelled",
    }
}

fn word(state: &str) -> Text {
    let tone = match state {
        "ok" | "done" | "idle" => Tone::Good,
        "in_progress" | "assigned" | "running" | "finished" | "busy" | "creating" => Tone::Busy,
        "queued" | "held" | "manual" | "discovered" => Tone::Waiting,
        "completed" | "processed" | "cancelled" | "stopping" | "skipped" | "not_started" | "disabled" | "deleted" => Tone::Muted,
        _ => Tone::Bad,
    };
    Text::new(state.replace('_', " "), tone)
}

/// An agent's or a step's state.
pub(crate) fn other_state(state: &str) -> Text {
    word(state)
}
