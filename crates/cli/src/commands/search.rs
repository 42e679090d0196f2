//! `kraken search`: lines of any log.

use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};
use kraken_domain::RunId;
use kraken_protocol::api::{FoundLine, FoundLogs};

use crate::{
    client::{Client, Pages},
    failure::{Failure, Outcome},
    look::{Look, Text, Tone, counted},
    names::{AgentRef, BranchRef, Subject},
    screen::Screen,
    session::Session,
};

/// Lines that the API gives at most at a time.
const LINES_AT_ONCE: usize = 1000;

/// Find lines in the logs of all jobs, and, for administrators, of agents and services
#[derive(Debug, Args)]
#[command(after_help = "Words must stand in a line as they are, in any case; phrases in double quotes anywhere in it:\n  \
    kraken search 'timeout \"connection reset\"' --project web --since 2h")]
pub struct SearchArgs {
    /// Words, and phrases in double quotes
    #[arg(value_name = "TEXT", default_value = "")]
    text: String,
    /// Only of this job, run or flow
    #[arg(long, value_name = "JOB|RUN|FLOW")]
    of: Option<Subject>,
    /// Only of this project
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,
    /// Only of this branch
    #[arg(long, value_name = "PROJECT/BRANCH")]
    branch: Option<BranchRef>,
    /// Only of the step with this number, from 0
    #[arg(long, value_name = "NUMBER")]
    step: Option<u32>,
    /// Only of this agent
    #[arg(long, value_name = "AGENT")]
    agent: Option<AgentRef>,
    /// Only written by it: job, agent, or a part of the server such as api
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Only of this level or a graver one
    #[arg(long, value_name = "LEVEL")]
    level: Option<Level>,
    /// Only since this time, as in 2026-03-01T14:00:00Z, or so long ago, as in 2h
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<Moment>,
    /// Only before this time, or before so long ago
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Moment>,
    /// Which lines come first; the newest unless said otherwise
    #[arg(long)]
    order: Option<Order>,
    /// How many lines.
    #[command(flatten)]
    pages: Pages,
}

/// How much a line matters.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Level {
    Debug,
    Info,
    Warn,
    Error,
}

/// Which lines come first.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Order {
    Newest,
    Oldest,
}

/// A time, or how long it is ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    At(Timestamp),
    Ago(SignedDuration),
}

fn moment(text: &str) -> Result<Moment, String> {
    if let Ok(at) = text.parse() {
        return Ok(Moment::At(at));
    }
    let ago: Option<SignedDuration> = text.parse().ok().filter(|ago: &SignedDuration| !ago.is_negative());
    ago.map(Moment::Ago).ok_or_else(|| "expected a time such as 2026-03-01T14:00:00Z, or how long ago, such as 2h or 30m".to_owned())
}

impl Moment {
    fn before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::Ago(ago) => now.saturating_sub(ago).unwrap_or(Timestamp::MIN),
        }
    }
}

fn named<T: ValueEnum>(value: T) -> String {
    value.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

/// Does it.
pub async fn run(args: SearchArgs, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let query = query(&client, &args, session.screen.look().now).await?;
    let (mut shown, mut cursor) = (0, None::<String>);
    let wanted = if args.pages.all { usize::MAX } else { args.pages.limit };
    loop {
        let mut asked = query.clone();
        asked.push(("limit", (wanted - shown).min(LINES_AT_ONCE).to_string()));
        asked.extend(cursor.clone().map(|cursor| ("cursor", cursor)));
        let page: FoundLogs = client.get_with("/api/logs", &asked).await?;
        print(&page.items, &mut session.screen)?;
        shown += page.items.len();
        let more = match page.next {
            // A server that gives the same cursor for ever must not hold us for ever.
            Some(next) if Some(&next) == cursor.as_ref() => {
                return Err(Failure::NotTheApi { server: client.server().to_string(), reason: "the found lines never end".to_owned() });
            }
            Some(next) if shown < wanted => {
                cursor = Some(next);
                continue;
            }
            next => next.is_some(),
        };
        if more {
            session.screen.note("there are more: --limit ROWS or --all shows them")?;
        }
        if page.behind > 0 {
            let logs = counted(usize::try_from(page.behind).unwrap_or(usize::MAX), "stored log");
            session.screen.note(&format!("the search is behind: {logs} cannot be searched yet"))?;
        }
        return Ok(());
    }
}

/// What to ask for, with names turned into ids.
async fn query(client: &Client, args: &SearchArgs, now: Timestamp) -> Outcome<Vec<(&'static str, String)>> {
    let mut query = vec![("q", args.text.clone())];
    match args.of {
        Some(Subject::Job(job)) => query.push(("job", job.to_string())),
        Some(Subject::Run(run)) => query.push(("run", RunId::to_string(&run))),
        Some(Subject::Flow(flow)) => query.push(("flow", flow.to_string())),
        None => {}
    }
    if let Some(project) = &args.project {
        query.push(("project", client.project(project).await?.id.to_string()));
    }
    if let Some(branch) = &args.branch {
        query.push(("branch", client.branch_id(branch).await?.to_string()));
    }
    if let Some(agent) = &args.agent {
        query.push(("agent", client.agent_id(agent).await?.to_string()));
    }
    query.extend(args.step.map(|step| ("step", step.to_string())));
    query.extend(args.service.clone().map(|service| ("service", service)));
    query.extend(args.level.map(|level| ("level", named(level))));
    query.extend(args.since.map(|since| ("since", since.before(now).to_string())));
    query.extend(args.until.map(|until| ("until", until.before(now).to_string())));
    query.extend(args.order.map(|order| ("order", named(order))));
    Ok(query)
}

/// Writes lines; as JSON, a document for each.
fn print(lines: &[FoundLine], screen: &mut Screen) -> Outcome {
    if screen.is_json() {
        return lines.iter().try_for_each(|line| screen.json(line));
    }
    let look = screen.look();
    let text: String = lines.iter().map(|line| shown(line, &look)).collect();
    screen.write(text.as_bytes())
}

/// `2026-03-01 14:03:07  01j9…-2-13  the line`: when, whose, what.
fn shown(line: &FoundLine, look: &Look) -> String {
    let whose = line.job.as_deref().filter(|_| line.service == "job").unwrap_or(&line.service);
    let tone = match line.level.as_str() {
        "error" => Tone::Bad,
        "warn" => Tone::Waiting,
        _ => Tone::Plain,
    };
    let time = look.paint.paint(look.time(line.time).as_str(), Tone::Muted);
    let whose = look.paint.paint(Text::plain(whose).as_str(), Tone::Busy);
    format!("{time}  {whose}  {}\n", Text::new(&line.text, tone).painted(look.paint))
}

#[cfg(test)]
mod tests;
