//! User data, out of one table and into another; and larger than other records may be.

use kraken_domain::data::{DATA_BYTES_MAX, DataChange, DataDocument, DataOwner};
use kraken_store::{Commit, data_keys_of_flow, data_of_branch};
use serde_json::json;

use crate::{
    moving::pages,
    records::{at, branch, flow_id, project, table},
};

#[tokio::test]
async fn documents_of_every_scope_and_size_move() {
    let (old, _old_dir) = table().await;
    let mut owners = data_of_branch(branch()).to_vec();
    owners.extend([DataOwner::Project(project()), DataOwner::Flow(flow_id(1))]);
    let mut documents = Vec::new();
    for (n, owner) in (0..).zip(&owners) {
        // The last is as large as one may be, and grows by escapes on its way.
        let text = if n == 4 { "\"".repeat((DATA_BYTES_MAX - 20) / 2) } else { n.to_string() };
        let change = DataChange::set("/text", json!(text)).unwrap();
        let document = DataDocument::new(*owner, at(n)).changed(&change, Some("first"), at(n)).unwrap().unwrap();
        let mut commit = Commit::new();
        commit.create(&document).unwrap();
        old.commit(commit).await.unwrap();
        documents.push(document);
    }
    assert_eq!(data_keys_of_flow(flow_id(1)).len(), 1);

    let (new, _new_dir) = table().await;
    assert!(new.data_of(&owners).await.unwrap().iter().all(Option::is_none));
    for page in pages(&old, 2).await {
        new.import(&page, at(50)).await.unwrap();
    }
    let moved = new.data_of(&owners).await.unwrap().into_iter().map(|read| read.unwrap().value);
    assert_eq!(moved.collect::<Vec<_>>(), documents);
    assert_eq!(new.data(owners[4]).await.unwrap().unwrap().version, 1);
}
