//! A node answers, and never outlives whom it is for.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kraken_opensearch::Node;

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
    assert!(TcpStream::connect(&address).is_ok());
    child.kill().unwrap();
    child.wait().unwrap();

    let deadline = Instant::now() + Duration::from_secs(60);
    let left = || std::fs::read_dir(scratch.path()).unwrap().count();
    while TcpStream::connect(&address).is_ok() || left() > 0 {
        assert!(Instant::now() < deadline, "a minute later the node at {address} is there, or {} of its files", left());
        std::thread::sleep(Duration::from_millis(20));
    }
}
