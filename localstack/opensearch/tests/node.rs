//! A node answers, and never outlives whom it is for.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use kraken_opensearch::Node;

/// A node needs some seconds to end.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
#[ignore = "the child that is killed in a_node_ends_with_the_process_it_is_for"]
fn holder() {
    println!("node at {}", Node::shared());
    std::thread::park();
}

#[test]
fn a_node_ends_with_the_process_it_is_for() {
    let scratch = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "holder", "--ignored", "--nocapture"])
        .env("TMPDIR", scratch.path())
        .env_remove("OPENSEARCH_URL")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let url = lines.map(Result::unwrap).find_map(|line| line.split_once("node at http://").map(|(_, address)| address.to_owned()));
    let address = url.unwrap();
    let mut held = TcpStream::connect(&address).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();

    // The kernel ends the connection with the node, and says so at once.
    held.set_read_timeout(Some(PATIENCE)).unwrap();
    let ended = held.read(&mut [0; 1]);
    let timed_out = ended.as_ref().is_err_and(|error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
    assert!(!timed_out, "the node at {address} is there after {PATIENCE:?}");
    assert!(TcpStream::connect(&address).is_err(), "nobody listens at {address} any more");
    // It removes its files before it ends, and nobody else does.
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
}
