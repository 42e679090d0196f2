//! Old entries are forgotten, and stay so.

use kraken_engines::logs::{Order, Query};

use super::shelf::{Shelf, all, at, entry, files, filler, open, sealed};

#[tokio::test]
async fn what_is_before_the_limit_is_forgotten_and_its_disk_freed() {
    let shelf = Shelf::new();
    let path = shelf.directory.path();
    shelf.append(filler()).await;
    shelf.append((10..20).map(|second| entry(second, second.to_string()))).await;
    sealed(path, 1).await;

    let freed = shelf.logs.drop_before(at(15)).await.unwrap();
    assert!(freed > 0);
    assert!(files(path, ".segment").is_empty());
    let oldest = || Query { order: Order::OldestFirst, ..Query::default() };
    let expected: Vec<_> = (15..20).map(|second| second.to_string()).collect();
    assert_eq!(shelf.all(oldest()).await, expected);
    assert_eq!(shelf.logs.drop_before(at(12)).await.unwrap(), 0);
    assert_eq!(shelf.all(oldest()).await, expected);

    let directory = shelf.directory;
    drop(shelf.logs);
    assert_eq!(all(&open(directory.path()), oldest()).await, expected);
}
