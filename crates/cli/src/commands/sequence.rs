//! `kraken sequence`: the numbers that come next in branches.

use std::collections::BTreeMap;

use clap::Subcommand;
use kraken_protocol::api::{NewSequences, SequencesView};

use crate::{
    failure::{Failure, Outcome},
    look::{Details, Text},
    names::{Assignment, OneBranch},
    screen::Screen,
    session::Session,
};

/// What they are called below a branch.
const SEQUENCES: &str = "sequences";

/// The numbers that come next in branches
#[derive(Debug, Subcommand)]
pub enum SequenceCommand {
    /// Show which numbers come next
    Show(OneBranch),
    /// Set which numbers come next
    Set {
        /// Which one.
        #[command(flatten)]
        of: OneBranch,
        /// Of the next flow
        #[arg(long)]
        flow: Option<u64>,
        /// Of the next CI flow among its kind
        #[arg(long)]
        ci: Option<u64>,
        /// Of the next DEV flow among its kind
        #[arg(long)]
        dev: Option<u64>,
        /// Of the next run of a stage; may be given several times
        #[arg(long = "stage", value_name = "STAGE=NUMBER")]
        stages: Vec<Assignment>,
        /// Of the next run of a stage in a CI flow, among its kind; may be given several times
        #[arg(long = "stage-ci", value_name = "STAGE=NUMBER")]
        stages_ci: Vec<Assignment>,
        /// Of the next run of a stage in a DEV flow, among its kind; may be given several times
        #[arg(long = "stage-dev", value_name = "STAGE=NUMBER")]
        stages_dev: Vec<Assignment>,
        /// Also back to numbers that were there before
        #[arg(long)]
        force: bool,
    },
}

/// Does it.
pub async fn run(command: SequenceCommand, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let screen = &mut session.screen;
    match command {
        SequenceCommand::Show(OneBranch { branch }) => {
            let view = client.get(&client.of_branch(&branch, SEQUENCES).await?).await?;
            show(&view, screen)
        }
        SequenceCommand::Set { of: OneBranch { branch }, flow, ci, dev, stages, stages_ci, stages_dev, force } => {
            let number = |one: Assignment| match one.value.parse() {
                Ok(number) => Ok((one.name, number)),
                Err(_) => Err(Failure::Usage(format!("--stage {}={}: expected STAGE=NUMBER", one.name, one.value))),
            };
            let numbers = |all: Vec<Assignment>| all.into_iter().map(number).collect::<Outcome<BTreeMap<String, u64>>>();
            let (stages, stages_ci, stages_dev) = (numbers(stages)?, numbers(stages_ci)?, numbers(stages_dev)?);
            let new = NewSequences { flow, ci, dev, stages, stages_ci, stages_dev, force };
            let view = client.put(&client.of_branch(&branch, SEQUENCES).await?, &new).await?;
            show(&view, screen)
        }
    }
}

fn show(view: &SequencesView, screen: &mut Screen) -> Outcome {
    screen.details(view, |_| {
        let details = Details::new()
            .with("next flow", Text::plain(view.flow))
            .with("next CI flow", Text::plain(view.ci))
            .with("next DEV flow", Text::plain(view.dev));
        let of_kind = |all: &BTreeMap<String, u64>, name: &str| all.get(name).copied().unwrap_or(1);
        let stage = |(name, next): (&String, &u64)| {
            format!("{name} {next} (CI {}, DEV {})", of_kind(&view.stages_ci, name), of_kind(&view.stages_dev, name))
        };
        details.with("next runs", Text::plain(view.stages.iter().map(stage).collect::<Vec<_>>().join(", ")))
    })
}
