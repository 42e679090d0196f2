//! Both ways of writing the stage say the same.
#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn both_ways_give_the_same_jobs() {
    let limits = Limits { cpu: Duration::from_secs(60), ..Limits::default() };
    let jobs = Writing::ALL.map(|writing| {
        let checked =
            check_in(&writing.code(), &kraken_workflow::Known::default(), RunContext::placeholder("shop", "main", "build"), &limits);
        expand(&checked.schema.unwrap_or_else(|| panic!("{}: {:?}", writing.as_str(), checked.problems)))
    });
    assert_eq!(jobs[0].len(), JOBS);
    assert!(jobs[0] == jobs[1]);
}
