//! Somebody else's mail server: speaks SMTP (RFC 5321) with a login (RFC 4954), and keeps what it takes.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::eventually;

/// A mail that was taken.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// The login, as it was given: `PLAIN` and its base64.
    pub login: String,
    /// Whom the envelope is from.
    pub from: String,
    /// Whom it is to.
    pub to: Vec<String>,
    /// Headers and body.
    pub text: String,
}

#[derive(Debug, Default)]
struct Kept {
    received: Vec<Received>,
    /// What the next recipients are answered; empty: `250`.
    refusals: Vec<String>,
}

/// A mail server. Ends with the test.
#[derive(Debug)]
pub struct Mailbox {
    address: SocketAddr,
    inside: Arc<Mutex<Kept>>,
    serving: JoinHandle<()>,
}

impl Mailbox {
    /// Starts one.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let inside = Arc::<Mutex<Kept>>::default();
        let shared = Arc::clone(&inside);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inside = Arc::clone(&shared);
                tokio::spawn(async move {
                    let _only_this_connection = converse(stream, &inside).await;
                });
            }
        });
        Ok(Self { address, inside, serving })
    }

    /// Its port on this machine.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The next recipient is answered with that line, such as `450 try later`.
    pub fn refuses(&self, line: &str) {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner).refusals.push(line.to_owned());
    }

    /// Waits until it has so many mails; gives them.
    ///
    /// # Errors
    /// When that does not happen.
    pub async fn receives(&self, count: usize) -> Result<Vec<Received>> {
        eventually(&format!("{count} mails"), async || {
            let received = self.inside.lock().unwrap_or_else(PoisonError::into_inner).received.clone();
            Ok(Some(received).filter(|received| received.len() >= count))
        })
        .await
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn converse(stream: TcpStream, inside: &Mutex<Kept>) -> Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 mail.example ESMTP\r\n").await?;
    let (mut mail, mut in_text) = (Received::default(), false);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let said = line.trim_end();
        if in_text {
            if said == "." {
                in_text = false;
                inside.lock().unwrap_or_else(PoisonError::into_inner).received.push(std::mem::take(&mut mail));
                stream.write_all(b"250 queued as 7\r\n").await?;
            } else {
                mail.text.push_str(said);
                mail.text.push('\n');
            }
            continue;
        }
        let (verb, rest) = said.split_once([' ', ':']).unwrap_or((said, ""));
        let answer = match verb.to_ascii_uppercase().as_str() {
            "EHLO" => "250-mail.example\r\n250 AUTH PLAIN LOGIN".to_owned(),
            "AUTH" => {
                mail.login = rest.to_owned();
                "235 welcome".to_owned()
            }
            "MAIL" => {
                mail.from = rest.to_owned();
                "250 yes".to_owned()
            }
            "RCPT" => {
                let refusal = inside.lock().unwrap_or_else(PoisonError::into_inner).refusals.pop();
                if refusal.is_none() {
                    mail.to.push(rest.to_owned());
                }
                refusal.unwrap_or_else(|| "250 yes".to_owned())
            }
            "DATA" => {
                in_text = true;
                "354 go on".to_owned()
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 yes".to_owned(),
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
}
