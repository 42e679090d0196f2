//! Tells the service manager how the agent is (sd_notify(3)): one datagram per word.
//!
//! The watchdog is fed only by a heartbeat that got through, so an agent that has lost its way to the server for long is restarted.

use std::{
    os::{
        linux::net::SocketAddrExt,
        unix::{
            ffi::OsStrExt,
            net::{SocketAddr, UnixDatagram},
        },
    },
    path::Path,
};

/// The service manager, where one started the agent.
#[derive(Debug, Default)]
pub struct ServiceManager {
    socket: Option<(UnixDatagram, SocketAddr)>,
}

impl ServiceManager {
    /// The one that `NOTIFY_SOCKET` names, if any.
    pub fn from_environment() -> Self {
        std::env::var_os("NOTIFY_SOCKET").map_or_else(Self::default, |name| Self::at(Path::new(&name)))
    }

    /// The one that listens there. A name that begins with `@` is an abstract one.
    pub fn at(name: &Path) -> Self {
        let bytes = name.as_os_str().as_bytes();
        let address = match bytes.strip_prefix(b"@") {
            Some(abstract_name) => SocketAddr::from_abstract_name(abstract_name),
            None => SocketAddr::from_pathname(name),
        };
        let socket = address.and_then(|address| Ok((UnixDatagram::unbound()?, address)));
        if let Err(error) = &socket {
            tracing::warn!(%error, "the service manager cannot be told anything");
        }
        Self { socket: socket.ok() }
    }

    /// The agent works.
    pub fn ready(&self) {
        self.say("READY=1");
    }

    /// A heartbeat got through.
    pub fn alive(&self) {
        self.say("WATCHDOG=1");
    }

    /// The agent will take no more jobs and end.
    pub fn stopping(&self) {
        self.say("STOPPING=1");
    }

    /// What the agent does, for `systemctl status`.
    pub fn status(&self, text: &str) {
        self.say(&format!("STATUS={text}"));
    }

    /// That nobody listens is the service manager's affair.
    fn say(&self, word: &str) {
        if let Some((socket, address)) = &self.socket {
            let _ = socket.send_to_addr(word.as_bytes(), address);
        }
    }
}

#[cfg(test)]
mod tests;
