//! Somebody else's HTTP server: a git host, a chat, an address of a user's own. It remembers what it was told, and answers as the test wants.

use std::{
    collections::{BTreeMap, VecDeque},
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::eventually;

/// A request, as it came.
#[derive(Clone, Debug)]
pub struct Told {
    /// `POST`.
    pub method: String,
    /// From the first slash on.
    pub path: String,
    /// Names in small letters.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Told {
    /// A header, empty when it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The body.
    ///
    /// # Errors
    /// When it is no JSON.
    pub fn json(&self) -> Result<serde_json::Value> {
        Ok(serde_json::from_slice(&self.body)?)
    }
}

/// How a request is answered.
#[derive(Clone, Debug)]
pub enum Reply {
    /// With a status, headers and a body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// Not at all: the connection ends after the request was read.
    Cut,
}

impl Reply {
    /// With a status alone.
    pub fn status(status: u16) -> Self {
        Self::Answer(status, Vec::new(), String::new())
    }
}

/// A server of somebody else. Ends with the test.
#[derive(Debug)]
pub struct FarSide {
    address: SocketAddr,
    told: Arc<Mutex<Vec<Told>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    serving: JoinHandle<()>,
}

impl FarSide {
    /// Starts one that takes everything: 201, and a small JSON.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (told, replies) = (Arc::<Mutex<Vec<Told>>>::default(), Arc::<Mutex<VecDeque<Reply>>>::default());
        let address = listener.local_addr()?;
        let (hears, answers) = (Arc::clone(&told), Arc::clone(&replies));
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (hears, answers) = (Arc::clone(&hears), Arc::clone(&answers));
                tokio::spawn(async move {
                    let _only_this_connection = serve(stream, &hears, &answers).await;
                });
            }
        });
        Ok(Self { address, told, replies, serving })
    }

    /// Where it is: `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next requests are answered like this, one after the other; those after them are taken again.
    pub fn answers(&self, replies: impl IntoIterator<Item = Reply>) {
        self.replies.lock().unwrap_or_else(PoisonError::into_inner).extend(replies);
    }

    /// What it was told so far.
    pub fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it was told so often; gives it all.
    ///
    /// # Errors
    /// When that does not happen.
    pub async fn hears(&self, times: usize) -> Result<Vec<Told>> {
        let what = format!("the far side to be told {times} times");
        let told = eventually(&what, async || Ok(Some(self.told()).filter(|told| told.len() >= times)));
        told.await.with_context(|| format!("{:?}", self.told().iter().map(|told| &told.path).collect::<Vec<_>>()))
    }
}

impl Drop for FarSide {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// HTTP/1.1 (RFC 9112) as far as a client needs that sends bodies with their length.
async fn serve(stream: TcpStream, told: &Mutex<Vec<Told>>, replies: &Mutex<VecDeque<Reply>>) -> Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let mut words = line.split_whitespace().map(str::to_owned);
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        told.lock().unwrap_or_else(PoisonError::into_inner).push(Told { method, path, headers, body });
        let reply = replies.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let (status, headers, body) = match reply {
            None => (201, Vec::new(), r#"{"ok": true}"#.to_owned()),
            Some(Reply::Answer(status, headers, body)) => (status, headers, body),
            Some(Reply::Cut) => return Ok(()),
        };
        let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let answer = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n{headers}\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).await?;
        stream.flush().await?;
    }
}
