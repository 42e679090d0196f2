//! `kraken branch retention`: how long flows are kept.

use std::str::FromStr;

use clap::{Args, Subcommand};
use kraken_protocol::api::{KeepView, NewRetention, RetentionView};

use crate::{
    failure::Outcome,
    look::{Details, Text},
    names::OneBranch,
    screen::Screen,
    session::Session,
};

/// What it is called below a branch.
const RETENTION: &str = "retention";

/// How long the flows of branches are kept
#[derive(Debug, Subcommand)]
pub enum RetentionCommand {
    /// Show how long the flows of a branch are kept
    Show(OneBranch),
    /// Set how long the flows of a branch are kept; what is not named stays. It holds from an hour later on
    Set {
        /// Which one.
        #[command(flatten)]
        of: OneBranch,
        /// What is set.
        #[command(flatten)]
        limits: Limits,
    },
    /// Leave it to the defaults again
    Reset(OneBranch),
}

/// Numbers; `off` for no limit
#[derive(Clone, Copy, Debug, Args)]
pub struct Limits {
    /// Days that a CI flow is kept
    #[arg(long, value_name = "DAYS|off")]
    ci_days: Option<Limit>,
    /// So many of the newest CI flows are kept however old they are
    #[arg(long, value_name = "FLOWS|off")]
    ci_flows: Option<Limit>,
    /// Days that the logs of a CI flow are kept
    #[arg(long, value_name = "DAYS|off")]
    ci_logs_days: Option<Limit>,
    /// Days that the artifacts of a CI flow are kept
    #[arg(long, value_name = "DAYS|off")]
    ci_artifacts_days: Option<Limit>,
    /// Days that a DEV flow is kept
    #[arg(long, value_name = "DAYS|off")]
    dev_days: Option<Limit>,
    /// So many of the newest DEV flows are kept however old they are
    #[arg(long, value_name = "FLOWS|off")]
    dev_flows: Option<Limit>,
    /// Days that the logs of a DEV flow are kept
    #[arg(long, value_name = "DAYS|off")]
    dev_logs_days: Option<Limit>,
    /// Days that the artifacts of a DEV flow are kept
    #[arg(long, value_name = "DAYS|off")]
    dev_artifacts_days: Option<Limit>,
}

/// A number, or none.
#[derive(Clone, Copy, Debug)]
pub struct Limit(Option<u32>);

impl FromStr for Limit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self(None)),
            number => number.parse().map(|number| Self(Some(number))).map_err(|_| "expected a number, or off for no limit".to_owned()),
        }
    }
}

impl Limits {
    fn set(self, view: &mut RetentionView) {
        let Self { ci_days, ci_flows, ci_logs_days, ci_artifacts_days, dev_days, dev_flows, dev_logs_days, dev_artifacts_days } = self;
        let (ci, dev) = (&mut view.ci, &mut view.dev);
        let all = [
            (&mut ci.days, ci_days),
            (&mut ci.flows, ci_flows),
            (&mut ci.logs_days, ci_logs_days),
            (&mut ci.artifacts_days, ci_artifacts_days),
            (&mut dev.days, dev_days),
            (&mut dev.flows, dev_flows),
            (&mut dev.logs_days, dev_logs_days),
            (&mut dev.artifacts_days, dev_artifacts_days),
        ];
        for (limit, set) in all {
            if let Some(Limit(number)) = set {
                *limit = number;
            }
        }
    }
}

/// Does it.
pub async fn run(command: RetentionCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        RetentionCommand::Show(OneBranch { branch }) => {
            let view = client.get(&client.of_branch(&branch, RETENTION).await?).await?;
            show(&view, screen)
        }
        RetentionCommand::Set { of: OneBranch { branch }, limits } => {
            let set = |mut view: RetentionView| {
                limits.set(&mut view);
                NewRetention { version: view.version, ci: Some(view.ci), dev: Some(view.dev) }
            };
            show(&client.rewrite(&client.of_branch(&branch, RETENTION).await?, set).await?, screen)
        }
        RetentionCommand::Reset(OneBranch { branch }) => {
            let reset = |view: RetentionView| NewRetention { version: view.version, ci: None, dev: None };
            show(&client.rewrite(&client.of_branch(&branch, RETENTION).await?, reset).await?, screen)
        }
    }
}

fn show(view: &RetentionView, screen: &mut Screen) -> Outcome {
    screen.details(view, |look| {
        let details = Details::new()
            .with("CI flows", Text::plain(flows(&view.ci)))
            .with("CI logs", Text::plain(parts(view.ci.logs_days)))
            .with("CI artifacts", Text::plain(parts(view.ci.artifacts_days)))
            .with("DEV flows", Text::plain(flows(&view.dev)))
            .with("DEV logs", Text::plain(parts(view.dev.logs_days)))
            .with("DEV artifacts", Text::plain(parts(view.dev.artifacts_days)));
        let set = if view.is_default { "by default" } else { "for this branch" };
        details.with("set", Text::plain(set)).with("next look", look.maybe_time(view.next_look))
    })
}

fn flows(keep: &KeepView) -> String {
    match (keep.days, keep.flows) {
        (Some(days), Some(flows)) => format!("{days} days, the newest {flows} for longer"),
        (Some(days), None) => format!("{days} days"),
        (None, Some(flows)) => format!("the newest {flows}"),
        (None, None) => "all".to_owned(),
    }
}

fn parts(days: Option<u32>) -> String {
    days.map_or_else(|| "as long as the flow".to_owned(), |days| format!("{days} days, or as long as the flow"))
}
