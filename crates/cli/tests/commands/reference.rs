//! `docs/cli.md` is what the code says.

use std::{fs, path::Path};

#[test]
fn the_reference_is_up_to_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/cli.md");
    let made = kraken_cli::reference::markdown();
    if std::env::var_os("KRAKEN_REWRITE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, &made).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert!(kept == made, "docs/cli.md is not what the code says; KRAKEN_REWRITE=1 cargo test -p kraken-cli writes it anew");
}
