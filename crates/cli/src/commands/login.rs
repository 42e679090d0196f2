//! `kraken login`.

use std::io::{self, IsTerminal, Read};

use clap::Args;
use kraken_protocol::api::{Page, ProjectView};
use serde_json::json;

use super::input::ask_hidden;
use crate::{
    client::Client,
    config::{Chosen, ConfigFile, ServerUrl, Token},
    failure::{Failure, Outcome},
    session::Session,
};

/// Remember a server and a token for it; the token is read from the standard input, or asked for
#[derive(Debug, Args)]
pub struct LoginArgs {
    /// The server's address; what --server says, or is used now, when absent
    url: Option<ServerUrl>,
}

/// Does it. The token is tried before it is stored.
pub async fn run(args: LoginArgs, session: &mut Session) -> Outcome {
    let server = match args.url {
        Some(url) => url,
        None => session.chosen()?.server,
    };
    let token = match &session.globals.token_file {
        Some(file) => Token::read(file)?,
        None => ask_token(&server)?,
    };
    let client = Client::new(Chosen { server: server.clone(), token: Some(token.clone()) })?;
    let _: Page<ProjectView> = client.get_with("/api/projects", &[("limit", "1".to_owned())]).await?;
    let config = ConfigFile { server: Some(server.to_string()), token: Some(token.secret().to_owned()), token_file: None };
    let path = &session.places.config_file;
    config.save(path)?;
    if server.is_plain() && !server.is_loopback() {
        session.screen.note(&format!("warning: {server} is not encrypted; the token can be read on the way"))?;
    }
    let answer = json!({"server": server.to_string(), "config": path});
    session.screen.answer(&answer, |_| format!("logged in to {server}; remembered in {}\n", path.display()))
}

/// One line of the standard input; on a terminal without showing what is typed.
fn ask_token(server: &ServerUrl) -> Outcome<Token> {
    let unreadable = |error| Failure::Other(format!("cannot read the token from the standard input: {error}"));
    if !io::stdin().is_terminal() {
        let mut text = String::new();
        io::stdin().lock().take(64 << 10).read_to_string(&mut text).map_err(unreadable)?;
        return Token::parse(&text, "the standard input");
    }
    let text = ask_hidden(&format!("Token for {server}"))?;
    Token::parse(&text, "the terminal")
}
