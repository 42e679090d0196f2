//! Who did what is written with what they did.

use kraken_domain::{
    Timestamp,
    audit::{AuditEntry, KEPT_S},
};
use kraken_store::{Commit, Cursor, Store, audit};

use crate::records::{at, flow, run, table};

fn entry(request: &str, second: i64) -> AuditEntry {
    AuditEntry {
        at: at(second),
        request: request.to_owned(),
        token: "01kjm8p00000000000000000t1".parse().unwrap(),
        name: "somebody".to_owned(),
        action: "POST /api/flows/{flow}/cancel".to_owned(),
        path: "/api/flows/1/cancel".to_owned(),
        project: None,
        made: None,
    }
}

async fn told(store: &Store) -> Vec<String> {
    let page = store.audit((Timestamp::UNIX_EPOCH, Timestamp::MAX), |_| true, 100, None).await.unwrap();
    assert!(page.next.is_none());
    page.items.into_iter().map(|entry| entry.request).collect()
}

async fn create(store: &Store, number: u64) -> bool {
    let mut commit = Commit::new();
    commit.create(&flow(number)).unwrap();
    store.commit(commit).await.is_ok()
}

#[tokio::test]
async fn a_call_has_one_entry_exactly_if_it_changed_something() {
    let (store, _dir) = table().await;
    assert!(create(&store, 1).await, "without a call there is nobody to note");
    audit::answering(async {
        audit::note_call(entry("refused", 1));
        assert!(!create(&store, 1).await);
    })
    .await;
    audit::answering(async {
        audit::note_call(entry("looked", 2));
        store.commit(Commit::new()).await.unwrap();
    })
    .await;
    audit::answering(async { assert!(create(&store, 2).await, "an agent's call, say") }).await;
    assert_eq!(told(&store).await, [] as [&str; 0]);

    audit::answering(async {
        audit::note_call(entry("twice", 3));
        // The first is refused, so that the second has to carry it.
        assert!(!create(&store, 1).await);
        assert!(create(&store, 3).await);
        let mut commit = Commit::new();
        commit.create(&run(3)).unwrap();
        store.commit(commit).await.unwrap();
    })
    .await;
    assert_eq!(told(&store).await, ["twice"]);
}

#[tokio::test]
async fn entries_are_found_by_time_and_by_what_they_say_page_by_page() {
    let (store, _dir) = table().await;
    for number in 1..=9_u64 {
        let entry = AuditEntry {
            name: if number % 3 == 0 { "third" } else { "other" }.to_owned(),
            ..entry(&format!("r{number}"), i64::try_from(number).unwrap())
        };
        audit::answering(async {
            audit::note_call(entry);
            assert!(create(&store, number).await);
        })
        .await;
    }
    assert_eq!(told(&store).await, ["r9", "r8", "r7", "r6", "r5", "r4", "r3", "r2", "r1"]);
    let all = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
    let page = async |limit, after: Option<&Cursor>| store.audit(all, |entry| entry.name == "third", limit, after).await.unwrap();
    let first = page(2, None).await;
    assert_eq!(first.items.iter().map(|entry| entry.request.as_str()).collect::<Vec<_>>(), ["r9", "r6"]);
    let rest = page(2, first.next.as_ref()).await;
    assert_eq!(rest.items.iter().map(|entry| entry.request.as_str()).collect::<Vec<_>>(), ["r3"]);
    assert!(rest.next.is_none());
    let between = store.audit((at(4), at(6)), |_| true, 10, None).await.unwrap();
    assert_eq!(between.items.iter().map(|entry| entry.request.as_str()).collect::<Vec<_>>(), ["r5", "r4"], "until before the end");
    assert_eq!(between.items[0].expires().as_second() - at(5).as_second(), KEPT_S);
}
