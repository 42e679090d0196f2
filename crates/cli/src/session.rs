//! What every command gets: the global options, the places of files, the screen, and a client once it is needed.

use std::path::PathBuf;

use clap::Args;

use crate::{
    client::Client,
    config::{Asked, Chosen, Places, choose},
    failure::Outcome,
    screen::Screen,
};

/// Options that every command takes.
#[derive(Clone, Debug, Default, Args)]
pub struct Globals {
    /// The server to talk to [env: KRAKEN_SERVER] [default: what `kraken login` or `kraken up` stored, else this machine]
    #[arg(long, global = true, value_name = "URL", help_heading = "Global options")]
    pub server: Option<String>,
    /// Read the token from this file; without it, from KRAKEN_TOKEN, else from what was stored for the server
    #[arg(long, global = true, value_name = "FILE", help_heading = "Global options")]
    pub token_file: Option<PathBuf>,
    /// Answer in JSON, errors included
    #[arg(long, global = true, help_heading = "Global options")]
    pub json: bool,
    /// No colours, as with the variable NO_COLOR or when the output is not a terminal
    #[arg(long, global = true, help_heading = "Global options")]
    pub no_color: bool,
}

/// One use of the program.
pub struct Session {
    /// The global options.
    pub globals: Globals,
    /// Where files are.
    pub places: Places,
    /// Where answers go.
    pub screen: Screen,
}

impl Session {
    /// With the process's own environment and screen.
    pub fn new(globals: Globals) -> Self {
        let screen = Screen::new(globals.json, globals.no_color);
        Self { globals, places: Places::from_env(|name| std::env::var_os(name)), screen }
    }

    /// Server and token, out of all that has been said.
    pub fn chosen(&self) -> Outcome<Chosen> {
        let asked = Asked {
            server: self.globals.server.clone().or_else(|| std::env::var("KRAKEN_SERVER").ok()),
            token_file: self.globals.token_file.clone(),
            env_token: std::env::var("KRAKEN_TOKEN").ok(),
        };
        choose(&asked, &self.places)
    }

    /// A client for that server.
    pub fn client(&self) -> Outcome<Client> {
        Client::new(self.chosen()?)
    }
}
