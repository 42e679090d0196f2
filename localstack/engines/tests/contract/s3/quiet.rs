//! What reaches the log: tokens and signatures never, at no level.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_s3::presigning::PresigningConfig;
use jiff::{SignedDuration, Timestamp};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::store::{BUCKET, keyring, open, put, serve};
use crate::killed::{self, acknowledge};

/// Writes down everything that this server, and what it is made of, says.
#[derive(Clone, Default)]
struct Ear(Arc<Mutex<String>>);

impl Ear {
    fn hear(&self, metadata: &Metadata<'_>, record: impl FnOnce(&mut dyn Visit)) {
        if ["s3s", "kraken"].iter().any(|start| metadata.target().starts_with(start)) {
            let mut text = self.0.lock().unwrap();
            write!(text, "\n{} {}", metadata.target(), metadata.name()).unwrap();
            record(&mut Line(&mut text));
        }
    }
}

struct Line<'a>(&'a mut String);

impl Visit for Line<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Ear {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        self.hear(span.metadata(), |visit| span.record(visit));
        Id::from_u64(1)
    }

    fn event(&self, event: &Event<'_>) {
        self.hear(event.metadata(), |visit| event.record(visit));
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
#[ignore = "the child of the_log_holds_no_secrets: one log for a whole process"]
async fn eavesdropper() {
    let ear = Ear::default();
    tracing::subscriber::set_global_default(ear.clone()).unwrap();
    let (store, _) = open(&killed::directory()).await;
    let server = serve(&store).await;
    let credentials = keyring().mint("a1", Timestamp::now() + SignedDuration::from_hours(1));
    let agent = server.agent(credentials.clone());
    put(&agent, "agents/a1/k", "the body").await;
    agent.get_object().bucket(BUCKET).key("agents/a2/k").send().await.unwrap_err();
    let signer = store.client_for_endpoint(&server.url);
    let hour = PresigningConfig::expires_in(Duration::from_secs(3600)).unwrap();
    let url = signer.get_object().bucket(BUCKET).key("agents/a1/k").presigned(hour).await.unwrap();
    assert_eq!(server.ask("GET", url.uri(), "").await.0, 200);

    let said = ear.0.lock().unwrap().to_lowercase();
    assert!(said.contains("/agents/a1/k"), "requests are in the log: {said}");
    let signature = url.uri().split("X-Amz-Signature=").nth(1).unwrap().split('&').next().unwrap();
    for secret in [credentials.session_token.as_str(), &credentials.secret_access_key, signature, "authorization", "the body"] {
        assert!(!said.contains(secret), "{secret} is in the log: {said}");
    }
    acknowledge("no secret was heard");
}

#[tokio::test]
async fn the_log_holds_no_secrets() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_owned();
    tokio::task::spawn_blocking(move || killed::run_and_kill("s3::quiet::eavesdropper", &path, 1)).await.unwrap();
}
