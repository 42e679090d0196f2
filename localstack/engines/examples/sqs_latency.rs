//! How long the queues take: a send, a send until a waiting receive has the message, and many at once.
//!
//! `cargo run -p kraken-engines --example sqs_latency [directory]` (a temporary directory otherwise). Run it on a
//! quiet machine, and where the data directory will be: most of the time is the disk's.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use aws_sdk_sqs::Client;
use kraken_engines::clock;
use kraken_engines::sqs::Sqs;

const ROUNDS: usize = 2_000;
const SENDERS: usize = 64;
const EACH: usize = 300;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let temporary = tempfile::tempdir()?;
    let directory = std::env::args_os().nth(1).map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let sqs = Sqs::open(&directory, clock::system())?;
    let client = sqs.client();

    let queue = make(&client, "send").await?;
    report("send", &mut sends(&client, &queue).await?);
    let queue = make(&client, "receive").await?;
    report("receive and delete, a message waiting", &mut receives(&client, &queue).await?);
    let queue = make(&client, "empty").await?;
    report("receive, nothing there", &mut empties(&client, &queue).await?);
    let queue = make(&client, "wake").await?;
    report("send -> a waiting receive has it", &mut wakes(&client, &queue).await?);
    let queue = make(&client, "many").await?;
    let took = many(&client, &queue).await?;
    let total = SENDERS * EACH;
    println!("{SENDERS} senders: {total} messages in {took:.1?}, {:.0} a second", total as f64 / took.as_secs_f64());
    if let Some(line) = std::fs::read_to_string("/proc/self/status")?.lines().find(|line| line.starts_with("VmRSS")) {
        println!("resident: {}", line.trim_start_matches("VmRSS:").trim());
    }
    Ok(())
}

async fn make(client: &Client, name: &str) -> Result<String, Box<dyn Error>> {
    let made = client.create_queue().queue_name(name).send().await?;
    client.purge_queue().set_queue_url(made.queue_url.clone()).send().await?;
    made.queue_url.ok_or_else(|| "the queue has no address".into())
}

async fn send(client: &Client, queue: &str) -> Result<(), Box<dyn Error>> {
    client.send_message().queue_url(queue).message_body("job assigned").send().await?;
    Ok(())
}

async fn sends(client: &Client, queue: &str) -> Result<Vec<Duration>, Box<dyn Error>> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        send(client, queue).await?;
        times.push(start.elapsed());
    }
    Ok(times)
}

async fn receives(client: &Client, queue: &str) -> Result<Vec<Duration>, Box<dyn Error>> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        send(client, queue).await?;
        let start = Instant::now();
        for message in client.receive_message().queue_url(queue).send().await?.messages() {
            client.delete_message().queue_url(queue).set_receipt_handle(message.receipt_handle.clone()).send().await?;
        }
        times.push(start.elapsed());
    }
    Ok(times)
}

async fn empties(client: &Client, queue: &str) -> Result<Vec<Duration>, Box<dyn Error>> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        client.receive_message().queue_url(queue).send().await?;
        times.push(start.elapsed());
    }
    Ok(times)
}

async fn wakes(client: &Client, queue: &str) -> Result<Vec<Duration>, Box<dyn Error>> {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let receive = client.receive_message().queue_url(queue).wait_time_seconds(20);
        let waiting = tokio::spawn(async move {
            let received = receive.send().await;
            (received, Instant::now())
        });
        // The answer to a later request means that the receive stands in line.
        client.get_queue_attributes().queue_url(queue).send().await?;
        let start = Instant::now();
        send(client, queue).await?;
        let (received, got) = waiting.await?;
        times.push(got.saturating_duration_since(start));
        for message in received?.messages() {
            client.delete_message().queue_url(queue).set_receipt_handle(message.receipt_handle.clone()).send().await?;
        }
    }
    Ok(times)
}

async fn many(client: &Client, queue: &str) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    let mut tasks = Vec::with_capacity(SENDERS);
    for _ in 0..SENDERS {
        let (client, queue) = (client.clone(), queue.to_owned());
        tasks.push(tokio::spawn(async move {
            for _ in 0..EACH {
                client.send_message().queue_url(&queue).message_body("job assigned").send().await?;
            }
            Ok::<_, aws_sdk_sqs::Error>(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    Ok(start.elapsed())
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("{what}: p50 {:.0?}, p99 {:.0?}, worst {:.0?}", at(0.5), at(0.99), at(1.0));
}
