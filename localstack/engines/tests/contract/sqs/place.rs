//! Where the stories happen: fresh queues, reached in process or over HTTP, or somebody else's.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_sqs::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use aws_sdk_sqs::{Client, Config};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use kraken_engines::auth::Keyring;
use kraken_engines::clock;
use kraken_engines::front::Front;
use kraken_engines::sqs::Sqs;
use tempfile::TempDir;

/// Another SQS to hold to the same stories.
const ENDPOINT: &str = "KRAKEN_SQS_ENDPOINT";

/// Says that the other SQS refuses all that SQS refuses.
const STRICT: &str = "KRAKEN_SQS_STRICT";

/// Queues of this story's own.
pub(crate) struct Place {
    pub(crate) client: Client,
    /// Sets names apart where the queues aren't fresh.
    prefix: String,
    _directory: Option<TempDir>,
}

impl Place {
    pub(crate) fn in_process() -> Self {
        let (directory, sqs) = fresh();
        Self { client: sqs.client(), prefix: prefix(), _directory: Some(directory) }
    }

    pub(crate) async fn over_http() -> Self {
        if let Ok(endpoint) = std::env::var(ENDPOINT) {
            let variable = |name| std::env::var(name).unwrap_or_else(|_| "test".to_owned());
            let credentials = Credentials::new(variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"), None, None, "environment");
            return Self { client: client(&endpoint, credentials), prefix: prefix(), _directory: None };
        }
        let (directory, sqs) = fresh();
        let keyring = Keyring::new([1; 32]);
        let owner = keyring.owner();
        let address = serve(Front::new(sqs, keyring, clock::system())).await;
        let credentials = Credentials::new(owner.access_key_id, owner.secret_access_key, None, None, "owner");
        Self { client: client(&format!("http://{address}"), credentials), prefix: prefix(), _directory: Some(directory) }
    }

    /// Are the queues behind HTTP held to every refusal of SQS?
    pub(crate) fn is_strict() -> bool {
        std::env::var_os(ENDPOINT).is_none() || std::env::var_os(STRICT).is_some()
    }

    /// A name that no other story uses.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{}-{name}", self.prefix)
    }

    /// A queue with these attributes; its address.
    pub(crate) async fn queue(&self, name: &str, attributes: &[(&str, &str)]) -> String {
        let mut create = self.client.create_queue().queue_name(self.name(name));
        for (name, value) in attributes {
            create = create.attributes(QueueAttributeName::from(*name), *value);
        }
        create.send().await.unwrap().queue_url.unwrap()
    }

    /// A standard queue with the defaults.
    pub(crate) async fn standard(&self) -> String {
        self.queue("standard", &[]).await
    }

    /// A FIFO queue that deduplicates by content.
    pub(crate) async fn fifo(&self) -> String {
        self.queue("ordered.fifo", &[("FifoQueue", "true"), ("ContentBasedDeduplication", "true")]).await
    }

    pub(crate) async fn send(&self, queue: &str, body: &str) {
        self.client.send_message().queue_url(queue).message_body(body).send().await.unwrap();
    }

    pub(crate) async fn send_in(&self, queue: &str, group: &str, body: &str) {
        self.client.send_message().queue_url(queue).message_group_id(group).message_body(body).send().await.unwrap();
    }

    /// Up to ten messages, with all their attributes, waiting `wait` seconds for the first.
    pub(crate) async fn receive(&self, queue: &str, wait: i32) -> Vec<Message> {
        let receive = self.client.receive_message().queue_url(queue).max_number_of_messages(10).wait_time_seconds(wait);
        let receive = receive.message_attribute_names("All").message_system_attribute_names(MessageSystemAttributeName::All);
        receive.send().await.unwrap().messages.unwrap_or_default()
    }

    pub(crate) async fn bodies(&self, queue: &str, wait: i32) -> Vec<String> {
        self.receive(queue, wait).await.into_iter().map(|message| message.body.unwrap()).collect()
    }

    pub(crate) async fn delete(&self, queue: &str, message: &Message) {
        self.client.delete_message().queue_url(queue).receipt_handle(handle(message)).send().await.unwrap();
    }

    pub(crate) async fn change_visibility(&self, queue: &str, message: &Message, seconds: i32) {
        let change = self.client.change_message_visibility().queue_url(queue).receipt_handle(handle(message));
        change.visibility_timeout(seconds).send().await.unwrap();
    }
}

pub(crate) fn handle(message: &Message) -> &str {
    message.receipt_handle.as_deref().unwrap()
}

pub(crate) fn body(message: &Message) -> &str {
    message.body.as_deref().unwrap()
}

pub(crate) fn system<'a>(message: &'a Message, name: &str) -> Option<&'a str> {
    message.attributes.as_ref()?.get(&MessageSystemAttributeName::from(name)).map(String::as_str)
}

/// How often the message was delivered.
pub(crate) fn count(message: &Message) -> u32 {
    system(message, "ApproximateReceiveCount").unwrap().parse().unwrap()
}

/// An SDK client as an agent would make it.
pub(crate) fn client(endpoint: &str, credentials: Credentials) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(credentials)
        .build();
    Client::from_conf(config)
}

/// Answers HTTP on a free port of the loopback interface for as long as the test runs.
pub(crate) async fn serve(front: Front) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let front = front.clone();
            let service = service_fn(move |request| {
                let front = front.clone();
                async move { Ok::<_, Infallible>(front.call(request).await) }
            });
            let mut server = hyper::server::conn::http1::Builder::new();
            tokio::spawn(server.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service));
        }
    });
    address
}

fn fresh() -> (TempDir, Sqs) {
    let directory = tempfile::tempdir().unwrap();
    let sqs = Sqs::open(directory.path(), clock::system()).unwrap();
    (directory, sqs)
}

fn prefix() -> String {
    static PLACES: AtomicU32 = AtomicU32::new(0);
    format!("contract-{}-{}", std::process::id(), PLACES.fetch_add(1, Ordering::Relaxed))
}
