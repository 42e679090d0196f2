//! The configuration file: JSON, mode 0600, replaced whole, never half written.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::failure::{Failure, Outcome};

/// What `kraken login` and the first `kraken up` remember.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    /// The server to talk to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The token for that server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// A file that holds the token instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_file: Option<PathBuf>,
}

impl ConfigFile {
    /// The file's content; `None` if there is no such file.
    pub fn load(path: &Path) -> Outcome<Option<Self>> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::file("read", path, error)),
        };
        // The parser's message may quote the file, which holds a token: say where, not what.
        serde_json::from_str(&text).map(Some).map_err(|error| {
            let place = format!("line {}, column {}", error.line(), error.column());
            Failure::invalid(format!(
                "{} is not a configuration file ({place}); expected JSON with server, token or token_file. `kraken login` writes a new one",
                path.display()
            ))
        })
    }

    /// Writes it, readable by its owner only.
    pub fn save(&self, path: &Path) -> Outcome {
        let mut text = serde_json::to_string_pretty(self).map_err(|error| Failure::Other(error.to_string()))?;
        text.push('\n');
        write_private(path, &text)
    }
}

/// Writes a file of mode 0600, in one piece, durable before it appears; makes its directory (mode 0700) if need be.
pub(crate) fn write_private(path: &Path, text: &str) -> Outcome {
    let directory = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !directory.exists() {
        fs::create_dir_all(directory).map_err(|error| Failure::file("make", directory, error))?;
        fs::set_permissions(directory, fs::Permissions::from_mode(0o700)).map_err(|error| Failure::file("make", directory, error))?;
    }
    let write = || {
        let mut file = tempfile::Builder::new().permissions(fs::Permissions::from_mode(0o600)).tempfile_in(directory)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().map_err(|error| Failure::file("write", path, error))
}

#[cfg(test)]
mod tests;
