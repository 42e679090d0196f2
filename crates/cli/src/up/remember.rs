//! Leaves behind what the command line on this machine needs to find the server.

use std::path::Path;

use crate::{
    config::{ConfigFile, SERVER_URL_FILE, write_private},
    failure::Outcome,
};

/// Writes the address into the data directory and, if nobody logged in anywhere yet, the configuration file. A configuration that
/// leads to this data directory follows a changed address; one that leads elsewhere is left alone. Gives words for the user.
pub(super) fn remember(config_file: &Path, data_dir: &Path, url: &str, token_file: &Path, first_start: bool) -> Outcome<String> {
    write_private(&data_dir.join(SERVER_URL_FILE), &format!("{url}\n"))?;
    // The configuration is read from any directory.
    let token_file = std::path::absolute(token_file).unwrap_or_else(|_| token_file.to_owned());
    let ours = ConfigFile { server: Some(url.to_owned()), token: None, token_file: Some(token_file.clone()) };
    match ConfigFile::load(config_file) {
        Ok(None) if first_start => match ours.save(config_file) {
            Ok(()) => Ok(format!("`kraken` commands go there from now on, as {} says.\n", config_file.display())),
            // A home that cannot be written keeps nobody from serving.
            Err(failure) => Ok(format!("{failure}; commands need --server {url} --token-file {}\n", token_file.display())),
        },
        Ok(Some(known)) if known == ours => Ok(String::new()),
        Ok(Some(known)) if known.token_file.as_ref() == Some(&token_file) => ours.save(config_file).map(|()| String::new()),
        Ok(Some(known)) if known.server.as_deref() != Some(url) => Ok(format!(
            "`kraken` commands go to {}, as {} says; for this server add --server {url} --token-file {}\n",
            known.server.as_deref().unwrap_or("another server"),
            config_file.display(),
            token_file.display()
        )),
        Ok(_) => Ok(String::new()),
        Err(failure) => Ok(format!("{failure}\n")),
    }
}

#[cfg(test)]
mod tests;
