#![allow(clippy::unwrap_used)]

use std::{fs, path::PathBuf};

use super::*;

struct Machine {
    _dir: tempfile::TempDir,
    config: PathBuf,
    data: PathBuf,
}

impl Machine {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        fs::create_dir(&data).unwrap();
        Self { config: dir.path().join("config/config.json"), data, _dir: dir }
    }

    fn start(&self, url: &str, first: bool) -> String {
        remember(&self.config, &self.data, url, &self.data.join("admin-token"), first).unwrap()
    }

    fn server(&self) -> Option<String> {
        ConfigFile::load(&self.config).unwrap().and_then(|config| config.server)
    }
}

#[test]
fn the_first_start_sets_the_command_line_up() {
    let machine = Machine::new();
    assert!(machine.start("http://127.0.0.1:1", true).contains("from now on"));
    assert_eq!(machine.server().as_deref(), Some("http://127.0.0.1:1"));
    assert_eq!(fs::read_to_string(machine.data.join(SERVER_URL_FILE)).unwrap(), "http://127.0.0.1:1\n");
}

#[test]
fn a_new_address_is_followed() {
    let machine = Machine::new();
    machine.start("http://127.0.0.1:1", true);
    assert_eq!(machine.start("http://127.0.0.1:2", false), "");
    assert_eq!(machine.server().as_deref(), Some("http://127.0.0.1:2"));
}

#[test]
fn somebody_elses_server_stays() {
    let machine = Machine::new();
    ConfigFile { server: Some("https://ci".into()), token: Some("t".into()), token_file: None }.save(&machine.config).unwrap();
    assert!(machine.start("http://127.0.0.1:1", true).contains("--token-file"));
    assert_eq!(machine.server().as_deref(), Some("https://ci"));
}

#[test]
fn later_starts_make_no_configuration() {
    let machine = Machine::new();
    machine.start("http://127.0.0.1:1", false);
    assert_eq!(machine.server(), None);
}
