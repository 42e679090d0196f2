//! How long the object store takes: PUT and GET of three sizes in process, and the throughput of presigned GETs over
//! loopback. Run it with `cargo run --release -p kraken-engines --example s3_latency [directory]`; the directory should
//! be on the disk to measure.

use std::future::Future;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use futures::future::join_all;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client as HttpClient;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use kraken_engines::auth::Keyring;
use kraken_engines::clock;
use kraken_engines::s3::{self, Body, DATA_BUCKET as BUCKET, S3};

/// Whatever goes wrong ends the example.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

const LARGE: usize = 256 * 1024 * 1024;

#[tokio::main]
async fn main() -> Result<()> {
    let directory = std::env::args().nth(1).map_or_else(|| std::env::temp_dir().join("kraken-s3-latency"), Into::into);
    let store = S3::open(&directory, clock::system(), Keyring::new([1; 32]))?;
    let client = s3::client(&store);
    // It may be there from an earlier run.
    let _ = client.create_bucket().bucket(BUCKET).send().await;
    println!("{:32} {:>9} {:>9} {:>9} {:>11}", "one at a time", "p50", "p99", "max", "per second");
    for (name, size, rounds) in [("1 KB", 1 << 10, 1000), ("16 KB", 16 << 10, 1000), ("1 MB", 1 << 20, 100)] {
        let body = vec![b'x'; size];
        measure(&format!("PUT {name}"), rounds, |round| put(&client, format!("{name}/{round}"), body.clone())).await?;
        measure(&format!("GET {name}"), rounds, |round| get(&client, format!("{name}/{round}"))).await?;
    }
    measure("HEAD", 1000, |round| head(&client, format!("1 KB/{round}"))).await?;
    measure("list 1,000 keys", 50, |_| list(&client)).await?;
    together(&client, 1 << 10).await?;
    together(&client, 16 << 10).await?;
    throughput(&store, &client).await?;
    drop((store, client));
    std::fs::remove_dir_all(&directory)?;
    Ok(())
}

async fn put(client: &Client, key: String, body: Vec<u8>) -> Result<()> {
    client.put_object().bucket(BUCKET).key(key).body(ByteStream::from(body)).send().await?;
    Ok(())
}

async fn get(client: &Client, key: String) -> Result<()> {
    client.get_object().bucket(BUCKET).key(key).send().await?.body.collect().await?;
    Ok(())
}

async fn head(client: &Client, key: String) -> Result<()> {
    client.head_object().bucket(BUCKET).key(key).send().await?;
    Ok(())
}

async fn list(client: &Client) -> Result<()> {
    client.list_objects_v2().bucket(BUCKET).prefix("16 KB/").send().await?;
    Ok(())
}

async fn measure<F: Future<Output = Result<()>>>(what: &str, rounds: usize, action: impl Fn(usize) -> F) -> Result<()> {
    let mut times = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let begun = Instant::now();
        action(round).await?;
        times.push(begun.elapsed());
    }
    let total: Duration = times.iter().sum();
    times.sort();
    let ms = |at: usize| format!("{:.3} ms", times[at].as_secs_f64() * 1000.0);
    let rate = rounds as f64 / total.as_secs_f64();
    println!("{what:32} {:>9} {:>9} {:>9} {rate:>11.0}", ms(rounds / 2), ms(rounds * 99 / 100), ms(rounds - 1));
    Ok(())
}

/// 64 writers at once: they share commits.
async fn together(client: &Client, size: usize) -> Result<()> {
    let begun = Instant::now();
    let writers = (0..64).map(|writer| {
        let client = client.clone();
        tokio::spawn(async move {
            for round in 0..50 {
                put(&client, format!("together/{writer}/{round}"), vec![b'x'; size]).await?;
            }
            Result::Ok(())
        })
    });
    for outcome in join_all(writers).await {
        outcome??;
    }
    println!("64 writers of {size} bytes: {:.0} PUT/s", 64.0 * 50.0 / begun.elapsed().as_secs_f64());
    Ok(())
}

async fn throughput(store: &S3, client: &Client) -> Result<()> {
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let signer = store.client_for_endpoint(&format!("http://{}", listener.local_addr()?));
    let endpoint = store.service();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(endpoint.clone());
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    let http = HttpClient::builder(TokioExecutor::new()).build_http::<Body>();
    let expires = PresigningConfig::expires_in(Duration::from_secs(600))?;
    let megabytes = LARGE as f64 / 1e6;

    let url = signer.put_object().bucket(BUCKET).key("large").presigned(expires.clone()).await?;
    let request = http::Request::put(url.uri()).header("content-length", LARGE).body(Body::from(vec![b'x'; LARGE]))?;
    let begun = Instant::now();
    let status = http.request(request).await?.status();
    println!("presigned PUT of 256 MiB: {status}, {:.0} MB/s", megabytes / begun.elapsed().as_secs_f64());

    let url = signer.get_object().bucket(BUCKET).key("large").presigned(expires).await?;
    for _ in 0..3 {
        let begun = Instant::now();
        let mut body = http.request(http::Request::get(url.uri()).body(Body::empty())?).await?.into_body();
        let mut received = 0;
        while let Some(frame) = body.frame().await {
            received += frame?.data_ref().map_or(0, |data| data.len());
        }
        println!("presigned GET of {received} bytes: {:.0} MB/s", megabytes / begun.elapsed().as_secs_f64());
    }
    let small = signer.get_object().bucket(BUCKET).key("1 KB/1");
    let url = small.presigned(PresigningConfig::expires_in(Duration::from_secs(600))?).await?;
    measure("presigned GET 1 KB over loopback", 1000, |_| async {
        let response = http.request(http::Request::get(url.uri()).body(Body::empty())?).await?;
        response.into_body().collect().await?;
        Ok(())
    })
    .await?;
    client.delete_object().bucket(BUCKET).key("large").send().await?;
    Ok(())
}
