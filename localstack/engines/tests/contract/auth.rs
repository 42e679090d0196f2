//! The door for agents: minted credentials, over real HTTP, through the SDK that agents use.

use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::Credentials;
use aws_sdk_sqs::error::ProvideErrorMetadata;
use jiff::{SignedDuration, Timestamp};
use kraken_engines::auth::{Keyring, TempCredentials, agent_queue};
use kraken_engines::clock;
use kraken_engines::front::{Front, is_sqs};
use kraken_engines::sqs::Sqs;

use crate::sqs::{client, serve};

const AGENT: &str = "01J8ZK3V9M";

struct Door {
    endpoint: String,
    keyring: Keyring,
    /// The server's own way to the queues.
    inside: Client,
    /// The address of the agent's queue.
    queue: String,
    _directory: tempfile::TempDir,
}

impl Door {
    async fn open() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let sqs = Sqs::open(directory.path(), clock::system()).unwrap();
        let keyring = Keyring::new([9; 32]);
        let inside = sqs.client();
        let queue = inside.create_queue().queue_name(agent_queue(AGENT)).send().await.unwrap().queue_url.unwrap();
        let address = serve(Front::new(sqs, keyring.clone(), clock::system())).await;
        Self { endpoint: format!("http://{address}"), keyring, inside, queue, _directory: directory }
    }

    fn mint(&self, hours: i64) -> TempCredentials {
        self.keyring.mint(AGENT, Timestamp::now() + SignedDuration::from_hours(hours))
    }

    fn with(&self, minted: TempCredentials) -> Client {
        self.as_stated(&minted.access_key_id, &minted.secret_access_key, Some(minted.session_token))
    }

    fn as_stated(&self, key: &str, secret: &str, token: Option<String>) -> Client {
        client(&self.endpoint, Credentials::new(key, secret, token, None, "session"))
    }

    /// The error code that a receive on the agent's own queue gets.
    async fn refusal(&self, client: &Client) -> String {
        let refusal = client.receive_message().queue_url(&self.queue).send().await.unwrap_err().into_service_error();
        refusal.code().unwrap().to_owned()
    }
}

#[tokio::test]
async fn an_agent_hears_and_acknowledges_on_its_queue() {
    let door = Door::open().await;
    let agent = door.with(door.mint(1));
    let found = agent.get_queue_url().queue_name(agent_queue(AGENT)).send().await.unwrap().queue_url.unwrap();
    assert!(found.starts_with(&door.endpoint), "{found}");
    let receive = agent.receive_message().queue_url(&found).wait_time_seconds(20);
    let waiting = tokio::spawn(async move { receive.send().await.unwrap().messages.unwrap().remove(0) });
    door.inside.send_message().queue_url(&door.queue).message_body("job assigned").send().await.unwrap();
    let message = waiting.await.unwrap();
    assert_eq!(message.body.as_deref(), Some("job assigned"));
    let handle = message.receipt_handle.unwrap();
    agent.change_message_visibility().queue_url(&found).receipt_handle(&handle).visibility_timeout(60).send().await.unwrap();
    agent.delete_message().queue_url(&found).receipt_handle(&handle).send().await.unwrap();
    agent.get_queue_attributes().queue_url(&found).send().await.unwrap();
}

#[tokio::test]
async fn an_agent_does_nothing_else() {
    let door = Door::open().await;
    let agent = door.with(door.mint(1));
    let other = door.inside.create_queue().queue_name(agent_queue("other")).send().await.unwrap().queue_url.unwrap();
    let mut codes = Vec::new();
    macro_rules! refused {
        ($request:expr) => {
            codes.push($request.send().await.unwrap_err().into_service_error().code().unwrap().to_owned())
        };
    }
    refused!(agent.receive_message().queue_url(&other));
    refused!(agent.receive_message().queue_url(other.replace("other", "nowhere")));
    refused!(agent.delete_message().queue_url(&other).receipt_handle("x"));
    refused!(agent.get_queue_url().queue_name(agent_queue("other")));
    refused!(agent.send_message().queue_url(&door.queue).message_body("x"));
    refused!(agent.purge_queue().queue_url(&door.queue));
    refused!(agent.delete_queue().queue_url(&door.queue));
    refused!(agent.create_queue().queue_name("mine"));
    refused!(agent.list_queues());
    assert_eq!(codes, ["AccessDenied"; 9]);
}

#[tokio::test]
async fn the_owner_does_everything() {
    let door = Door::open().await;
    let owner = door.keyring.owner();
    let owner = door.as_stated(&owner.access_key_id, &owner.secret_access_key, None);
    owner.send_message().queue_url(&door.queue).message_body("x").send().await.unwrap();
    assert_eq!(owner.list_queues().send().await.unwrap().queue_urls().len(), 1);
}

#[tokio::test]
async fn ended_credentials_are_told_so() {
    let door = Door::open().await;
    assert_eq!(door.refusal(&door.with(door.mint(-1))).await, "ExpiredToken");
}

#[tokio::test]
async fn wrong_credentials_are_told_what_is_wrong() {
    let door = Door::open().await;
    let minted = door.mint(1);
    let wrong_secret = door.as_stated(&minted.access_key_id, "wrong", Some(minted.session_token.clone()));
    assert_eq!(door.refusal(&wrong_secret).await, "SignatureDoesNotMatch");
    let no_token = door.as_stated(&minted.access_key_id, &minted.secret_access_key, None);
    assert_eq!(door.refusal(&no_token).await, "InvalidClientTokenId");
    let other_token = door.mint(2).session_token;
    let wrong_token = door.as_stated(&minted.access_key_id, &minted.secret_access_key, Some(other_token));
    assert_eq!(door.refusal(&wrong_token).await, "InvalidClientTokenId");
    let other_house = Keyring::new([8; 32]).mint(AGENT, minted.expires);
    assert_eq!(door.refusal(&door.with(other_house)).await, "InvalidClientTokenId");
    let unknown = door.as_stated("AKIAIOSFODNN7EXAMPLE", "wrong", None);
    assert_eq!(door.refusal(&unknown).await, "InvalidClientTokenId");
}

#[tokio::test]
async fn strangers_are_turned_away() {
    use http_body_util::{BodyExt, Full};

    let directory = tempfile::tempdir().unwrap();
    let sqs = Sqs::open(directory.path(), clock::system()).unwrap();
    let front = Front::new(sqs, Keyring::new([9; 32]), clock::system());
    let request =
        http::Request::post("/").header("x-amz-target", "AmazonSQS.ListQueues").body(Full::new(bytes::Bytes::from("{}"))).unwrap();
    assert!(is_sqs(&request));
    let response = front.call(request).await;
    assert_eq!(response.status(), 403);
    assert_eq!(response.headers()["x-amzn-query-error"], "MissingAuthenticationToken;Sender");
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(serde_json::from_slice::<serde_json::Value>(&body).unwrap()["message"].is_string());

    assert!(!is_sqs(&http::Request::get("/").header("x-amz-target", "AmazonSQS.ListQueues").body(()).unwrap()));
    assert!(!is_sqs(&http::Request::post("/bucket/key?uploads").body(()).unwrap()));
}
