//! New ids and secrets. The one place where randomness enters.

use std::sync::{Arc, Mutex};

use kraken_domain::{AgentId, BranchId, FlowId, ProjectId, StageId, Timestamp, TokenId};

/// Makes ids that sort in the order in which this process made them, even within a millisecond.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    last: Arc<Mutex<(u64, u128)>>,
}

/// The low 80 bits of a ULID are random.
const RANDOM_BITS: u32 = 80;

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system gives random numbers");
    bytes
}

/// A number by chance: for pauses that nobody else shall have.
pub(crate) fn chance() -> u64 {
    u64::from_le_bytes(random())
}

impl Ids {
    /// Milliseconds and a random part that come after all that were handed out before.
    fn next(&self, now: Timestamp) -> (u64, u128) {
        let ms = u64::try_from(now.as_millisecond()).unwrap_or(0);
        let mut last = self.last.lock().expect("no holder of this lock can panic");
        *last = if ms > last.0 { (ms, u128::from_le_bytes(random()) >> (128 - RANDOM_BITS + 1)) } else { (last.0, last.1 + 1) };
        *last
    }

    /// A new project's.
    pub fn project(&self, now: Timestamp) -> ProjectId {
        let (ms, random) = self.next(now);
        ProjectId::new(ms, random)
    }

    /// A new branch's.
    pub fn branch(&self, now: Timestamp) -> BranchId {
        let (ms, random) = self.next(now);
        BranchId::new(ms, random)
    }

    /// A new stage's.
    pub fn stage(&self, now: Timestamp) -> StageId {
        let (ms, random) = self.next(now);
        StageId::new(ms, random)
    }

    /// A new flow's.
    pub fn flow(&self, now: Timestamp) -> FlowId {
        let (ms, random) = self.next(now);
        FlowId::new(ms, random)
    }

    /// A new agent's.
    pub fn agent(&self, now: Timestamp) -> AgentId {
        let (ms, random) = self.next(now);
        AgentId::new(ms, random)
    }

    /// A new token's.
    pub fn token(&self, now: Timestamp) -> TokenId {
        let (ms, random) = self.next(now);
        TokenId::new(ms, random)
    }

    /// A text that no other call gives: 128 random bits.
    pub fn unique(&self) -> String {
        hex::encode(random::<16>())
    }

    /// A secret of 256 random bits, with a beginning that says what it is for.
    pub fn secret(&self, kind: &str) -> String {
        format!("kraken_{kind}_{}", hex::encode(random::<32>()))
    }
}
