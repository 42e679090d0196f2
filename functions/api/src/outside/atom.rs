//! An Atom feed (RFC 4287) of finished flows.

use kraken_domain::{
    flow::{Flow, FlowState},
    record::Branch,
    run::RunResult,
};

use super::xml::escaped;

pub(super) fn document(project: &str, branch: &Branch, flows: &[Flow], base: &str) -> String {
    let ended: Vec<_> = flows.iter().filter_map(|flow| entry(flow, base)).collect();
    let updated = flows.iter().find_map(completed_at).unwrap_or(branch.created_at);
    let title = escaped(&format!("{project} / {}", branch.name));
    let address = escaped(&format!("{base}/api/branches/{}/feed.atom", branch.id));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n  <title>{title}</title>\n  \
         <id>urn:kraken:branch:{id}</id>\n  <updated>{updated}</updated>\n  <author><name>Kraken</name></author>\n  \
         <link rel=\"self\" href=\"{address}\"/>\n{}</feed>\n",
        ended.concat(),
        id = branch.id,
    )
}

fn completed_at(flow: &Flow) -> Option<kraken_domain::Timestamp> {
    match flow.state {
        FlowState::Completed { completed_at, .. } => Some(completed_at),
        FlowState::InProgress { .. } => None,
    }
}

fn entry(flow: &Flow, base: &str) -> Option<String> {
    let FlowState::Completed { completed_at, cancelled, result } = flow.state else { return None };
    let word = match result {
        _ if cancelled => "cancelled",
        Some(RunResult::Ok) => "passed",
        Some(RunResult::Error) => "failed",
        Some(RunResult::Cancelled) => "cancelled",
        None => "ended",
    };
    let title = escaped(&format!("{} {word}", flow.label));
    let address = escaped(&format!("{base}/flows/{}", flow.id));
    Some(format!(
        "  <entry>\n    <title>{title}</title>\n    <id>urn:kraken:flow:{id}</id>\n    <updated>{completed_at}</updated>\n    \
         <link href=\"{address}\"/>\n    <summary>{branch}</summary>\n  </entry>\n",
        id = flow.id,
        branch = escaped(&flow.branch_name),
    ))
}
