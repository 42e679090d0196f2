//! `kraken logs`, and `kraken job logs`.

use std::io::Write;

use clap::Args;
use flate2::write::MultiGzDecoder;
use kraken_domain::JobId;
use kraken_protocol::api::{LogLine, LogLines, LogMatches};
use reqwest::{Response, header};

use crate::{
    client::{Client, api},
    failure::{Failure, Outcome},
    follow::{self, LinePrinter, Source, jobs_of},
    names::Subject,
    screen::Screen,
    session::Session,
};

/// Lines that the API gives at most at a time.
const LINES_AT_ONCE: u64 = 1000;
/// Packed bytes that are unpacked at a time: a thousand times as many may come out.
const PACKED_AT_ONCE: usize = 4096;
/// A log that no answer can hold.
const TOO_LARGE: u16 = 413;

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
        return download(client, job, options, screen).await;
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

/// The whole log, byte for byte; by lines where it is long, still in pieces, and answers are bounded.
async fn download(client: &Client, job: JobId, options: &LogOptions, screen: &mut Screen) -> Outcome {
    let answer = client.download(&api(&["jobs", &job.to_string(), "log", "download"])?).await;
    let mut answer = match answer {
        Err(Failure::Problem(problem)) if problem.status == TOO_LARGE => {
            let jobs = jobs_of(client, Subject::Job(job)).await?;
            let printer = LinePrinter::new(Subject::Job(job), options, screen);
            for job in &jobs {
                range(client, &Source::new(job), options, &printer, screen).await?;
            }
            return Ok(());
        }
        answer => answer?,
    };
    if !is_packed(&answer) {
        while let Some(piece) = client.piece(&mut answer).await? {
            screen.write(piece.as_ref())?;
        }
        return Ok(());
    }
    let damaged = |error: std::io::Error| Failure::Other(format!("the log of job {job} arrived damaged ({error}): try again"));
    let mut unpacked = MultiGzDecoder::new(Vec::new());
    while let Some(piece) = client.piece(&mut answer).await? {
        for some in piece.as_ref().chunks(PACKED_AT_ONCE) {
            unpacked.write_all(some).map_err(damaged)?;
            screen.write(unpacked.get_ref())?;
            unpacked.get_mut().clear();
        }
    }
    screen.write(&unpacked.finish().map_err(damaged)?)
}

/// Whether the store gave the log as it lies there.
fn is_packed(answer: &Response) -> bool {
    answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/gzip")
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
