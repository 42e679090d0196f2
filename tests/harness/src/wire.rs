//! A wire between agents and server that can be cut.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// What the wire does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Carries,
    /// As when a cable is pulled: nothing passes, and nobody is told.
    Silent,
    /// As when a router refuses: connections end.
    Cut,
}

/// Carries connections to the server until it is cut.
#[derive(Debug)]
pub struct Wire {
    address: SocketAddr,
    state: watch::Sender<State>,
    server: Arc<Mutex<Option<SocketAddr>>>,
}

impl Wire {
    /// A wire that leads nowhere yet.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn new() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let wire = Self { address: listener.local_addr()?, state: watch::Sender::new(State::Carries), server: Arc::default() };
        tokio::spawn(carry(listener, wire.state.subscribe(), Arc::clone(&wire.server)));
        Ok(wire)
    }

    /// Where its near end is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where its far end is from now on.
    pub fn lead_to(&self, server: SocketAddr) {
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(server);
    }

    /// Ends all connections; new ones end as soon as they are made.
    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    /// Lets nothing pass any more. Connections stay, and can be made.
    pub fn silence(&self) {
        self.state.send_replace(State::Silent);
    }

    /// Carries again: what was held back, and new connections.
    pub fn mend(&self) {
        self.state.send_replace(State::Carries);
    }
}

async fn carry(listener: TcpListener, state: watch::Receiver<State>, server: Arc<Mutex<Option<SocketAddr>>>) {
    while let Ok((near, _)) = listener.accept().await {
        let server = *server.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(server), true) = (server, *state.borrow() != State::Cut) {
            tokio::spawn(connection(near, server, state.clone()));
        }
    }
}

async fn connection(mut near: TcpStream, server: SocketAddr, mut state: watch::Receiver<State>) {
    let Ok(mut far) = TcpStream::connect(server).await else { return };
    let _only_slower = (near.set_nodelay(true), far.set_nodelay(true));
    let carrying = copy_bidirectional(&mut near, &mut far);
    tokio::pin!(carrying);
    loop {
        // An error means that the story is over.
        match state.wait_for(|state| *state != State::Silent).await.map(|state| *state) {
            Ok(State::Carries) => {}
            _ => return,
        }
        tokio::select! {
            _ = &mut carrying => return,
            changed = state.changed() => {
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}
