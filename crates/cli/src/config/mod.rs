//! Which server to talk to, and with which token.
//!
//! The command line wins over the environment, that over the configuration file, that over what `kraken up` left in its data
//! directory. A token is only ever sent to the server that it was stored for: choosing another server by `--server` does not take
//! the stored token along.

mod choose;
mod file;
mod places;
mod server_url;
mod token;

pub use choose::{Asked, Chosen, choose};
pub use file::ConfigFile;
pub(crate) use file::write_private;
pub use places::Places;
pub use server_url::ServerUrl;
pub use token::Token;

/// Where `kraken up` listens, and where commands look, when nothing says otherwise.
pub const DEFAULT_LISTEN: &str = "127.0.0.1:8411";

/// Name of the file in a data directory that holds the administrator's token, mode 0600.
pub const ADMIN_TOKEN_FILE: &str = "admin-token";

/// Name of the file in a data directory that says where its server listens.
pub const SERVER_URL_FILE: &str = "server-url";
