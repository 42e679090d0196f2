//! Repositories over HTTP (<https://git-scm.com/docs/http-protocol>).
//!
//! Invariant: credentials go to the scheme, host and port that they were given for. A host may send the first question elsewhere; there it is
//! asked again without them, unless it is the same host. A certificate that is not checked is that of the host that was named, and nothing
//! secret goes there.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{
    Client, ClientBuilder, Method, Response, StatusCode, Url,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION},
    redirect::Policy,
};

use crate::{Address, Credentials, Place, RepoError, reach::Reach, reach::Unreachable, session::refused};

/// How often a host may send a question elsewhere.
const REDIRECTS_MAX: usize = 4;
const CONNECT: Duration = Duration::from_secs(8);

/// Reaches hosts.
#[derive(Clone, Debug)]
pub(crate) struct Web {
    http: Client,
    /// For hosts whose certificate is not checked: made when the first is named.
    lenient: Arc<OnceLock<Client>>,
    reach: Reach,
}

/// A repository on a host that has answered.
#[derive(Debug)]
pub(crate) struct WebRepo {
    http: Client,
    /// As it was given.
    name: String,
    /// Where it turned out to be.
    root: Url,
    credentials: Credentials,
}

impl Web {
    pub(crate) fn new(reach: Reach) -> Result<Self, RepoError> {
        // Somebody else in the process may have chosen a provider already: then that one serves.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A machine without any root certificate can still talk to servers that need none.
        let http = builder(reach)
            .build()
            .or_else(|error| if reach == Reach::Outside { Err(error) } else { builder(reach).tls_certs_only([]).build() });
        let http = http.map_err(|error| RepoError::Client(cause(&error)))?;
        Ok(Self { http, lenient: Arc::default(), reach })
    }

    /// Asks the repository of `place`, which is at `url`, what it can do; gives where it is, and its answer.
    pub(crate) async fn open(&self, url: &Url, place: &Place, most: usize) -> Result<(WebRepo, Vec<u8>), RepoError> {
        let name = Address::Web(url.clone()).to_string();
        if place.any_certificate && place.credentials.given() {
            return Err(RepoError::Unchecked { repo: name });
        }
        let mut root = url.clone();
        for _ in 0..=REDIRECTS_MAX {
            self.check(&root, &place.credentials, &name)?;
            let own = same_origin(url, &root);
            let http = if own && place.any_certificate { self.lenient()? } else { self.http.clone() };
            let credentials = if own { place.credentials.clone() } else { Credentials::Nobody };
            let repo = WebRepo { http, name: name.clone(), root: root.clone(), credentials };
            let response = repo.send(Method::GET, repo.below("info/refs", Some("service=git-upload-pack")), None).await?;
            if !response.status().is_redirection() {
                let answer = repo.answer(response, most, "application/x-git-upload-pack-advertisement").await?;
                let answer = answer.ok_or_else(|| RepoError::NotGit { repo: name, detail: "its first answer is too long".to_owned() })?;
                return Ok((repo, answer));
            }
            root = elsewhere(&root, &response).ok_or_else(|| RepoError::NotGit {
                repo: name.clone(),
                detail: "it sends to a page that is no repository, perhaps to log in".to_owned(),
            })?;
        }
        Err(RepoError::NotGit { repo: name, detail: "it sends from one address to another, without end".to_owned() })
    }

    fn lenient(&self) -> Result<Client, RepoError> {
        if let Some(client) = self.lenient.get() {
            return Ok(client.clone());
        }
        let client = builder(self.reach).tls_danger_accept_invalid_certs(true).build();
        let client = client.map_err(|error| RepoError::Client(cause(&error)))?;
        Ok(self.lenient.get_or_init(|| client).clone())
    }

    /// Names are judged when they are resolved; addresses, and what goes in plain text, here.
    fn check(&self, url: &Url, credentials: &Credentials, name: &str) -> Result<(), RepoError> {
        let literal = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse().ok());
        if let Some(address) = literal.filter(|address| !self.reach.allows(*address)) {
            return Err(RepoError::Refused { repo: name.to_owned(), detail: address.to_string() });
        }
        if self.reach == Reach::Outside && url.scheme() == "http" && credentials.given() {
            return Err(RepoError::Plain { repo: name.to_owned() });
        }
        Ok(())
    }
}

fn builder(reach: Reach) -> ClientBuilder {
    let builder = Client::builder()
        .user_agent(concat!("git/2.0 (kraken/", env!("CARGO_PKG_VERSION"), ")"))
        .connect_timeout(CONNECT)
        .redirect(Policy::none())
        .dns_resolver(reach);
    if reach.proxies() { builder } else { builder.no_proxy() }
}

/// Where a repository is, if that is what the answer sends to. Never from https to http.
fn elsewhere(from: &Url, response: &Response) -> Option<Url> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let mut to = response.url().join(location).ok()?;
    let keeps = matches!((from.scheme(), to.scheme()), (_, "https") | ("http", "http"));
    let path = to.path().strip_suffix("/info/refs")?.to_owned();
    to.set_path(&path);
    to.set_query(None);
    to.set_fragment(None);
    (keeps && to.username().is_empty() && to.password().is_none()).then_some(to)
}

fn same_origin(one: &Url, other: &Url) -> bool {
    let known = |url: &Url| (url.scheme().to_owned(), url.host_str().map(str::to_owned), url.port_or_known_default());
    known(one) == known(other)
}

impl WebRepo {
    pub(crate) fn name(&self) -> String {
        self.name.clone()
    }

    /// Sends a command; `None`: the answer is longer than `most`.
    pub(crate) async fn ask(&self, message: Vec<u8>, most: usize) -> Result<Option<Vec<u8>>, RepoError> {
        let response = self.send(Method::POST, self.below("git-upload-pack", None), Some(message)).await?;
        self.answer(response, most, "application/x-git-upload-pack-result").await
    }

    fn below(&self, path: &str, query: Option<&str>) -> Url {
        let mut url = self.root.clone();
        url.set_path(&format!("{}/{path}", self.root.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }

    async fn send(&self, method: Method, url: Url, body: Option<Vec<u8>>) -> Result<Response, RepoError> {
        let mut request = self.http.request(method, url).header("git-protocol", "version=2");
        if let Some(who) = self.credentials.header() {
            request = request.header(AUTHORIZATION, who);
        }
        if let Some(body) = body {
            request = request
                .header(CONTENT_TYPE, HeaderValue::from_static("application/x-git-upload-pack-request"))
                .header(ACCEPT, HeaderValue::from_static("application/x-git-upload-pack-result"))
                .body(body);
        }
        request.send().await.map_err(|error| self.failed(&error))
    }

    async fn answer(&self, response: Response, most: usize, kind: &str) -> Result<Option<Vec<u8>>, RepoError> {
        let repo = || self.name.clone();
        let status = response.status();
        match status {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(refused(repo(), &self.credentials, status.as_u16())),
            StatusCode::NOT_FOUND | StatusCode::GONE => return Err(RepoError::NoRepo { repo: repo() }),
            _ if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT => {
                return Err(RepoError::Away { repo: repo(), detail: format!("its host answers {status}") });
            }
            _ => return Err(RepoError::NotGit { repo: repo(), detail: format!("its host answers {status}") }),
        }
        let is_kind = response.headers().get(CONTENT_TYPE).is_some_and(|found| found.as_bytes().starts_with(kind.as_bytes()));
        if !is_kind {
            return Err(RepoError::NotGit { repo: repo(), detail: "there is a page at this address, not a repository".to_owned() });
        }
        self.collected(response, most).await
    }

    async fn collected(&self, mut response: Response, most: usize) -> Result<Option<Vec<u8>>, RepoError> {
        let mut collected = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.failed(&error))? {
            if collected.len() + chunk.len() > most {
                return Ok(None);
            }
            collected.extend_from_slice(&chunk);
        }
        Ok(Some(collected))
    }

    fn failed(&self, error: &reqwest::Error) -> RepoError {
        let repo = self.name.clone();
        let mut source: Option<&dyn std::error::Error> = Some(error);
        while let Some(inner) = source {
            if let Some(unreachable) = inner.downcast_ref::<Unreachable>() {
                return RepoError::Refused { repo, detail: unreachable.to_string() };
            }
            source = inner.source();
        }
        let detail = cause(error);
        // What the resolver says has no type of its own that one could ask for.
        let unknown = error.is_connect() && ["lookup address", "Name or service", "nodename"].iter().any(|words| detail.contains(words));
        if unknown { RepoError::UnknownHost { repo, detail } } else { RepoError::Away { repo, detail } }
    }
}

/// The innermost cause: the outer ones hold the address, and say only that a request failed.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    if error.is_timeout() { "no answer in time".to_owned() } else { innermost.to_string() }
}
