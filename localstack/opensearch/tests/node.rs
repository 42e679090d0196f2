//! A node answers, and never outlives whom it is for.
#![allow(clippy::unwrap_used)]

use std::io::{BufRead, BufReader, Read};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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
    let held = TcpStream::connect(&address).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();

    let deadline = Instant::now() + PATIENCE;
    let mut next = Ok(held);
    // It may end a connection before it stops to listen, so the next one is held until that ends, too.
    while let Ok(mut held) = next {
        assert!(Instant::now() < deadline, "the node at {address} is there after {PATIENCE:?}");
        held.set_read_timeout(Some(PATIENCE)).unwrap();
        let _ended_somehow = held.read(&mut [0; 1]);
        next = TcpStream::connect(&address);
    }
    // It removes its files before it ends, and nobody else does.
    assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 0);
}
