//! How hosts behave, and what is sent to them.

use std::time::Duration;

use kraken_repos::{Credentials, Limits, Place, Reach, Repos};

use crate::{GitServer, Host, Manners, limits, place, repos};

/// `ada:geheim`
const ADA: &str = "Basic YWRhOmdlaGVpbQ==";
/// `x-token-auth:geheim`
const TOKEN: &str = "Basic eC10b2tlbi1hdXRoOmdlaGVpbQ==";

async fn private(authorization: &str) -> Host {
    let host = Host::with(Manners { authorization: Some(authorization.to_owned()), ..Manners::default() }).await;
    host.repo.write("a", "1").commit("one");
    host.repo.push("main");
    host
}

#[tokio::test]
async fn who_asks_is_told_to_the_host() {
    for (expected, credentials) in [(ADA, Credentials::user("ada", "geheim")), (TOKEN, Credentials::token("geheim\n"))] {
        let host = private(expected).await;
        let own = Place { credentials, ..host.place() };
        assert_eq!(repos().read_file(&own, "a").await.unwrap().bytes, b"1");
    }
}

#[tokio::test]
async fn who_is_refused_learns_what_to_do_and_no_secret_is_in_it() {
    let host = private(ADA).await;
    let nobody = repos().head(&host.place()).await.unwrap_err();
    assert!(nobody.to_string().contains("is not public"), "{nobody}");
    let wrong = Place { credentials: Credentials::token("falsch"), ..host.place() };
    let error = repos().head(&wrong).await.unwrap_err();
    assert!(error.to_string().contains("refuses the credentials"), "{error}");
    assert!(!format!("{error:?} {wrong:?}").contains("falsch"));
}

#[tokio::test]
async fn a_host_that_sends_elsewhere_gets_no_credentials_there() {
    let host = private(ADA).await;
    let moved = GitServer::start(
        host.root(),
        Manners { moved_to: Some(host.server.url("")[..].trim_end_matches('/').to_owned()), ..Manners::default() },
    )
    .await;
    let own = Place { credentials: Credentials::user("ada", "geheim"), ..place(&moved.url("a.git")) };
    let error = repos().head(&own).await.unwrap_err();
    assert!(error.to_string().contains("is not public"), "{error}");
    assert_eq!(moved.seen()[0].authorization.as_deref(), Some(ADA), "the host that they are for got them");
    assert!(host.server.seen().iter().all(|asked| asked.authorization.is_none()), "{:?}", host.server.seen());
    host.server.behave(Manners::default());
    assert_eq!(repos().head(&own).await.unwrap().to_string(), host.repo.head(), "and without them it is followed");
}

#[tokio::test]
async fn hosts_that_send_to_each_other_are_left() {
    let host = Host::new().await;
    host.server.behave(Manners { moved_to: Some(host.server.url("").trim_end_matches('/').to_owned()), ..Manners::default() });
    let error = repos().head(&host.place()).await.unwrap_err();
    assert!(error.to_string().contains("without end"), "{error}");
}

#[tokio::test]
async fn a_host_that_never_answers_is_left_in_time() {
    let host = Host::with(Manners { mute: true, ..Manners::default() }).await;
    let hasty = Repos::new(Reach::Machine, Limits { time: Duration::from_millis(300), ..limits() }).unwrap();
    let error = hasty.head(&host.place()).await.unwrap_err();
    assert!(error.may_pass() && error.to_string().contains("no answer within"), "{error}");
}

#[tokio::test]
async fn from_outside_nothing_of_this_machine_is_reached() {
    let host = Host::new().await;
    host.repo.commit("one");
    host.repo.push("main");
    let outside = Repos::new(Reach::Outside, limits()).unwrap();
    let port = host.server.url("").rsplit_once(':').unwrap().1.trim_end_matches('/').to_owned();
    let mut wrong = vec![host.place(), place(&format!("http://localhost:{port}/a.git")), place("http://169.254.169.254/latest")];
    wrong.push(place(&format!("http://[::ffff:127.0.0.1]:{port}/a.git")));
    for place in wrong {
        let error = outside.head(&place).await.unwrap_err();
        assert!(error.to_string().contains("must not be reached"), "{error}");
    }
    assert!(host.server.seen().is_empty());
    let folder = outside.head(&host.folder()).await.unwrap_err();
    assert!(folder.to_string().contains("is a folder"), "{folder}");
    let plain = Place { credentials: Credentials::token("geheim"), ..place("http://git.example.com/a.git") };
    assert!(outside.head(&plain).await.unwrap_err().to_string().contains("use https"));
}

#[tokio::test]
async fn a_page_is_no_repository() {
    let host = Host::with(Manners { page: true, ..Manners::default() }).await;
    let error = repos().head(&host.place()).await.unwrap_err();
    assert!(!error.may_pass() && error.to_string().contains("a page"), "{error}");
}
