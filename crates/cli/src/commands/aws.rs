//! `kraken aws …`: what has to be done beside a deployment, with the deployer's own credentials.

mod dead_letters;

use clap::{Args, Subcommand};
use kraken_lambda::{Account, ConfigError, Region};
use serde_json::json;

use crate::{
    failure::{Failure, Outcome},
    session::Session,
};

/// Look after a deployment on AWS
#[derive(Debug, Args)]
pub struct AwsArgs {
    #[command(subcommand)]
    command: AwsCommand,
}

#[derive(Debug, Subcommand)]
enum AwsCommand {
    /// Make the first administrator's token of a new deployment, and print it once
    ///
    /// Uses AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of the environment, which must be allowed to read and write the
    /// table. A profile's: eval "$(aws configure export-credentials --format env)"
    FirstToken(FirstTokenArgs),
    /// Look at messages that a function could not deal with, and put them back or drop them
    ///
    /// Uses the same variables as first-token; they must be allowed to receive, send, delete, purge and move messages of the queues.
    #[command(subcommand)]
    DeadLetters(dead_letters::DeadLettersCommand),
}

/// Which account, and where.
#[derive(Clone, Debug, Args)]
struct Where {
    /// The deployment's region
    #[arg(long, env = "AWS_REGION", value_name = "NAME")]
    region: String,
    /// Where AWS is, when it is an emulator
    #[arg(long, env = "AWS_ENDPOINT_URL", value_name = "URL")]
    endpoint: Option<String>,
}

impl Where {
    /// The account that the credentials in the environment are of.
    fn account(self) -> Outcome<Account> {
        let account = Account::from_environment(Region { name: self.region, endpoint: self.endpoint });
        account.map_err(|error| match error {
            ConfigError::Missing { name } => {
                Failure::Usage(format!("{name} is not set: the deployer's credentials are taken from the environment (see --help)"))
            }
            ConfigError::Wrong { .. } => Failure::Usage(error.to_string()),
        })
    }
}

#[derive(Debug, Args)]
struct FirstTokenArgs {
    /// The deployment's table
    #[arg(long, default_value = "kraken", value_name = "NAME")]
    table: String,
    /// Which deployment.
    #[command(flatten)]
    at: Where,
}

/// Does it.
pub async fn run(args: AwsArgs, session: &mut Session) -> Outcome {
    match args.command {
        AwsCommand::FirstToken(args) => first_token(args, session).await,
        AwsCommand::DeadLetters(command) => dead_letters::run(command, session).await,
    }
}

async fn first_token(args: FirstTokenArgs, session: &mut Session) -> Outcome {
    let account = args.at.account()?;
    match account.first_token(&args.table).await.map_err(|error| Failure::Other(error.to_string()))? {
        Some(token) => session.screen.answer(&json!({"token": token}), |_| format!("{token}\n")),
        None => Err(Failure::Refused("this deployment has tokens already: use one of an administrator to make another".to_owned())),
    }
}
