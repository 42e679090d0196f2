//! The request that sets the status of a commit.
//!
//! GitHub: <https://docs.github.com/en/rest/commits/statuses#create-a-commit-status>; GitLab:
//! <https://docs.gitlab.com/api/commits/#set-commit-pipeline-status>; Gitea and Forgejo: `POST /repos/{owner}/{repo}/statuses/{sha}`, type
//! `CreateStatusOption` of <https://docs.gitea.com/api>.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    Auth, GitHost, RepoUrl, Request, Scheme,
    name::is_commit,
    text::{one_line, shorten, web_link},
};

/// How it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not over yet.
    Pending,
    /// All went well.
    Success,
    /// A job broke, or a test fails that did not before.
    Failure,
    /// It could not be found out: cancelled, or never begun.
    Error,
}

/// The status of a commit, from one of those who judge it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitStatus {
    /// The commit's whole name.
    pub sha: String,
    /// Who judges: the newest status of each context is what counts at the host.
    pub context: String,
    /// How it stands.
    pub state: State,
    /// A sentence; cut to what the host takes.
    pub description: String,
    /// The run's page; left out where the host would not take it.
    pub target_url: Option<String>,
    /// The branch, which GitLab wants to know where a commit is in several.
    pub branch: Option<String>,
}

/// Why there is no such request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusError {
    /// Statuses are not set there.
    #[error("commit statuses are not set at {0}: they are at github, gitlab, gitea and forgejo")]
    Unsupported(GitHost),
    /// Not the name of a commit.
    #[error("the commit {0:?} has no whole name in hexadecimal, 40 or 64 digits")]
    Sha(String),
    /// Not the address of a host.
    #[error("the host's address {0:?} is none: expected https://host or https://host/path")]
    Base(String),
    /// The path is no owner and repository.
    #[error("the repository {0:?} is not named by its owner and its name")]
    Repo(String),
}

/// Characters of a description. GitHub refuses more than 140 with 422; GitLab's limit is 255; Gitea has none, 255 is what it shows.
fn description_max(host: GitHost) -> usize {
    if host == GitHost::GitHub { 140 } else { 255 }
}

/// Characters of a context, and for GitLab of the page's address too.
const TEXT_MAX: usize = 255;

/// The request that sets a status in a repository. `base` is the host's address where it does not follow from the repository's: another
/// port, a path before the repositories', or the API's own address.
///
/// # Errors
/// [`StatusError`]: nothing that trying again would help.
pub fn status_request(host: GitHost, base: Option<&str>, repo: &RepoUrl, status: &CommitStatus) -> Result<Request, StatusError> {
    if ![40, 64].contains(&status.sha.len()) || !is_commit(&status.sha) {
        return Err(StatusError::Sha(shorten(&status.sha, 70)));
    }
    let (folder, auth) = match host {
        GitHost::GitHub => ("/api/v3", Auth::Bearer),
        GitHost::GitLab => ("/api/v4", Auth::PrivateToken),
        GitHost::Gitea | GitHost::Forgejo => ("/api/v1", Auth::TokenOrBasic),
        GitHost::BitbucketCloud | GitHost::BitbucketServer => return Err(StatusError::Unsupported(host)),
    };
    let place = Place::of(host, base, repo)?;
    let path = place.repo_path(host, repo)?;
    let api = place.api(host, folder);
    let sha = &status.sha;
    let url = match host {
        GitHost::GitLab => format!("{api}/projects/{}/statuses/{sha}", escaped(&path, false)),
        _ => format!("{api}/repos/{}/statuses/{sha}", escaped(&path, true)),
    };
    let request = Request::post(url, auth, body(host, status).to_string());
    Ok(match host {
        // <https://docs.github.com/en/rest/about-the-rest-api/api-versions>
        GitHost::GitHub => request.with("x-github-api-version", "2022-11-28"),
        _ => request,
    })
}

fn body(host: GitHost, status: &CommitStatus) -> Value {
    let state = match (host, status.state) {
        (_, State::Pending) => "pending",
        (_, State::Success) => "success",
        (GitHost::GitLab, State::Failure | State::Error) => "failed",
        (_, State::Failure) => "failure",
        (_, State::Error) => "error",
    };
    let link_max = if host == GitHost::GitLab { TEXT_MAX } else { 2_000 };
    let mut body = Map::new();
    body.insert("state".into(), state.into());
    body.insert("context".into(), shorten(&one_line(&status.context), TEXT_MAX).into());
    body.insert("description".into(), shorten(&one_line(&status.description), description_max(host)).into());
    if let Some(link) = status.target_url.as_deref().and_then(web_link).filter(|link| link.len() <= link_max) {
        body.insert("target_url".into(), link.into());
    }
    if let (GitHost::GitLab, Some(branch)) = (host, &status.branch) {
        body.insert("ref".into(), json!(branch));
    }
    Value::Object(body)
}

/// Where a host is: `https://git.example.com:8443` and the path in front of the repositories.
struct Place {
    origin: String,
    folder: String,
    given: bool,
}

impl Place {
    fn of(host: GitHost, base: Option<&str>, repo: &RepoUrl) -> Result<Self, StatusError> {
        if let Some(base) = base.map(str::trim).filter(|base| !base.is_empty()) {
            let bad = || StatusError::Base(shorten(base, 100));
            let base = web_link(base).ok_or_else(bad)?;
            let (scheme, rest) = base.split_once("://").ok_or_else(bad)?;
            let (place, folder) = rest.split_once('/').unwrap_or((rest, ""));
            // Credentials in an address would be shown with it.
            if place.is_empty() || place.contains('@') || folder.contains(['?', '#']) {
                return Err(StatusError::Base("(hidden)".into()));
            }
            let origin = format!("{}://{}", scheme.to_ascii_lowercase(), place.to_ascii_lowercase());
            return Ok(Self { origin, folder: folder.trim_matches('/').to_owned(), given: true });
        }
        let origin = match (repo.scheme(), repo.port()) {
            (Scheme::Http, Some(port)) => format!("http://{}:{port}", repo.host()),
            (Scheme::Http, None) => format!("http://{}", repo.host()),
            (Scheme::Https, Some(port)) => format!("https://{}:{port}", repo.host()),
            // Where the pages are of a host that is reached by ssh is a guess: where pages usually are.
            _ => format!("https://{}", repo.host()),
        };
        // Only GitLab's repositories may lie deeper than two parts.
        let folder = match (host, repo.path().rsplitn(3, '/').nth(2)) {
            (GitHost::GitLab, _) | (_, None) => String::new(),
            (_, Some(folder)) => folder.to_owned(),
        };
        Ok(Self { origin, folder, given: false })
    }

    /// The API's address: as given, if that is what was given.
    fn api(&self, host: GitHost, folder: &str) -> String {
        let last = self.folder.rsplit('/').next().unwrap_or_default();
        let is_api = self.given
            && (self.folder == "api" || self.folder.starts_with("api/") || self.folder.contains("/api/"))
            && last.starts_with('v');
        let own = if self.folder.is_empty() { String::new() } else { format!("/{}", self.folder) };
        match self.origin.as_str() {
            // github.com answers under a name of its own, without a folder.
            "https://github.com" | "https://www.github.com" | "https://api.github.com" if host == GitHost::GitHub => {
                "https://api.github.com".into()
            }
            origin if is_api => format!("{origin}{own}"),
            origin => format!("{origin}{own}{folder}"),
        }
    }

    /// The repository's path at the host, without what stands in front of all of them.
    fn repo_path(&self, host: GitHost, repo: &RepoUrl) -> Result<String, StatusError> {
        let bad = || StatusError::Repo(shorten(repo.path(), 100));
        let front = self.folder.split("/api/").next().unwrap_or_default();
        let path = repo.path().strip_prefix(front).and_then(|rest| rest.strip_prefix('/')).unwrap_or(repo.path());
        let parts: Vec<_> = path.split('/').collect();
        match (host, parts.as_slice()) {
            (GitHost::GitLab, [_, _, ..]) => Ok(path.to_owned()),
            (GitHost::GitLab, _) => Err(bad()),
            (_, [.., owner, name]) => Ok(format!("{owner}/{name}")),
            _ => Err(bad()),
        }
    }
}

/// A path as it may stand in an address (RFC 3986, section 2.3).
fn escaped(path: &str, keep_slashes: bool) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' if keep_slashes => out.push('/'),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests;
