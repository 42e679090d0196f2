//! Being told to stop by a signal.
//!
//! A listener hears what came since it was made, also while nobody was listening: it is made once, before the first output, and kept
//! as long as the work lasts. One that is made anew for every wait would miss what came in between.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::{Failure, Outcome};

/// SIGINT, and for a server SIGTERM.
pub struct Signals {
    interrupt: Signal,
    terminate: Option<Signal>,
}

impl Signals {
    /// Ctrl-C alone. From now on it does not end the process by itself.
    pub fn interrupts() -> Outcome<Self> {
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: None })
    }

    /// Ctrl-C and SIGTERM. From now on they do not end the process by themselves.
    pub fn stops() -> Outcome<Self> {
        Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: Some(listen(SignalKind::terminate())?) })
    }

    /// Waits for the next one. May be dropped and called again without missing any.
    pub async fn next(&mut self) {
        match &mut self.terminate {
            None => drop(self.interrupt.recv().await),
            Some(terminate) => tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = terminate.recv() => {}
            },
        }
    }
}

fn listen(kind: SignalKind) -> Outcome<Signal> {
    signal(kind).map_err(|error| Failure::Other(format!("cannot listen to signals: {error}")))
}
