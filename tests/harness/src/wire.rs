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

/// Carries connections to the server until it is cut.
#[derive(Debug)]
pub struct Wire {
    address: SocketAddr,
    whole: watch::Sender<bool>,
    server: Arc<Mutex<Option<SocketAddr>>>,
}

impl Wire {
    /// A wire that leads nowhere yet.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn new() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let wire = Self { address: listener.local_addr()?, whole: watch::Sender::new(true), server: Arc::default() };
        tokio::spawn(carry(listener, wire.whole.subscribe(), Arc::clone(&wire.server)));
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

    /// Ends all connections; new ones get no answer.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// New connections are carried again.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

async fn carry(listener: TcpListener, whole: watch::Receiver<bool>, server: Arc<Mutex<Option<SocketAddr>>>) {
    while let Ok((near, _)) = listener.accept().await {
        let server = *server.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(server) = server.filter(|_| *whole.borrow()) else { continue };
        tokio::spawn(connection(near, server, whole.clone()));
    }
}

async fn connection(mut near: TcpStream, server: SocketAddr, mut whole: watch::Receiver<bool>) {
    let Ok(mut far) = TcpStream::connect(server).await else { return };
    let _only_slower = (near.set_nodelay(true), far.set_nodelay(true));
    tokio::select! {
        _ = copy_bidirectional(&mut near, &mut far) => {}
        // Cut, or the story is over.
        _ = whole.wait_for(|whole| !whole) => {}
    }
}
