//! `docs/workflow.md` is as the language is: its tables are made from the published schema and the list of the context's fields, and its
//! examples are folders of `stages/`, which are checked. `KRAKEN_REWRITE=1 cargo test …` writes both anew; the words between them are written
//! by hand.

#![allow(clippy::unwrap_used)]

#[path = "reference_of/tables.rs"]
mod tables;

use std::{fs, path::PathBuf};

use kraken_workflow::{CONTEXT_FIELDS, FLAGS, JOB_FIELDS, OLDER_NAMES, workflow_schema};

const BEGIN: &str = "<!-- made: ";
const END: &str = "<!-- end -->";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// What stands after a marker.
fn made(what: &str) -> String {
    let schema = workflow_schema();
    match what.split_once(' ').unwrap_or((what, "")) {
        ("keys", "") => tables::keys(&schema),
        ("tools", "") => tables::tools(&schema),
        ("context", "") => tables::fields(CONTEXT_FIELDS),
        ("context-of-jobs", "") => tables::fields(JOB_FIELDS),
        ("flags", "") => tables::fields(FLAGS),
        ("older-names", "") => tables::fields(OLDER_NAMES),
        ("example", folder) => {
            let code = fs::read_to_string(root().join("tests/stages").join(folder).join("stage.star")).unwrap();
            format!("```python\n{}\n```\n", code.trim_end())
        }
        _ => panic!("docs/workflow.md asks for {what:?}, which nobody makes"),
    }
}

#[test]
fn the_reference_is_as_the_language_is() {
    let path = root().join("../../docs/workflow.md");
    let written = fs::read_to_string(&path).unwrap();
    let (mut text, mut rest) = (String::new(), written.as_str());
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (what, after) = after.split_once(" -->\n").expect("a marker ends its line");
        let (_, after) = after.split_once(END).expect("what is made has an end");
        text.push_str(&format!("{before}{BEGIN}{what} -->\n\n{}\n{END}", made(what)));
        rest = after;
    }
    text.push_str(rest);
    if std::env::var_os("KRAKEN_REWRITE").is_some() {
        fs::write(&path, &text).unwrap();
    }
    assert!(
        text == fs::read_to_string(&path).unwrap(),
        "docs/workflow.md is not as the language is: run `KRAKEN_REWRITE=1 cargo test -p kraken-workflow --test reference` and look at the change"
    );
    assert!(text.matches(BEGIN).count() >= 10 && text.matches("made: example").count() >= 5);
}
