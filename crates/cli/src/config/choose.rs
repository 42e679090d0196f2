//! The choice of server and token among all that has been said.

use std::path::PathBuf;

use super::{ADMIN_TOKEN_FILE, ConfigFile, DEFAULT_LISTEN, Places, SERVER_URL_FILE, ServerUrl, Token};
use crate::failure::{Failure, Outcome};

/// What the command line and the environment say.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// `--server`, else `KRAKEN_SERVER`.
    pub server: Option<String>,
    /// `--token-file`.
    pub token_file: Option<PathBuf>,
    /// `KRAKEN_TOKEN`.
    pub env_token: Option<String>,
}

/// Where to go, and with what.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// The server.
    pub server: ServerUrl,
    /// The token; without one, only the open parts of the API answer.
    pub token: Option<Token>,
}

/// A server that was stored together with a way to its token.
struct Stored {
    server: ServerUrl,
    token: Option<TokenAt>,
}

enum TokenAt {
    Text(String),
    File(PathBuf),
}

/// Chooses; reads the configuration file and token files as needed.
pub fn choose(asked: &Asked, places: &Places) -> Outcome<Chosen> {
    let asked_server = match asked.server.as_deref().filter(|server| !server.is_empty()) {
        Some(server) => Some(server.parse::<ServerUrl>().map_err(|error| Failure::Usage(format!("--server {error}")))?),
        None => None,
    };
    let stored = [from_config(places)?, from_data_dir(places)];
    let server = match asked_server {
        Some(server) => server,
        None => match stored.iter().flatten().next() {
            Some(stored) => stored.server.clone(),
            None => default_server()?,
        },
    };
    if let Some(path) = &asked.token_file {
        return Ok(Chosen { token: Some(Token::read(path)?), server });
    }
    if let Some(token) = asked.env_token.as_deref().filter(|token| !token.is_empty()) {
        return Ok(Chosen { token: Some(Token::parse(token, "KRAKEN_TOKEN")?), server });
    }
    let token = stored.into_iter().flatten().find(|stored| stored.server.same_server(&server)).and_then(|stored| stored.token);
    let token = match token {
        Some(TokenAt::Text(text)) => Some(Token::parse(&text, "the configuration file")?),
        Some(TokenAt::File(path)) => Some(Token::read(&path)?),
        None => None,
    };
    Ok(Chosen { server, token })
}

fn default_server() -> Outcome<ServerUrl> {
    format!("http://{DEFAULT_LISTEN}").parse().map_err(Failure::Other)
}

fn from_config(places: &Places) -> Outcome<Option<Stored>> {
    let Some(config) = ConfigFile::load(&places.config_file)? else { return Ok(None) };
    let Some(server) = config.server else { return Ok(None) };
    let server = server.parse().map_err(|error| Failure::invalid(format!("server in {}: {error}", places.config_file.display())))?;
    let token = config.token.map(TokenAt::Text).or(config.token_file.map(TokenAt::File));
    Ok(Some(Stored { server, token }))
}

/// What a `kraken up` on this machine left; unreadable (somebody else's) counts as not there.
fn from_data_dir(places: &Places) -> Option<Stored> {
    let server = std::fs::read_to_string(places.data_dir.join(SERVER_URL_FILE)).ok()?.parse().ok()?;
    let token_file = places.data_dir.join(ADMIN_TOKEN_FILE);
    let token = std::fs::File::open(&token_file).is_ok().then_some(TokenAt::File(token_file));
    Some(Stored { server, token })
}

#[cfg(test)]
mod tests;
