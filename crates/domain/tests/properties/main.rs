//! What holds in every history, not only in those that somebody thought of.
//!
//! [`history`] plays random events (agents that die and come back, messages that are lost, doubled, late and out of
//! order, people who cancel and repeat) against a small world in which the transitions are committed as the control
//! plane commits them, and checks [`invariants`] after each. [`children`] does so for flows, [`queue`] compares the
//! scheduler's plan with a naive one, [`news`] counts what is told of lives without order.
#![allow(clippy::unwrap_used)]

mod children;
mod control;
mod history;
mod host;
mod invariants;
mod news;
mod queue;
mod records;
mod retention;
mod world;

use std::ops::Range;

use proptest::{prelude::*, test_runner::Config};

/// So many random cases; nothing is written into the source tree.
fn cases(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}

/// Makes one happening of two numbers that choose among what there is.
type Make<T> = fn(u8, u8) -> T;

/// Random sequences of what happens with these weights. Drawn from one number each: choosing with `prop_oneof!` takes
/// far longer than playing what was chosen.
fn random<T: std::fmt::Debug + 'static>(table: &'static [(u16, Make<T>)], length: Range<usize>) -> impl Strategy<Value = Vec<T>> {
    let total: u16 = table.iter().map(|(weight, _)| weight).sum();
    let choose = move |number: u32| {
        let [n, m, kind @ ..] = number.to_le_bytes();
        let mut left = u16::from_le_bytes(kind) % total;
        for (weight, make) in table {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return make(n, m),
            }
        }
        unreachable!("less than the sum of the weights")
    };
    prop::collection::vec(any::<u32>(), length).prop_map(move |numbers| numbers.into_iter().map(choose).collect())
}
