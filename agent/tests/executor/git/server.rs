//! A git host: `git http-backend` behind a few lines of HTTP, with one user and token.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use base64::Engine;

use crate::host::processes_with;

#[derive(Default)]
struct Seen {
    requests: usize,
    opened: usize,
    in_process_list: Vec<String>,
}

/// Serves until the test's process ends.
pub(crate) struct GitServer {
    address: SocketAddr,
    seen: Arc<Mutex<Seen>>,
}

struct Served {
    root: PathBuf,
    authorization: String,
    token: String,
    seen: Arc<Mutex<Seen>>,
}

impl GitServer {
    pub(crate) fn start(root: PathBuf, user: &str, token: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Seen::default()));
        let authorization = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(format!("{user}:{token}")));
        let served = Arc::new(Served { root, authorization, token: token.into(), seen: seen.clone() });
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let served = served.clone();
                std::thread::spawn(move || served.serve(&stream));
            }
        });
        Self { address, seen }
    }

    pub(crate) fn url(&self, repository: &str) -> String {
        format!("http://{}/{repository}", self.address)
    }

    pub(crate) fn requests(&self) -> usize {
        self.seen.lock().unwrap().requests
    }

    /// How many requests came with the right token.
    pub(crate) fn opened(&self) -> usize {
        self.seen.lock().unwrap().opened
    }

    /// Command lines that showed the token while git was talking to this host.
    pub(crate) fn seen_in_process_list(&self) -> Vec<String> {
        self.seen.lock().unwrap().in_process_list.clone()
    }
}

impl Served {
    fn serve(&self, stream: &TcpStream) {
        let mut input = BufReader::new(stream);
        let mut first = String::new();
        input.read_line(&mut first).unwrap();
        let mut words = first.split_whitespace();
        let (Some(method), Some(target)) = (words.next(), words.next()) else { return };
        let mut headers: Vec<(String, String)> = Vec::new();
        loop {
            let mut line = String::new();
            input.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let header = |name: &str| headers.iter().find(|(header, _)| header == name).map_or("", |(_, value)| value.as_str());
        let is_open = header("authorization") == self.authorization;
        {
            let mut seen = self.seen.lock().unwrap();
            seen.requests += 1;
            seen.opened += usize::from(is_open);
            seen.in_process_list.extend(processes_with(&self.token));
        }
        let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
        input.read_exact(&mut body).unwrap();
        let mut output = stream;
        if !is_open {
            let refused = "HTTP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"\r\nContent-Length: 0\r\n\r\n";
            output.write_all(refused.as_bytes()).unwrap();
            return;
        }
        let answer = backend(&self.root, method, target, &header, &body);
        output.write_all(b"HTTP/1.0 200 OK\r\n").unwrap();
        output.write_all(&answer).unwrap();
    }
}

/// The CGI program that comes with git.
fn backend<'h>(root: &Path, method: &str, target: &str, header: &impl Fn(&str) -> &'h str, body: &[u8]) -> Vec<u8> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut backend = Command::new("git")
        .arg("http-backend")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("PATH_INFO", path)
        .env("QUERY_STRING", query)
        .env("REQUEST_METHOD", method)
        .env("CONTENT_TYPE", header("content-type"))
        .env("CONTENT_LENGTH", body.len().to_string())
        .env("HTTP_CONTENT_ENCODING", header("content-encoding"))
        .env("GIT_PROTOCOL", header("git-protocol"))
        .env("REMOTE_USER", "ci")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    backend.stdin.take().unwrap().write_all(body).unwrap();
    backend.wait_with_output().unwrap().stdout
}
