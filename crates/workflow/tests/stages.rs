//! Every folder of `stages/` is a stage as people write it, and what must come of it.
//!
//! `stage.star` is the code, `context.json` (if there is one) what a run knows, `expected.json` the outcome: the problems, or the stage, its
//! jobs, and, where a run is known, what is filled in. After a wanted change, `KRAKEN_UPDATE_EXPECTED=1` writes the outcomes anew; read the
//! difference: they are the contract.

#![allow(clippy::unwrap_used)]

#[path = "stages_of/coverage.rs"]
mod coverage;
#[path = "stages_of/filled.rs"]
mod filled;
#[path = "stages_of/outcome.rs"]
mod outcome;
#[path = "stages_of/scene.rs"]
mod scene;

use std::fs;

use serde_json::Value;

use scene::Scene;

#[test]
fn every_stage_comes_out_as_expected() {
    let scenes = Scene::all();
    assert!(scenes.len() >= 40, "{}", scenes.len());
    let mut wrong = Vec::new();
    for scene in scenes {
        let outcome = outcome::of(&scene);
        let path = scene.folder.join("expected.json");
        if std::env::var_os("KRAKEN_UPDATE_EXPECTED").is_some() {
            fs::write(&path, format!("{outcome:#}\n")).unwrap();
        }
        let expected: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap_or_default()).unwrap_or_default();
        if outcome != expected {
            wrong.push(format!("{}: {outcome:#}", scene.name()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
