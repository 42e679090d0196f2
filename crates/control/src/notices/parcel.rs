//! A notice as it goes out.
//!
//! Invariant: what is secret in it is neither stored nor printed.

use kraken_cloud::Zeroizing;
use kraken_domain::settings::SmtpSecurity;
use kraken_githosts::{FarSide, Request, message::Mail};

/// A notice as it goes out.
pub enum Parcel {
    /// A request.
    Http {
        /// The request. Its address may be a secret.
        request: Request,
        /// What goes with it as the request says, if anything.
        credentials: Option<Zeroizing<String>>,
        /// Whose answers they are.
        from: FarSide,
    },
    /// A mail.
    Mail {
        /// By which server.
        server: Box<MailServer>,
        /// Whom to.
        to: Vec<String>,
        /// Known to the receiver by this, the same each time.
        key: String,
        /// What it says.
        mail: Mail,
    },
    /// It can never be sent, for this reason.
    Never(String),
}

/// By what mails are sent.
pub struct MailServer {
    /// Its name or address.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the connection is kept from being read.
    pub security: SmtpSecurity,
    /// As whom to log in, with which password.
    pub login: Option<(String, Zeroizing<String>)>,
    /// Whom mails are from.
    pub from: String,
}

impl std::fmt::Debug for Parcel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Http { from, .. } => write!(f, "a request to {from:?}"),
            Self::Mail { to, .. } => write!(f, "a mail to {} mailboxes", to.len()),
            Self::Never(why) => write!(f, "nothing: {why}"),
        }
    }
}

/// Who sends parcels and brings back what was answered.
pub trait Sender: Sync {
    /// Sends one. Whatever goes wrong is an answer, too.
    fn send(&self, parcel: Parcel) -> impl Future<Output = kraken_domain::notice::Answer> + Send;
}
