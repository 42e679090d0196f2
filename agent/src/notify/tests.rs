#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn words_arrive_as_datagrams() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notify");
    let listener = UnixDatagram::bind(&path).unwrap();
    let manager = ServiceManager::at(&path);
    manager.ready();
    manager.alive();
    let mut words = Vec::new();
    for _ in 0..2 {
        let mut buffer = [0; 100];
        let length = listener.recv(&mut buffer).unwrap();
        words.push(String::from_utf8_lossy(&buffer[..length]).into_owned());
    }
    assert_eq!(words, ["READY=1", "WATCHDOG=1"]);
    ServiceManager::default().ready();
}
