//! Who wants to hear of new objects hears of each, at least once, in the words of AWS.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use aws_sdk_sqs::types::QueueAttributeName;
use kraken_engines::clock;
use kraken_engines::s3::{Rule, S3};
use kraken_engines::sqs::Sqs;
use serde_json::Value;
use tokio::task::JoinHandle;

use super::store::{BUCKET, fixture, open, pattern, put};
use crate::killed::{self, acknowledge};

/// A queue beside the store, and somebody who reads it.
struct Reader {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl Reader {
    async fn open(dir: &Path) -> Self {
        let client = Sqs::open(&dir.join("queues"), clock::system()).unwrap().client();
        let made = client.create_queue().queue_name("news").attributes(QueueAttributeName::VisibilityTimeout, "600").send().await.unwrap();
        Self { client, url: made.queue_url.unwrap() }
    }

    fn rule(&self) -> Rule {
        let text = str::to_owned;
        Rule { id: text("logs"), bucket: text(BUCKET), prefix: text("agents/"), suffix: text("/log.gz"), queue_url: self.url.clone() }
    }

    fn announce(&self, store: &S3) -> JoinHandle<()> {
        tokio::spawn(store.announce(self.rule()).run(self.client.clone()))
    }

    /// Messages until `enough` says so, in the order of their arrival.
    async fn hear(&self, mut enough: impl FnMut(&[Value]) -> bool) -> Vec<Value> {
        let mut heard = Vec::new();
        let hearing = async {
            while !enough(&heard) {
                let call = self.client.receive_message().queue_url(&self.url).max_number_of_messages(10).wait_time_seconds(1);
                for message in call.send().await.unwrap().messages.unwrap_or_default() {
                    heard.push(serde_json::from_str(&message.body.unwrap()).unwrap());
                    self.client.delete_message().queue_url(&self.url).receipt_handle(message.receipt_handle.unwrap()).send().await.unwrap();
                }
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(20), hearing).await;
        assert!(in_time.is_ok(), "heard only {heard:?}");
        heard
    }
}

fn key(message: &Value) -> String {
    message["Records"][0]["s3"]["object"]["key"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn each_object_that_matches_is_told_of_in_the_words_of_s3() {
    let fixture = fixture().await;
    let reader = Reader::open(fixture.dir.path()).await;
    let announcing = reader.announce(&fixture.store);

    fixture.put("agents/a b/ü+/log.gz", "hello").await;
    fixture.put("agents/1/index.json", "{}").await;
    fixture.put("elsewhere/1/log.gz", "x").await;
    let refused = fixture.client.put_object().bucket(BUCKET).key("agents/a b/ü+/log.gz").if_none_match("*").send().await;
    refused.unwrap_err();
    let copy = fixture.client.copy_object().bucket(BUCKET).key("agents/2/log.gz");
    copy.copy_source(format!("{BUCKET}/elsewhere/1/log.gz")).send().await.unwrap();
    fixture.client.delete_object().bucket(BUCKET).key("agents/2/log.gz").send().await.unwrap();
    in_parts(&fixture.client, "agents/3/log.gz").await;

    let heard = reader.hear(|heard| heard.len() == 3).await;
    let mut kinds: Vec<(String, String, u64)> = heard
        .iter()
        .map(|message| {
            let record = &message["Records"][0];
            assert_eq!((record["eventSource"].as_str(), record["s3"]["bucket"]["name"].as_str()), (Some("aws:s3"), Some(BUCKET)));
            assert!(record["eventTime"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
            (key(message), record["eventName"].as_str().unwrap().to_owned(), record["s3"]["object"]["size"].as_u64().unwrap())
        })
        .collect();
    kinds.sort();
    let told = |key: &str, how: &str, size| (key.to_owned(), format!("ObjectCreated:{how}"), size);
    let expected = [
        told("agents/2/log.gz", "Copy", 1),
        told("agents/3/log.gz", "CompleteMultipartUpload", 1000),
        told("agents/a+b/%C3%BC%2B/log.gz", "Put", 5),
    ];
    assert_eq!(kinds, expected);
    announcing.abort();
}

async fn in_parts(client: &aws_sdk_s3::Client, key: &str) {
    let upload = client.create_multipart_upload().bucket(BUCKET).key(key).send().await.unwrap().upload_id.unwrap();
    let part = client.upload_part().bucket(BUCKET).key(key).upload_id(&upload).part_number(1).body(pattern(2, 1000).into());
    let etag = part.send().await.unwrap().e_tag.unwrap();
    let parts = CompletedMultipartUpload::builder().parts(CompletedPart::builder().part_number(1).e_tag(etag).build()).build();
    client.complete_multipart_upload().bucket(BUCKET).key(key).upload_id(upload).multipart_upload(parts).send().await.unwrap();
}

/// What the queue did not take waits, also over a restart.
#[tokio::test]
async fn news_wait_for_a_queue_that_is_away() {
    let directory = tempfile::tempdir().unwrap();
    {
        let (store, client) = open(directory.path()).await;
        let nobody = Rule { queue_url: "http://sqs.localhost/000000000000/nobody".into(), ..Reader::open(directory.path()).await.rule() };
        let other = Sqs::open(&directory.path().join("other"), clock::system()).unwrap().client();
        let announcing = tokio::spawn(store.announce(nobody).run(other));
        for number in 0..12 {
            put(&client, &format!("agents/{number}/log.gz"), "x").await;
        }
        announcing.abort();
        let _ = announcing.await;
    }
    let (store, _client) = reopened(directory.path()).await;
    let reader = Reader::open(directory.path()).await;
    let announcing = reader.announce(&store);
    let heard = reader.hear(|heard| heard.len() == 12).await;
    let keys: BTreeSet<String> = heard.iter().map(key).collect();
    assert_eq!(keys.len(), 12, "each once");
    announcing.abort();
}

/// The SDK may keep a clone of its client for a moment, and with it the store.
async fn reopened(dir: &Path) -> (S3, aws_sdk_s3::Client) {
    super::store::eventually("the folder is free", || S3::open(dir, clock::system(), super::store::keyring()).is_ok()).await;
    open(dir).await
}

#[test]
#[ignore = "the child that is killed in nothing_is_left_untold_by_a_kill"]
fn storing() {
    let directory = killed::directory();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let (store, client) = open(&directory).await;
        let reader = Reader::open(&directory).await;
        let _announcing = reader.announce(&store);
        let process = std::process::id();
        let writers = (0..4).map(|writer| {
            let client = client.clone();
            tokio::spawn(async move {
                for step in 0.. {
                    let key = format!("agents/{process}/{writer}-{step}/log.gz");
                    put(&client, &key, "a log").await;
                    acknowledge(&key);
                }
            })
        });
        futures::future::join_all(writers).await;
    });
}

#[tokio::test]
async fn nothing_is_left_untold_by_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let mut untold = BTreeSet::new();
    for round in 1..=3 {
        let path = directory.path().to_owned();
        let stored = tokio::task::spawn_blocking(move || killed::run_and_kill("s3::news::storing", &path, 37 * round)).await.unwrap();
        untold.extend(stored);
    }
    let (store, _client) = open(directory.path()).await;
    let reader = Reader::open(directory.path()).await;
    let announcing = reader.announce(&store);
    reader
        .hear(|heard| {
            for message in heard {
                untold.remove(&key(message));
            }
            untold.is_empty()
        })
        .await;
    announcing.abort();
}

/// Rows that were sent go by themselves: the next start tells nothing again.
#[tokio::test]
async fn what_was_told_is_forgotten() {
    let directory = tempfile::tempdir().unwrap();
    let rows = || {
        let catalogue = rusqlite::Connection::open(directory.path().join("catalogue.sqlite")).unwrap();
        catalogue.query_row("SELECT count(*) FROM news", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    let (store, client) = open(directory.path()).await;
    let reader = Reader::open(directory.path()).await;
    let announcing = reader.announce(&store);
    put(&client, "agents/1/log.gz", "x").await;
    reader.hear(|heard| heard.len() == 1).await;
    super::store::eventually("no row is left", || rows() == 0).await;
    announcing.abort();
}
