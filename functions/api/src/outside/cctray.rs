//! The format of CCTray, which desktop notifiers, wall displays and other CI systems read: one `Project` element per stage.

use kraken_domain::{
    record::{Branch, Project},
    run::RunResult,
};

use super::{standing::StageStanding, xml::escaped};

/// One stage as CCTray sees it.
pub(super) struct Row {
    name: String,
    activity: &'static str,
    status: &'static str,
    label: String,
    time: String,
    url: String,
}

impl Row {
    pub(super) fn new(project: &Project, branch: &Branch, stage: StageStanding, base: &str) -> Self {
        let name = format!("{} / {} / {}", project.name, branch.name, stage.name);
        let activity = if stage.goes_on { "Building" } else { "Sleeping" };
        let of_branch = || format!("{base}/p/{}/b/{}", segment(&project.name), segment(&branch.name));
        match stage.last {
            None => Self { name, activity, status: "Unknown", label: String::new(), time: branch.created_at.to_string(), url: of_branch() },
            Some(last) => {
                let status = match last.result {
                    RunResult::Ok => "Success",
                    RunResult::Error => "Failure",
                    RunResult::Cancelled => "Unknown",
                };
                Self { name, activity, status, label: last.label, time: last.at.to_string(), url: format!("{base}/runs/{}", last.run) }
            }
        }
    }
}

/// A name as one segment of an address.
fn segment(name: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    name.bytes().map(|byte| if kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

pub(super) fn document(rows: &[Row]) -> String {
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Projects>\n".to_owned();
    for row in rows {
        text.push_str(&format!(
            "  <Project name=\"{}\" activity=\"{}\" lastBuildStatus=\"{}\" lastBuildLabel=\"{}\" lastBuildTime=\"{}\" webUrl=\"{}\"/>\n",
            escaped(&row.name),
            row.activity,
            row.status,
            escaped(&row.label),
            escaped(&row.time),
            escaped(&row.url),
        ));
    }
    text.push_str("</Projects>\n");
    text
}
