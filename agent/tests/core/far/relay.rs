//! A cable between agent and server that can be pulled.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::Notify,
};

#[derive(Clone)]
pub struct Relay {
    address: SocketAddr,
    cut: Arc<AtomicBool>,
    pulled: Arc<Notify>,
}

impl Relay {
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let relay = Self { address: listener.local_addr().unwrap(), cut: Arc::default(), pulled: Arc::default() };
        let (cut, pulled) = (Arc::clone(&relay.cut), Arc::clone(&relay.pulled));
        tokio::spawn(async move {
            loop {
                let Ok((mut near, _)) = listener.accept().await else { continue };
                if cut.load(Ordering::SeqCst) {
                    continue;
                }
                let pulled = Arc::clone(&pulled);
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(server).await else { return };
                    near.set_nodelay(true).unwrap();
                    far.set_nodelay(true).unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        () = pulled.notified() => {}
                    }
                });
            }
        });
        relay
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends all connections and takes no new ones.
    pub fn pull(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.pulled.notify_waiters();
    }

    pub fn plug_in(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}
