//! `kraken run FILE`: a stage on this machine, without any server.

use std::{
    collections::BTreeMap,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::Args;
use jiff::Timestamp;
use kraken_agent::facts::Host;
use serde_json::Value;

use super::{
    flow::Kind,
    input::{arguments, read_code, read_secret},
};
use crate::{
    failure::{Failure, Outcome},
    local_run::{Given, Setup, perform, plan},
    names::Assignment,
    programs,
    session::Session,
};

/// What to run here.
#[derive(Debug, Args)]
pub struct RunFile {
    /// The stage's code; - reads the standard input
    #[arg(required = true)]
    file: PathBuf,
    /// Only this job; may be given several times
    #[arg(long = "job", value_name = "NAME")]
    jobs: Vec<String>,
    /// An argument of the stage; may be given several times
    #[arg(long = "arg", value_name = "NAME=VALUE")]
    args: Vec<Assignment>,
    /// Arguments from a file with a JSON object
    #[arg(long, value_name = "FILE")]
    args_file: Option<PathBuf>,
    /// A secret out of a file that only its owner can read; may be given several times
    #[arg(long = "secret", value_name = "NAME=@FILE")]
    secret: Vec<SecretFile>,
    /// Secrets from a file with a JSON object: name to text, or to an object with user and key or password; only its owner may read it
    #[arg(long, value_name = "FILE")]
    secrets: Option<PathBuf>,
    /// What the flow would be for
    #[arg(long, value_enum, default_value_t = Kind::Ci)]
    kind: Kind,
    /// The repository branch
    #[arg(long, value_name = "NAME", default_value = "main")]
    branch_name: String,
    /// The stage's name; the file's when not said
    #[arg(long)]
    name: Option<String>,
    /// Where artifacts are put, and fetched from
    #[arg(long, value_name = "DIR", default_value = "kraken-artifacts")]
    artifacts: PathBuf,
    /// Leave the jobs' folders, for looking at them
    #[arg(long)]
    keep: bool,
    /// The kraken-tool program; beside this one, or on the PATH, if not said
    #[arg(long, value_name = "FILE")]
    tool: Option<PathBuf>,
}

/// Does it.
pub async fn run(args: RunFile, session: &mut Session) -> Outcome {
    let code = read_code(&args.file)?;
    let given = Given {
        stage: args.name.unwrap_or_else(|| stem(&args.file)),
        kind: args.kind.into(),
        branch_name: args.branch_name,
        args: arguments(args.args, args.args_file)?,
        secrets: secrets(args.secrets.as_deref(), args.secret)?,
        only: args.jobs,
        system: Host::look(Path::new("/"), BTreeMap::new(), BTreeMap::new()).facts().system,
        now: Timestamp::now(),
        random: random()?,
    };
    let planned = plan(&code, &given).map_err(|failure| in_file(failure, &args.file))?;
    let tool = match args.tool {
        Some(tool) => tool,
        None => programs::find("kraken-tool")?,
    };
    let setup = Setup { stage: given.stage, tool, artifacts: args.artifacts, keep: args.keep };
    perform(planned, setup, &mut session.screen).await
}

fn stem(file: &Path) -> String {
    file.file_stem().map_or_else(|| "stage".to_owned(), |stem| stem.to_string_lossy().into_owned())
}

/// `NAME=@FILE`. A value itself is not taken: what is on the command line every process can read.
#[derive(Clone, Debug)]
struct SecretFile {
    name: String,
    file: PathBuf,
}

impl FromStr for SecretFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Nothing of it is quoted: somebody may have given the value.
        let wrong = || "expected NAME=@FILE: a secret is read from a file, as everybody can read the command line".to_owned();
        let (name, file) = text.split_once("=@").filter(|(name, file)| !name.is_empty() && !file.is_empty()).ok_or_else(wrong)?;
        Ok(Self { name: name.to_owned(), file: file.into() })
    }
}

/// The file's secrets first, single ones over them. A broken file of secrets is named, and not quoted.
fn secrets(all: Option<&Path>, single: Vec<SecretFile>) -> Outcome<BTreeMap<String, Value>> {
    let mut secrets: BTreeMap<String, Value> = match all {
        None => BTreeMap::new(),
        Some(file) => serde_json::from_str(&read_private(file)?).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            Failure::invalid(format!("{} holds no secrets ({place}): expected a JSON object from names to values", file.display()))
        })?,
    };
    for SecretFile { name, file } in single {
        secrets.insert(name, Value::String(read_private(&file)?));
    }
    Ok(secrets)
}

/// A secret out of a file that nobody else can read. A pipe is nobody else's anyhow.
fn read_private(file: &Path) -> Outcome<String> {
    if let Ok(meta) = std::fs::metadata(file)
        && meta.is_file()
        && meta.permissions().mode() & 0o077 != 0
    {
        let mode = meta.permissions().mode() & 0o777;
        return Err(Failure::invalid(format!(
            "{} can be read by others: it has mode {mode:03o}, expected 600 (chmod 600)",
            file.display()
        )));
    }
    read_secret(Some(file), "")
}

fn random() -> Outcome<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Failure::Other(format!("the system gives no random numbers: {error}")))?;
    Ok(u128::from_le_bytes(bytes))
}

fn in_file(failure: Failure, file: &Path) -> Failure {
    match failure {
        Failure::Invalid { message, file: None, problems } if !problems.is_empty() => {
            Failure::Invalid { message, file: Some(file.to_owned()), problems }
        }
        other => other,
    }
}
