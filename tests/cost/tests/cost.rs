//! What Kraken costs on AWS does not grow unnoticed: `docs/cost.md` says what was counted, and nothing may be more by now.

// The futures of stories hold the whole system.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used)]

use std::path::Path;

use kraken_cost::{count, document::replaced};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_costs_more_than_the_document_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cost.md");
    let counted = count().await.unwrap();
    let document = std::fs::read_to_string(&path).unwrap();
    if std::env::var_os("KRAKEN_REWRITE").is_some() {
        std::fs::write(&path, replaced(&document, &counted.to_markdown()).unwrap()).unwrap();
        return;
    }
    let (grown, shrunk) = counted.grown_since(&document);
    let how = "if that has to be, `KRAKEN_REWRITE=1 cargo test --workspace --test cost` writes docs/cost.md anew";
    assert!(grown.is_empty(), "more is asked of AWS than docs/cost.md says; {how}:\n{}", grown.join("\n"));
    if shrunk {
        println!("less is asked of AWS than docs/cost.md says; {how}");
    }
}
