//! Where the configuration file and the data directory are, by the rules of the XDG base directories.

use std::{ffi::OsString, path::PathBuf};

/// Paths that the environment decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// `KRAKEN_CONFIG`, else `$XDG_CONFIG_HOME/kraken/config.json`, else `~/.config/kraken/config.json`.
    pub config_file: PathBuf,
    /// `KRAKEN_DATA_DIR`, else `$XDG_DATA_HOME/kraken`, else `~/.local/share/kraken`.
    pub data_dir: PathBuf,
}

impl Places {
    /// The places that the variables given by `get` lead to. Empty variables count as not set; without `HOME`, `/` is home.
    pub fn from_env(get: impl Fn(&str) -> Option<OsString>) -> Self {
        let path = |name: &str| get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = path("HOME").unwrap_or_else(|| PathBuf::from("/"));
        let config_home = path("XDG_CONFIG_HOME").filter(|p| p.is_absolute()).unwrap_or_else(|| home.join(".config"));
        let data_home = path("XDG_DATA_HOME").filter(|p| p.is_absolute()).unwrap_or_else(|| home.join(".local/share"));
        Self {
            config_file: path("KRAKEN_CONFIG").unwrap_or_else(|| config_home.join("kraken/config.json")),
            data_dir: path("KRAKEN_DATA_DIR").unwrap_or_else(|| data_home.join("kraken")),
        }
    }
}
