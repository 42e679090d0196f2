//! The command line as a whole.

use clap::{Parser, Subcommand};

use crate::{
    commands::{
        agent::{self, AgentCommand},
        artifact::{self, ArtifactCommand},
        aws::{self, AwsArgs},
        branch::{self, BranchCommand},
        check::{self, CheckArgs},
        completion::{self, CompletionArgs},
        data::{self, DataCommand},
        enrolment_token::{self, EnrolmentTokenCommand},
        env::{self, EnvCommand},
        flow::{self, FlowCommand},
        group::{self, GroupCommand},
        job::{self, JobCommand},
        login::{self, LoginArgs},
        logs::{self, LogsArgs},
        project::{self, ProjectCommand},
        run::{self, RunArgs},
        search::{self, SearchArgs},
        secret::{self, SecretCommand},
        sequence::{self, SequenceCommand},
        settings::{self, SettingsCommand},
        stage::{self, StageCommand},
        token::{self, TokenCommand},
        tool::{self, ToolCommand},
        transfer::{self, ExportArgs, ImportArgs},
        ui::{self, UiArgs},
        version::{self, VersionArgs},
        webhook::{self, WebhookCommand},
    },
    exit::Exit,
    failure::Outcome,
    session::{Globals, Session},
    up::{self, UpArgs},
};

/// Kraken: continuous integration without servers to run
#[derive(Debug, Parser)]
#[command(name = "kraken", version, after_help = Exit::help(), subcommand_required = true, arg_required_else_help = true)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub globals: Globals,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
// What each variant says of itself stands with its arguments; a comment here would replace it in the help.
#[allow(missing_docs)]
#[derive(Debug, Subcommand)]
pub enum Command {
    Up(UpArgs),
    Check(CheckArgs),
    Login(LoginArgs),
    Ui(UiArgs),
    #[command(subcommand)]
    Project(ProjectCommand),
    #[command(subcommand)]
    Branch(BranchCommand),
    #[command(subcommand)]
    Stage(StageCommand),
    #[command(subcommand)]
    Secret(SecretCommand),
    #[command(subcommand)]
    Webhook(WebhookCommand),
    #[command(subcommand)]
    Env(EnvCommand),
    #[command(subcommand)]
    Sequence(SequenceCommand),
    #[command(subcommand)]
    Data(DataCommand),
    #[command(subcommand)]
    Flow(FlowCommand),
    Run(RunArgs),
    #[command(subcommand)]
    Job(JobCommand),
    Logs(LogsArgs),
    Search(SearchArgs),
    #[command(subcommand)]
    Artifact(ArtifactCommand),
    #[command(subcommand)]
    Agent(AgentCommand),
    #[command(subcommand)]
    Group(GroupCommand),
    #[command(subcommand)]
    EnrolmentToken(EnrolmentTokenCommand),
    #[command(subcommand)]
    Token(TokenCommand),
    #[command(subcommand)]
    Tool(ToolCommand),
    #[command(subcommand)]
    Settings(SettingsCommand),
    Export(ExportArgs),
    Import(ImportArgs),
    Aws(AwsArgs),
    Completion(CompletionArgs),
    Version(VersionArgs),
}

impl Command {
    /// Does it.
    pub async fn run(self, session: &mut Session) -> Outcome {
        match self {
            Self::Up(args) => up::run(args, session).await,
            Self::Check(args) => check::run(&args, session),
            Self::Login(args) => login::run(args, session).await,
            Self::Ui(args) => ui::run(&args, session).await,
            Self::Project(command) => project::run(command, session).await,
            Self::Branch(command) => branch::run(command, session).await,
            Self::Stage(command) => stage::run(command, session).await,
            Self::Secret(command) => secret::run(command, session).await,
            Self::Webhook(command) => webhook::run(command, session).await,
            Self::Env(command) => env::run(command, session).await,
            Self::Sequence(command) => sequence::run(command, session).await,
            Self::Data(command) => data::run(command, session).await,
            Self::Flow(command) => flow::run(command, session).await,
            Self::Run(args) => run::run(args, session).await,
            Self::Job(command) => job::run(command, session).await,
            Self::Logs(args) => logs::run(args, session).await,
            Self::Search(args) => search::run(args, session).await,
            Self::Artifact(command) => artifact::run(command, session).await,
            Self::Agent(command) => agent::run(command, session).await,
            Self::Group(command) => group::run(command, session).await,
            Self::EnrolmentToken(command) => enrolment_token::run(command, session).await,
            Self::Token(command) => token::run(command, session).await,
            Self::Tool(command) => tool::run(&command, session),
            Self::Settings(command) => settings::run(command, session).await,
            Self::Export(args) => transfer::export(&args, session).await,
            Self::Import(args) => transfer::import(&args, session).await,
            Self::Aws(args) => aws::run(args, session).await,
            Self::Completion(args) => completion::run(&args, session),
            Self::Version(args) => version::run(&args, session).await,
        }
    }
}

#[cfg(test)]
mod tests;
