//! Real git repositories behind a real socket: the git program's own `git http-backend` (<https://git-scm.com/docs/git-http-backend>), with a
//! small HTTP server before it that may ask who asks.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    process::Command,
    task::JoinHandle,
};

/// How the server behaves.
#[derive(Clone, Debug, Default)]
pub struct Manners {
    /// The content that the `Authorization` header must have.
    pub authorization: Option<String>,
    /// Every question is sent on to this server, path and all.
    pub moved_to: Option<String>,
    /// Nothing is ever answered.
    pub mute: bool,
    /// Every question is answered with a page for people.
    pub page: bool,
}

/// A server of the repositories in a folder. It ends when it is dropped.
#[derive(Debug)]
pub struct GitServer {
    address: String,
    seen: Arc<Mutex<Vec<Asked>>>,
    manners: Arc<Mutex<Manners>>,
    task: JoinHandle<()>,
}

/// A question that came in.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Method and path.
    pub what: String,
    /// The `Authorization` header.
    pub authorization: Option<String>,
}

impl GitServer {
    /// Serves the repositories below `root` on a port of its own.
    pub async fn start(root: &Path, manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("it is bound"));
        let (seen, manners) = (Arc::<Mutex<Vec<Asked>>>::default(), Arc::new(Mutex::new(manners)));
        let served = Served { root: root.to_owned(), seen: Arc::clone(&seen), manners: Arc::clone(&manners) };
        let task = tokio::spawn(async move {
            let served = Arc::new(served);
            let mut open = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let served = Arc::clone(&served);
                open.spawn(async move { served.answer(stream).await });
                while open.try_join_next().is_some() {}
            }
        });
        Self { address, seen, manners, task }
    }

    /// The address of a repository below the root.
    pub fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }

    /// Behaves like this from now on.
    pub fn behave(&self, manners: Manners) {
        *self.manners.lock().expect("nobody panics with it") = manners;
    }

    /// What came in so far.
    pub fn seen(&self) -> Vec<Asked> {
        self.seen.lock().expect("nobody panics with it").clone()
    }
}

impl Drop for GitServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Served {
    root: PathBuf,
    seen: Arc<Mutex<Vec<Asked>>>,
    manners: Arc<Mutex<Manners>>,
}

#[derive(Default)]
struct Request {
    method: String,
    path: String,
    query: String,
    kind: String,
    protocol: String,
    authorization: Option<String>,
    body: Vec<u8>,
}

impl Served {
    /// One question per connection.
    async fn answer(&self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        let request = read(&mut stream).await?;
        let asked = Asked { what: format!("{} {}", request.method, request.path), authorization: request.authorization.clone() };
        self.seen.lock().expect("nobody panics with it").push(asked);
        let manners = self.manners.lock().expect("nobody panics with it").clone();
        if manners.mute {
            std::future::pending::<()>().await;
        }
        let answer = if let Some(place) = manners.moved_to {
            let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
            head(&format!("302 Found\r\nLocation: {place}{}{query}", request.path), 0)
        } else if manners.page {
            head("200 OK\r\nContent-Type: text/html", 0)
        } else if manners.authorization.is_some() && manners.authorization != request.authorization {
            head("401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"git\"", 0)
        } else {
            self.backend(request).await
        };
        stream.write_all(&answer).await.ok()?;
        stream.shutdown().await.ok()
    }

    async fn backend(&self, request: Request) -> Vec<u8> {
        let mut child = Command::new("git")
            .arg("http-backend")
            .env("GIT_PROJECT_ROOT", &self.root)
            .env("GIT_HTTP_EXPORT_ALL", "1")
            .env("GIT_PROTOCOL", &request.protocol)
            .env("PATH_INFO", &request.path)
            .env("QUERY_STRING", &request.query)
            .env("REQUEST_METHOD", &request.method)
            .env("CONTENT_TYPE", &request.kind)
            .env("CONTENT_LENGTH", request.body.len().to_string())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("git is installed");
        let mut stdin = child.stdin.take().expect("it is piped");
        let write = async move {
            let _ = stdin.write_all(&request.body).await;
        };
        let ((), output) = tokio::join!(write, child.wait_with_output());
        let output = output.expect("it ends").stdout;
        let end = output.windows(4).position(|window| window == b"\r\n\r\n").expect("a CGI answer has headers");
        let headers = String::from_utf8_lossy(&output[..end]).into_owned();
        let status = headers.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK").to_owned();
        let body = &output[end + 4..];
        let rest: Vec<&str> = headers.lines().filter(|line| !line.starts_with("Status: ")).collect();
        let mut answer = head(&format!("{status}\r\n{}", rest.join("\r\n")), body.len());
        answer.extend_from_slice(body);
        answer
    }
}

fn head(first: &str, length: usize) -> Vec<u8> {
    format!("HTTP/1.1 {first}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n").into_bytes()
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let mut words = line.split_whitespace();
    let method = words.next()?.to_owned();
    let target = words.next()?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request = Request { method, path: path.to_owned(), query: query.to_owned(), ..Request::default() };
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "content-type" => request.kind = value.to_owned(),
            "git-protocol" => request.protocol = value.to_owned(),
            "authorization" => request.authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    request.body = vec![0; length];
    stream.read_exact(&mut request.body).await.ok()?;
    Some(request)
}
