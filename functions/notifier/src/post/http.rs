//! Requests.

use std::{error::Error, net::IpAddr, time::Duration};

use kraken_domain::{Timestamp, notice::Answer};
use kraken_githosts::{Answer as Answered, FarSide, Headers, Outcome, Request, read_answer};
use reqwest::{Client, Method, Response, Url, redirect::Policy};

use super::reach::{OutOfReach, Reach, resolver};

/// How long a request may take, from its beginning to the end of its answer.
pub(super) const WITHIN: Duration = Duration::from_secs(10);
/// How long it may take to reach the far side.
const REACHED_WITHIN: Duration = Duration::from_secs(5);
/// Bytes of an answer that are read.
const ANSWER_MAX: usize = 64 * 1024;

pub(super) fn client(reach: Reach, within: Duration) -> Result<Client, String> {
    // The first who does so in a process decides for all; every other here decides the same.
    let _decided_already = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder().redirect(Policy::none()).timeout(within).connect_timeout(REACHED_WITHIN).dns_resolver(resolver(reach));
    // A proxy would look names up itself.
    let client = if reach == Reach::Outside { client.no_proxy() } else { client };
    client.build().map_err(|error| reason(&error))
}

/// Sends a request once.
pub(super) async fn send(client: &Client, reach: Reach, request: Request, credentials: Option<impl AsRef<str>>, from: FarSide) -> Answer {
    let Ok(url) = Url::parse(&request.url) else {
        return Answer::Never("the address cannot be read: expected https://host/path".to_owned());
    };
    // The resolver sees names only.
    let literal: Option<IpAddr> = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse().ok());
    if literal.is_some_and(|address| !reach.covers(address)) {
        return Answer::Never(OutOfReach.to_string());
    }
    if credentials.is_some() && reach == Reach::Outside && url.scheme() != "https" {
        return Answer::Never("credentials are sent by https alone: give the address that the far side has by https".to_owned());
    }
    let Ok(method) = Method::from_bytes(request.method.as_bytes()) else {
        return Answer::Never(format!("{:?} is no method of HTTP", request.method));
    };
    let mut call = client.request(method, url).body(request.body);
    for (name, value) in &request.headers {
        call = call.header(name, value);
    }
    if let Some((name, value)) = credentials.and_then(|credentials| request.auth.header(credentials.as_ref())) {
        call = call.header(name, value);
    }
    match call.send().await {
        Ok(answer) => read(answer, from).await,
        Err(error) if is_out_of_reach(&error) => Answer::Never(OutOfReach.to_string()),
        // A header that none can be is of the stage's making.
        Err(error) if error.is_builder() => {
            Answer::Never("the request cannot be made: a secret or a text has characters that no header may have".to_owned())
        }
        Err(error) => Answer::Later { after_s: None, why: reason(&error) },
    }
}

async fn read(mut answer: Response, from: FarSide) -> Answer {
    let status = answer.status();
    let headers = answer.headers().clone();
    let mut body = Vec::new();
    while body.len() < ANSWER_MAX {
        match answer.chunk().await {
            Ok(Some(piece)) => body.extend_from_slice(&piece),
            Ok(None) => break,
            // The status alone says what became of it.
            Err(_) => break,
        }
    }
    body.truncate(ANSWER_MAX);
    let headers: Headers<'_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let answered = Answered { status: status.as_u16(), headers: &headers, body: &body };
    match read_answer(from, &answered, Timestamp::now().as_second()) {
        Outcome::Sent => Answer::Taken(status.to_string()),
        Outcome::Later { after_s, why } => Answer::Later { after_s, why },
        Outcome::Never { why } => Answer::Never(why),
    }
}

fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

fn is_out_of_reach(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.is::<OutOfReach>())
}

/// Why there is no answer, without the address: it may be a secret.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let what = if error.is_connect() { "the far side cannot be reached" } else { "the connection broke before there was an answer" };
    // The innermost cause has the system's words.
    match causes(error).skip(1).last() {
        Some(cause) => format!("{what}: {cause}"),
        None => what.to_owned(),
    }
}

#[cfg(test)]
mod tests;
