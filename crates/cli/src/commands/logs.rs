//! `kraken logs`, and `kraken job logs`.

use clap::Args;
use kraken_domain::JobId;
use kraken_protocol::api::{LogLine, LogLines, LogMatches};

use crate::{
    client::{Client, api},
    failure::Outcome,
    follow::{self, LinePrinter, Source, jobs_of},
    names::Subject,
    screen::Screen,
    session::Session,
};

/// Lines that the API gives at most at a time.
const LINES_AT_ONCE: u64 = 1000;

/// Show logs: of a job, or of all jobs of a run or flow with the job before each line
#[derive(Debug, Args)]
pub struct LogsArgs {
    /// The job, run or flow
    #[arg(value_name = "JOB|RUN|FLOW")]
    of: Subject,
    /// How much of it.
    #[command(flatten)]
    options: LogOptions,
}

/// How much of a log, and how.
#[derive(Clone, Debug, Args)]
pub struct LogOptions {
    /// Go on until the log is complete; the exit code tells how the job, run or flow did
    #[arg(long, short)]
    pub follow: bool,
    /// Only the last lines
    #[arg(long, value_name = "LINES", conflicts_with_all = ["from", "search"])]
    pub tail: Option<u64>,
    /// Begin at this line; the first has number 0
    #[arg(long, value_name = "LINE")]
    pub from: Option<u64>,
    /// The time before each line
    #[arg(long, short)]
    pub timestamps: bool,
    /// Only lines that hold this text
    #[arg(long, value_name = "TEXT", conflicts_with = "follow")]
    pub search: Option<String>,
    /// The text is a regular expression
    #[arg(long, requires = "search")]
    pub regex: bool,
    /// The log of an earlier try of a job, which its agent was lost with; 1 is the first
    #[arg(long = "try", value_name = "NUMBER", conflicts_with = "follow")]
    pub of_try: Option<usize>,
}

impl LogOptions {
    /// `query`, and which try it is about.
    fn query(&self, mut query: Vec<(&'static str, String)>) -> Vec<(&'static str, String)> {
        query.extend(self.of_try.map(|number| ("try", number.to_string())));
        query
    }
}

/// Does it.
pub async fn run(args: LogsArgs, session: &mut Session) -> Outcome {
    let client = session.client()?;
    show(&client, args.of, &args.options, &mut session.screen).await
}

/// Shows the logs of `of`.
pub async fn show(client: &Client, of: Subject, options: &LogOptions, screen: &mut Screen) -> Outcome {
    if options.follow {
        return follow::follow(client, of, options, screen).await;
    }
    let plain_whole =
        options.tail.is_none() && options.from.is_none() && options.search.is_none() && options.of_try.is_none() && !options.timestamps;
    if let (Subject::Job(job), true, false) = (of, plain_whole, screen.is_json()) {
        return download(client, job, screen).await;
    }
    let jobs = jobs_of(client, of).await?;
    let printer = LinePrinter::new(of, options, screen);
    for job in &jobs {
        let source = Source::new(job);
        match &options.search {
            Some(text) => search(client, &source, text, options, &printer, screen).await?,
            None => range(client, &source, options, &printer, screen).await?,
        }
    }
    Ok(())
}

/// The whole log, byte for byte.
async fn download(client: &Client, job: JobId, screen: &mut Screen) -> Outcome {
    let mut answer = client.download(&api(&["jobs", &job.to_string(), "log", "download"])?).await?;
    while let Some(piece) = client.piece(&mut answer).await? {
        screen.write(piece.as_ref())?;
    }
    Ok(())
}

async fn range(client: &Client, source: &Source, options: &LogOptions, printer: &LinePrinter, screen: &mut Screen) -> Outcome {
    let path = api(&["jobs", &source.job.to_string(), "log"])?;
    let mut from = match options.tail {
        // Counted from the end once, so that a log longer than a page comes in order all the same.
        Some(tail) => {
            let end: LogLines = client.get_with(&path, &options.query(vec![("tail", "1".to_owned())])).await?;
            end.total.saturating_sub(tail)
        }
        None => options.from.unwrap_or(0),
    };
    loop {
        let query = options.query(vec![("from", from.to_string()), ("limit", LINES_AT_ONCE.to_string())]);
        let page: LogLines = client.get_with(&path, &query).await?;
        let Some(last) = page.lines.last().map(|line| line.number) else { return Ok(()) };
        printer.print(source, &page.lines, screen)?;
        from = last + 1;
        if from >= page.total {
            return Ok(());
        }
    }
}

async fn search(client: &Client, source: &Source, text: &str, options: &LogOptions, printer: &LinePrinter, screen: &mut Screen) -> Outcome {
    let path = api(&["jobs", &source.job.to_string(), "log", "search"])?;
    let mut from = options.from.unwrap_or(0);
    loop {
        let query = options.query(vec![
            ("q", text.to_owned()),
            ("regex", options.regex.to_string()),
            ("from", from.to_string()),
            ("limit", "100".to_owned()),
        ]);
        let found: LogMatches = client.get_with(&path, &query).await?;
        let lines: &[LogLine] = &found.lines;
        printer.print(source, lines, screen)?;
        match found.next_from {
            Some(next) if next > from => from = next,
            _ => return Ok(()),
        }
    }
}
