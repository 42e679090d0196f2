//! A real OpenSearch node for tests: one process with one node on loopback, or the one that `OPENSEARCH_URL` names.
//!
//! Invariant: a node never outlives the process that started it, however that ends: it stops when its standard input
//! does.

use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

/// How long a node may take to answer; on a quiet machine it takes five seconds.
const START: Duration = Duration::from_secs(180);

/// Memory for a node: enough for tests, little enough to run beside them.
const MEMORY: &str = "-Xmx512m";

/// A node of its own.
#[derive(Debug)]
pub struct Node {
    child: Child,
    port: u16,
}

/// Why there is no node. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// It couldn't be built.
    #[error("no OpenSearch node: {script} failed, run it by hand to see why; or set OPENSEARCH_URL to a node that tests may use\n{output}")]
    Build {
        /// What builds it.
        script: String,
        /// What that printed.
        output: String,
    },
    /// It didn't start.
    #[error("no OpenSearch node: it did not start ({reason}); what it printed is in {log}")]
    Start {
        /// How far it came.
        reason: String,
        /// Its output.
        log: String,
    },
    /// A process or a file couldn't be made.
    #[error("no OpenSearch node: {0}")]
    Io(#[from] io::Error),
}

impl Node {
    /// The URL of a node for all tests of this process: that of `OPENSEARCH_URL`, or one that is started now and ends with
    /// the process. Tests share it: each has its own prefix of names.
    ///
    /// # Panics
    ///
    /// When there can be none; the message says what to do.
    pub fn shared() -> &'static str {
        static URL: OnceLock<String> = OnceLock::new();
        static NODE: OnceLock<Node> = OnceLock::new();
        URL.get_or_init(|| match std::env::var("OPENSEARCH_URL") {
            Ok(url) if !url.is_empty() => url,
            _ => {
                let directory = tempfile::Builder::new().prefix("kraken-opensearch-").tempdir();
                // The node removes it: at the end of this process, nobody else does.
                let started = directory.map_err(NodeError::from).and_then(|directory| Self::run(&directory.keep(), 0, true));
                let node = NODE.get_or_init(|| started.unwrap_or_else(|error| panic!("{error}")));
                node.url()
            }
        })
    }

    /// A node that keeps its data in `directory`, on `port` (0: any that is free).
    pub fn start(directory: &Path, port: u16) -> Result<Self, NodeError> {
        Self::run(directory, port, false)
    }

    /// Its URL.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn run(directory: &Path, port: u16, remove: bool) -> Result<Self, NodeError> {
        let built = ensure()?;
        let log = directory.with_extension("log");
        let mut child = Command::new("java")
            .args(["-Xms256m", MEMORY, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp"])
            .arg(format!("{0}/*:{0}/lib/*", built.display()))
            .arg("kraken.Node")
            .arg(directory)
            .arg(port.to_string())
            .arg(if remove { "remove" } else { "keep" })
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log)?)
            .spawn()?;
        let answer = first_line(&mut child);
        let port = answer.as_deref().ok().and_then(|line| line.strip_prefix("ready ")).and_then(|port| port.trim().parse().ok());
        match port {
            Some(port) => {
                if remove {
                    std::fs::remove_file(&log)?;
                }
                Ok(Self { child, port })
            }
            None => {
                let reason = answer.map_or_else(|reason| reason, |line| format!("it printed {line:?}"));
                let _already_gone = child.kill();
                let _ = child.wait();
                Err(NodeError::Start { reason, log: log.display().to_string() })
            }
        }
    }

    /// Ends it at once, as a power cut would: nothing is written any more.
    pub fn kill(mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _already_gone = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The first line that `child` prints, in time.
fn first_line(child: &mut Child) -> Result<String, String> {
    let output = child.stdout.take().ok_or("its output is not ours")?;
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(output).read_line(&mut line).map(|_| line);
        // Nobody waits any more when it came too late.
        let _ = sender.send(read);
    });
    match receiver.recv_timeout(START) {
        Ok(Ok(line)) if line.is_empty() => Err("it ended".into()),
        Ok(read) => read.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer within {} s", START.as_secs())),
    }
}

/// The directory of the built node.
fn ensure() -> Result<PathBuf, NodeError> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("ensure.sh");
    let output = Command::new(&script).stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let output = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(NodeError::Build { script: script.display().to_string(), output });
    }
    Ok(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}
