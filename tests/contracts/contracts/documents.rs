//! Documents that are made from the code are as the code is. `KRAKEN_REWRITE=1 cargo test …` writes them anew.

use std::{fmt::Write, path::PathBuf};

use kraken_store::keys::{Carries, INDEXES, SHAPES};

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn compare(name: &str, made: &str) {
    let path = docs().join(name);
    if std::env::var_os("KRAKEN_REWRITE").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == made,
        "docs/{name} is not as the code is: run `KRAKEN_REWRITE=1 cargo test --workspace --test contracts` and look at the change"
    );
}

#[test]
fn the_data_model_is_documented() {
    let mut text = String::from(
        "# Data model\n\nMade from `crates/store/src/keys.rs`, the only place that knows key shapes; a test holds this page to it.\n\n\
         One DynamoDB table, `kraken`. Every item has `pk` and `sk`, a `version` that counts its writes, and `doc`, the record as JSON. \
         A write holds only if the version is the one that was read.\n\n## Items\n\n| what | pk | sk | sparse indexes |\n|---|---|---|---|\n",
    );
    for shape in SHAPES {
        writeln!(text, "| {} | `{}` | `{}` | {} |", shape.what, shape.partition, shape.sort, shape.indexes).unwrap();
    }
    text.push_str("\n## Sparse indexes\n\n| name | partition | sort | carries | answers |\n|---|---|---|---|---|\n");
    for index in INDEXES {
        let carries = match index.carries {
            Carries::Keys => "keys".to_owned(),
            Carries::Only(name) => format!("keys, `{name}`"),
            Carries::Everything => "everything".to_owned(),
        };
        let kind = if index.numeric { "number" } else { "text" };
        writeln!(text, "| `{}` | `{}` | `{}` ({kind}) | {carries} | {} |", index.name, index.partition, index.sort, index.answers).unwrap();
    }
    compare("data-model.md", &text);
}

#[test]
fn the_openapi_document_is_stored() {
    let mut text = serde_json::to_string_pretty(&kraken_fn_api::openapi()).unwrap();
    text.push('\n');
    compare("openapi.json", &text);
}

#[test]
fn every_path_of_the_api_is_described() {
    let document = serde_json::to_value(kraken_fn_api::openapi()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.len() > 30, "only {} paths", paths.len());
    let mut names = std::collections::BTreeSet::new();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name), "{method} {path} has the name {name}, as another");
            let summary = operation["summary"].as_str().or(operation["description"].as_str()).unwrap_or_default();
            assert!(!summary.is_empty(), "{method} {path} says nothing about itself");
        }
    }
}
