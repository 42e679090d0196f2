//! One conversation with a repository: what it can do, then one command after the other, all within one budget of bytes.
//!
//! Version 2 of the protocol keeps nothing between commands, so each is a question with one answer.

use crate::{
    Address, Credentials, Limits, Place, RepoError, Turn,
    folder::Folder,
    lines::{Line, Lines, Message, text},
    until::Until,
    web::{Web, WebRepo},
};

/// Bytes of the first answer: what the host can do.
const CAPABILITIES_MAX: usize = 64 << 10;
/// Bytes of the list of branches whose names begin with what is asked for: looks for it have no turn to wait for.
const BRANCHES_MAX: usize = 256 << 10;

/// A conversation.
#[derive(Debug)]
pub(crate) struct Session {
    wire: Wire,
    can: Can,
    limits: Limits,
    left: usize,
    until: Until,
    turn: Option<Turn>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.until.leave();
    }
}

#[derive(Debug)]
enum Wire {
    Web(WebRepo),
    Folder(Folder),
}

/// What a host can do, as far as it matters here.
#[derive(Debug, Default)]
struct Can {
    version_2: bool,
    /// Names its objects by SHA-1, or says nothing, which means so.
    other_format: Option<String>,
    says_format: bool,
    filter: bool,
    shallow: bool,
}

impl Session {
    /// Asks what the host can do.
    pub(crate) async fn open(web: &Web, place: &Place, limits: Limits, until: Until, turn: Option<Turn>) -> Result<Self, RepoError> {
        let (wire, answer) = match &place.address {
            Address::Web(url) => {
                let (repo, answer) = web.open(url, place, CAPABILITIES_MAX).await?;
                (Wire::Web(repo), answer)
            }
            Address::Folder(path) => {
                let folder = Folder::new(path.clone());
                let answer = folder.capabilities(CAPABILITIES_MAX).await?;
                (Wire::Folder(folder), answer)
            }
        };
        let repo = wire.name();
        let can = Can::read(&answer).map_err(|detail| RepoError::NotGit { repo: repo.clone(), detail })?;
        if !can.version_2 {
            let detail = "it does not speak version 2 of git's protocol (git 2.18 or newer does)".to_owned();
            return Err(RepoError::NotGit { repo, detail });
        }
        if let Some(format) = can.other_format {
            return Err(RepoError::NotGit { repo, detail: format!("its objects are named by {format}: only sha1 is understood") });
        }
        Ok(Self { wire, can, left: limits.download_bytes, limits, until, turn })
    }

    /// The repository, for errors.
    pub(crate) fn name(&self) -> String {
        self.wire.name()
    }

    pub(crate) fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether the host leaves out objects that are not asked for.
    pub(crate) fn filters(&self) -> bool {
        self.can.filter
    }

    /// Whether the host gives the newest commits without those before.
    pub(crate) fn shallow(&self) -> bool {
        self.can.shallow
    }

    /// The beginning of a command.
    pub(crate) fn command(&self, name: &str) -> Message {
        let message = Message::default().line(&format!("command={name}")).line(concat!("agent=kraken/", env!("CARGO_PKG_VERSION")));
        let message = if self.can.says_format { message.line("object-format=sha1") } else { message };
        message.delimiter()
    }

    /// Sends a command, and gives the whole answer.
    pub(crate) async fn ask(&mut self, message: Vec<u8>) -> Result<Vec<u8>, RepoError> {
        let answer = self.answer(message, self.left).await?.ok_or_else(|| self.too_large())?;
        self.left = self.left.saturating_sub(answer.len());
        Ok(answer)
    }

    /// As [`Session::ask`], for what is short: the names of branches.
    pub(crate) async fn ask_branches(&self, message: Vec<u8>) -> Result<Vec<u8>, RepoError> {
        let limit = self.left.min(BRANCHES_MAX);
        let too_large = || RepoError::TooLarge { repo: self.name(), what: "the list of like-named branches", limit, hint: "" };
        self.answer(message, limit).await?.ok_or_else(too_large)
    }

    async fn answer(&self, message: Vec<u8>, most: usize) -> Result<Option<Vec<u8>>, RepoError> {
        match &self.wire {
            Wire::Web(repo) => repo.ask(message, most).await,
            Wire::Folder(folder) => folder.ask(message, most).await,
        }
    }

    /// Does work for a processor where it keeps nobody from noticing that the time is up. It holds the turn until it is done.
    pub(crate) async fn work<T: Send + 'static>(&self, work: impl FnOnce(&Until) -> T + Send + 'static) -> Result<T, RepoError> {
        let (until, turn) = (self.until.clone(), self.turn.clone());
        let done = tokio::task::spawn_blocking(move || {
            let done = work(&until);
            drop(turn);
            done
        });
        done.await.map_err(|error| self.not_git(format!("reading what it sends broke: {error}")))
    }

    pub(crate) fn timed_out(&self) -> RepoError {
        RepoError::timed_out(self.limits.time)
    }

    pub(crate) fn too_many(&self) -> RepoError {
        RepoError::TooMany { repo: self.name(), limit: self.limits.objects, hint: self.partial() }
    }

    fn partial(&self) -> &'static str {
        if self.can.filter { "" } else { "; it would be much less if its host allowed partial clones (git: uploadpack.allowFilter)" }
    }

    pub(crate) fn too_large(&self) -> RepoError {
        RepoError::TooLarge { repo: self.name(), what: "what is needed", limit: self.limits.download_bytes, hint: self.partial() }
    }

    pub(crate) fn not_git(&self, detail: impl Into<String>) -> RepoError {
        RepoError::NotGit { repo: self.name(), detail: detail.into() }
    }
}

impl Wire {
    fn name(&self) -> String {
        match self {
            Self::Web(repo) => repo.name(),
            Self::Folder(folder) => folder.name(),
        }
    }
}

impl Can {
    fn read(answer: &[u8]) -> Result<Self, String> {
        let mut can = Self::default();
        let mut lines = Lines::of(answer);
        while let Some(line) = lines.next()? {
            let Line::Data(data) = line else { continue };
            let line = text(data);
            let (name, values) = line.split_once('=').unwrap_or((&line, ""));
            match name {
                // What HTTP puts before all else.
                _ if line.starts_with("# service=") => {}
                "version 2" => can.version_2 = true,
                "fetch" => {
                    can.filter = values.split(' ').any(|value| value == "filter");
                    can.shallow = values.split(' ').any(|value| value == "shallow");
                }
                "object-format" => {
                    can.says_format = true;
                    can.other_format = (values != "sha1").then(|| values.chars().take(20).collect());
                }
                _ => {
                    if let Some(said) = line.strip_prefix("ERR ") {
                        return Err(format!("it says {:?}", said.chars().take(200).collect::<String>()));
                    }
                }
            }
        }
        Ok(can)
    }
}

/// Whether credentials were given, for what an error says to do.
pub(crate) fn refused(repo: String, credentials: &Credentials, status: u16) -> RepoError {
    if credentials.given() { RepoError::Credentials { repo, status } } else { RepoError::WhoAsks { repo } }
}
