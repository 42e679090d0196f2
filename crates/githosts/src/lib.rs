//! What the hosts of git repositories say, and what they and the chats are told: pure translations, both ways.
//!
//! A webhook is judged ([`verify`]) before a byte of it is read as JSON, then becomes a [`Delivery`] in words of our own ([`parse`]), which
//! looks the same whichever host sent it. The other way, facts of ours become the request that sets a commit's status ([`status_request`]) or
//! the message for a chat, a mailbox or an address ([`message`]), and the far side's answer becomes "sent", "later" or "never"
//! ([`Outcome`]).
//!
//! Nothing here does I/O, waits or reads a clock: bytes, secrets and the time come in as arguments. No secret is ever kept in a value that can be
//! printed, and no input, however wrong, makes anything here panic.

mod answer;
mod decide;
mod event;
mod headers;
mod host;
pub mod message;
mod name;
mod node;
mod parse;
mod paths;
mod record;
mod refusal;
mod repo_url;
mod request;
mod sign;
mod skip;
mod status;
mod text;
mod trust;
mod verify;

pub use answer::{Answer, FarSide, Outcome, read_answer};
pub use decide::{Follows, decide, hangs_on_paths, may_concern, told, with_look};
pub use event::{Author, COMMITS_MAX, Commit, Delivery, Event, GitRef, Person, PullAction, PullRequest, Push, Recognised, Repo};
pub use headers::Headers;
pub use host::{GitHost, UnknownHost};
pub use parse::parse;
pub use paths::{BadGlob, PathFilter, Paths, Verdict};
pub use record::{change_of, change_of_pull_request, change_of_push};
pub use refusal::Refusal;
pub use repo_url::{NotARepoUrl, RepoUrl, Scheme};
pub use request::{Auth, Request};
pub use skip::{SkipReason, skip_mark, skipped};
pub use status::{CommitStatus, State, StatusError, status_request};
pub use trust::may_have_credentials;
pub use verify::{BODY_BYTES_MAX, verify};
