//! What goes, against a naive picture of the same: no history and no policy makes it take what must stay.

use jiff::{SignedDuration, Timestamp};
use kraken_domain::{
    FlowId,
    flow::{Flow, FlowState},
    retention::{Keep, Newest, Retained},
};
use proptest::prelude::*;

use crate::{cases, children::flow};

const DAY_S: i64 = 24 * 3600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// Hours from its creation to its end, if it ended; whether somebody keeps it; hours from the one before.
type Made = (Option<u8>, bool, u8);

fn flows(made: &[Made]) -> Vec<Flow> {
    let mut created = 0;
    let mut all: Vec<Flow> = made
        .iter()
        .zip(0_u128..)
        .map(|((took, keep, later), number)| {
            created += i64::from(*later) * 3600;
            let state = match took {
                Some(hours) => {
                    FlowState::Completed { completed_at: at(created + i64::from(*hours) * 3600), cancelled: false, result: None }
                }
                None => FlowState::InProgress { cancelled: false },
            };
            let id = FlowId::new(u64::try_from(at(created).as_millisecond()).unwrap(), number);
            Flow { id, created_at: at(created), state, retention: Retained { keep: *keep, ..Retained::default() }, ..flow() }
        })
        .collect();
    all.reverse();
    all
}

fn keep() -> impl Strategy<Value = Keep> {
    let days = || prop::option::of(1_u32..20);
    (days(), prop::option::of(1_u32..12), days(), days()).prop_map(|(days, flows, logs_days, artifacts_days)| Keep {
        days,
        flows,
        logs_days,
        artifacts_days,
    })
}

proptest! {
    #![proptest_config(cases(1500))]

    #[test]
    fn what_goes_is_what_nothing_keeps(made in prop::collection::vec((prop::option::weighted(0.8, any::<u8>()), prop::bool::weighted(0.1), any::<u8>()), 0..40),
        keep in keep(), hours in 0_i64..2000) {
        let (flows, now) = (flows(&made), at(hours * 3600));
        let age_s = |flow: &Flow| match flow.state {
            FlowState::Completed { completed_at, .. } => Some(now.duration_since(completed_at).as_secs()),
            FlowState::InProgress { .. } => None,
        };
        let old = |flow: &Flow, days: u32| age_s(flow).is_some_and(|age| age >= i64::from(days) * DAY_S);
        let fates = keep.fates(&flows, now);
        for (place, flow) in flows.iter().enumerate() {
            let fate = fates.iter().find(|(other, _)| other.id == flow.id).map(|(_, fate)| *fate);
            let stays = place == 0 || flow.retention.keep || !old(flow, 1);
            let kept_by_days = keep.days.is_some_and(|days| !old(flow, days));
            let kept_by_number = keep.flows.is_some_and(|flows| place < flows as usize);
            let goes = !stays && (keep.days.is_some() || keep.flows.is_some()) && !kept_by_days && !kept_by_number;
            prop_assert_eq!(fate.is_some_and(|fate| fate.goes), goes, "{} of {:?}", place, keep);
            let loses = |days: Option<u32>| !stays && !goes && days.is_some_and(|days| old(flow, days));
            prop_assert_eq!(fate.is_some_and(|fate| fate.loses_logs), loses(keep.logs_days));
            prop_assert_eq!(fate.is_some_and(|fate| fate.loses_artifacts), loses(keep.artifacts_days));
            // A look that goes from the oldest on may stop at the first that is too young.
            if let Some(fate) = fate {
                let since = keep.nothing_since(now);
                prop_assert!(since.is_some_and(|since| flow.created_at <= since), "{fate:?} since {since:?}");
            }
        }
    }

    /// What is left after some went is looked at again and again: nothing else goes at the same moment, whatever went already.
    #[test]
    fn a_look_that_breaks_off_and_goes_on_takes_the_same(made in prop::collection::vec((prop::option::weighted(0.9, any::<u8>()), prop::bool::weighted(0.1), any::<u8>()), 1..30),
        keep in keep(), hours in 0_i64..2000, stop in 0_usize..30) {
        let (flows, now) = (flows(&made), at(hours * 3600));
        let all: Vec<FlowId> = keep.fates(&flows, now).into_iter().filter(|(_, fate)| fate.goes).map(|(flow, _)| flow.id).collect();
        // From the oldest on, and not all of them.
        let first: Vec<FlowId> = all.iter().rev().take(stop).copied().collect();
        let left: Vec<Flow> = flows.iter().filter(|flow| !first.contains(&flow.id)).cloned().collect();
        let rest: Vec<FlowId> = keep.fates(&left, now).into_iter().filter(|(_, fate)| fate.goes).map(|(flow, _)| flow.id).collect();
        prop_assert_eq!(first.into_iter().rev().collect::<std::collections::BTreeSet<_>>().union(&rest.into_iter().collect()).copied().collect::<Vec<_>>(),
            all.into_iter().rev().collect::<Vec<_>>());
    }

    /// An older picture of the newest flows takes no more than a newer one.
    #[test]
    fn an_older_picture_takes_no_more(made in prop::collection::vec((Just(Some(1)), Just(false), any::<u8>()), 2..30), keep in keep(), seen in 1_usize..29) {
        let flows = flows(&made);
        let now = at(5000 * 3600) + SignedDuration::from_hours(1);
        let older = &flows[flows.len().saturating_sub(seen).min(flows.len() - 1)..];
        let newest = |flows: &[Flow]| Newest::of(flows.iter().map(|flow| flow.id), keep.counted()).unwrap();
        let (then, today) = (newest(older), newest(&flows));
        for flow in &flows {
            let (then, today) = (keep.fate(flow, &then, now), keep.fate(flow, &today, now));
            prop_assert!(!then.goes || today.goes);
        }
    }
}
