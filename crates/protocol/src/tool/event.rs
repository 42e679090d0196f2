//! What a tool says while it works.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Request;

/// One line of a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The tool understood the step and begins.
    Started(Started),
    /// A line of the tool itself for the log. What programs print goes straight to standard output and error.
    Log(Log),
    /// Tests that will run; those without a result at the end stay `not_run`.
    TestsCollected {
        /// The tests.
        tests: Vec<AnnouncedTest>,
    },
    /// Tests that ran.
    TestResults {
        /// The results.
        results: Vec<TestResult>,
    },
    /// What an analysis found.
    Issues {
        /// The findings.
        issues: Vec<Issue>,
    },
    /// A file to keep, for tools that do not wait for an answer; see [`super::Ask::UploadArtifacts`] for those that do.
    Artifact(Artifact),
    /// JSON to keep on the server.
    Data(Data),
    /// The tool wants something and waits for a [`super::Reply`].
    Request(Request),
    /// The step is over. The last event.
    Finished(Finished),
    /// Something that a later version says: ignored, with a warning.
    #[serde(other)]
    Unknown,
}

/// See [`Event::Started`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Started {
    /// The tool's name.
    #[serde(default)]
    pub tool: String,
    /// The tool's version.
    #[serde(default)]
    pub version: String,
}

/// See [`Event::Log`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// Where it belongs.
    #[serde(default)]
    pub stream: Stream,
    /// One line, or several, without the last line feed.
    pub text: String,
}

/// One of the two streams of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Standard output.
    #[default]
    Stdout,
    /// Standard error.
    Stderr,
    /// One that a later version knows.
    #[serde(other)]
    Unknown,
}

/// A test that was found but not run yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnouncedTest {
    /// Its name, the same as in the result.
    pub test: String,
}

/// How one test went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestResult {
    /// Its name, unique in the job.
    pub test: String,
    /// How it went.
    pub status: TestStatus,
    /// How to run it by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cmd: Option<String>,
    /// Seconds that it took.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "any_number")]
    pub duration: Option<f64>,
    /// What there is to say; why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Measured values: name → number, or object with `value`, `unit`, `iterations`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub values: Map<String, Value>,
}

/// A number inside a tagged event. Where another crate of the program has JSON numbers kept as they are written, such a number
/// reaches us as text in disguise, which only [`serde_json::Number`] understands.
fn any_number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(Option::<serde_json::Number>::deserialize(deserializer)?.and_then(|number| number.as_f64()))
}

/// How a test went. On the wire it is its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u8", from = "u8")]
#[repr(u8)]
pub enum TestStatus {
    /// It was announced and never ran.
    NotRun = 0,
    /// It did what it should.
    Passed = 1,
    /// It did not.
    Failed = 2,
    /// It could not be tried properly.
    Error = 3,
    /// It is switched off.
    Disabled = 4,
    /// It cannot run here.
    Unsupported = 5,
}

impl From<TestStatus> for u8 {
    fn from(status: TestStatus) -> Self {
        status as Self
    }
}

/// A number that nobody knows counts as an error, so that nothing passes by accident.
impl From<u8> for TestStatus {
    fn from(number: u8) -> Self {
        match number {
            0 => Self::NotRun,
            1 => Self::Passed,
            2 => Self::Failed,
            4 => Self::Disabled,
            5 => Self::Unsupported,
            _ => Self::Error,
        }
    }
}

/// A finding in a source file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// How bad.
    #[serde(rename = "type")]
    pub kind: IssueType,
    /// The file, relative to the analysed folder.
    pub path: String,
    /// Line, from 1.
    #[serde(default)]
    pub line: u32,
    /// Column, from 1; 0 when unknown.
    #[serde(default)]
    pub column: u32,
    /// The rule, in the analyser's words.
    #[serde(default)]
    pub symbol: String,
    /// What is wrong.
    #[serde(default)]
    pub message: String,
    /// Where the rule is explained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IssueType {
    /// Wrong.
    Error,
    /// Probably wrong.
    Warning,
    /// Against the style.
    Convention,
    /// Could be better. Also stands for types that a later version knows.
    #[serde(other)]
    Refactor,
}

/// See [`Event::Artifact`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// The file, relative to the workspace.
    pub path: String,
    /// Its path as users see it; `path` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it may be fetched without a token.
    #[serde(default)]
    pub public: bool,
    /// Whether it is the entry page of a report.
    #[serde(default)]
    pub report_entry: bool,
}

/// See [`Event::Data`] and [`super::Ask::ChangeData`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// What to do with it.
    #[serde(default)]
    pub operation: DataOperation,
    /// Which data: `flow`, `branch`, `branch-ci`, `branch-dev`, `project`.
    pub scope: String,
    /// Where in it (RFC 6901). Empty: all of it.
    #[serde(default)]
    pub pointer: String,
    /// The value, the jq program or the RFC 6902 patch.
    #[serde(default)]
    pub value: Value,
}

/// What happens with data on the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataOperation {
    /// Put the value there.
    #[default]
    Set,
    /// Replace the data by what the jq program makes of it.
    Jq,
    /// Apply the patch.
    Jsonpatch,
    /// One that a later version knows: refused.
    #[serde(other)]
    Unknown,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// What the step's program returned; 128 + signal when one ended it, 124 when its time was up.
    #[serde(default)]
    pub retcode: i32,
    /// In one word.
    #[serde(default)]
    pub reason: Reason,
    /// In a sentence, for people. Empty when all is well.
    #[serde(default)]
    pub message: String,
}

/// Why a step ended. The words are those of a job's outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It did what it should.
    Ok,
    /// Its time was up.
    StepTimeout,
    /// The tool is unknown here, or lacks its program.
    ToolMissing,
    /// The tool broke, or the place where it ran.
    ExecutorError,
    /// Somebody cancelled the job.
    Cancelled,
    /// It failed. Also stands for reasons that a later version knows, and for a missing one.
    #[default]
    #[serde(other)]
    StepError,
}
