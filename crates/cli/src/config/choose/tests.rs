#![allow(clippy::unwrap_used)]

use std::fs;

use tempfile::TempDir;

use super::*;

/// A home with nothing in it.
struct Home {
    dir: TempDir,
    places: Places,
}

impl Home {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let places = Places { config_file: dir.path().join("config.json"), data_dir: dir.path().join("data") };
        Self { dir, places }
    }

    fn with_config(self, server: &str, token: &str) -> Self {
        ConfigFile { server: Some(server.into()), token: Some(token.into()), token_file: None }.save(&self.places.config_file).unwrap();
        self
    }

    fn with_data_dir(self, server: &str, token: &str) -> Self {
        fs::create_dir_all(&self.places.data_dir).unwrap();
        fs::write(self.places.data_dir.join(SERVER_URL_FILE), format!("{server}\n")).unwrap();
        fs::write(self.places.data_dir.join(ADMIN_TOKEN_FILE), format!("{token}\n")).unwrap();
        self
    }

    fn token_file(&self, token: &str) -> PathBuf {
        let path = self.dir.path().join("token");
        fs::write(&path, token).unwrap();
        path
    }

    fn choose(&self, asked: &Asked) -> (String, Option<String>) {
        let chosen = choose(asked, &self.places).unwrap();
        (chosen.server.to_string(), chosen.token.map(|token| token.secret().to_owned()))
    }
}

fn pair(server: &str, token: &str) -> (String, Option<String>) {
    (server.to_owned(), Some(token.to_owned()))
}

#[test]
fn with_nothing_said_it_is_this_machine() {
    assert_eq!(Home::new().choose(&Asked::default()), ("http://127.0.0.1:8411".to_owned(), None));
}

#[test]
fn the_data_directory_of_this_machine_is_found() {
    let home = Home::new().with_data_dir("http://127.0.0.1:9000", "admin");
    assert_eq!(home.choose(&Asked::default()), pair("http://127.0.0.1:9000", "admin"));
}

#[test]
fn the_configuration_wins_over_the_data_directory() {
    let home = Home::new().with_data_dir("http://127.0.0.1:9000", "admin").with_config("https://ci", "mine");
    assert_eq!(home.choose(&Asked::default()), pair("https://ci", "mine"));
}

#[test]
fn the_command_line_and_environment_win_over_the_configuration() {
    let home = Home::new().with_config("https://ci", "mine");
    let env = Asked { env_token: Some("from-env".into()), ..Asked::default() };
    assert_eq!(home.choose(&env), pair("https://ci", "from-env"));
    let both = Asked { token_file: Some(home.token_file(" from-file\n")), ..env };
    assert_eq!(home.choose(&both), pair("https://ci", "from-file"));
}

#[test]
fn a_stored_token_does_not_go_to_another_server() {
    let home = Home::new().with_config("https://ci", "mine").with_data_dir("http://127.0.0.1:9000", "admin");
    let asked = |server: &str| Asked { server: Some(server.into()), ..Asked::default() };
    assert_eq!(home.choose(&asked("https://other")), ("https://other".to_owned(), None));
    assert_eq!(home.choose(&asked("https://ci/")), pair("https://ci", "mine"));
    assert_eq!(home.choose(&asked("http://localhost:9000")), pair("http://localhost:9000", "admin"));
}

#[test]
fn empty_variables_count_as_not_set() {
    let home = Home::new().with_config("https://ci", "mine");
    let asked = Asked { server: Some(String::new()), env_token: Some(String::new()), token_file: None };
    assert_eq!(home.choose(&asked), pair("https://ci", "mine"));
}

#[test]
fn a_token_that_is_none_is_refused_without_quoting_it() {
    let home = Home::new();
    let asked = Asked { env_token: Some("two words".into()), ..Asked::default() };
    let failure = choose(&asked, &home.places).unwrap_err();
    assert!(failure.to_string().contains("KRAKEN_TOKEN") && !failure.to_string().contains("two words"), "{failure}");
}

#[test]
fn the_environment_decides_the_places() {
    let places = Places::from_env(|name| (name == "HOME").then(|| "/home/a".into()));
    assert_eq!(places.config_file, PathBuf::from("/home/a/.config/kraken/config.json"));
    assert_eq!(places.data_dir, PathBuf::from("/home/a/.local/share/kraken"));
    let places = Places::from_env(|name| (name == "KRAKEN_DATA_DIR").then(|| "/data".into()));
    assert_eq!(places.data_dir, PathBuf::from("/data"));
}
