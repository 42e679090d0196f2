//! Names of deliveries, and what is kept of one.
#![allow(clippy::unwrap_used)]

use super::*;

fn delivery() -> Delivery {
    Delivery {
        id: DeliveryId { project: ProjectId::new(1, 2), name: "ab12-0".into() },
        host: "github".into(),
        name: "github:72d3162e".into(),
        received_at: Timestamp::from_second(1_000).unwrap(),
        told: Told {
            what: Happening::Push { branch: "main".into(), deleted: false, paths: Some(vec!["a".into()]) },
            repo: "octo/hello".into(),
            urls: Vec::new(),
            skip: None,
        },
        change: Some(Box::default()),
        due: Some(Timestamp::from_second(1_000).unwrap()),
        outcomes: Vec::new(),
    }
}

#[test]
fn a_deliverys_id_is_read_back_from_a_message_and_nothing_else_is() {
    let id = delivery().id;
    assert_eq!(id.to_string().parse::<DeliveryId>().unwrap(), id);
    for text in ["", "delivery:", "delivery:x:ab", &format!("delivery:{}:", id.project), &format!("delivery:{}:a/b", id.project)] {
        assert!(text.parse::<DeliveryId>().is_err(), "{text}");
    }
}

#[test]
fn what_is_done_is_not_due_and_keeps_what_came_of_it() {
    let outcome = DeliveryOutcome { branch: None, flow: None, words: "nothing".into() };
    let done = delivery().done(vec![outcome.clone()]);
    assert_eq!((done.due, &done.change, done.outcomes.as_slice()), (None, &None, &[outcome.clone()][..]));
    assert_eq!(done.told.what.words(), "push to main");
    let many = delivery().done(vec![outcome; OUTCOMES_MAX + 5]);
    assert_eq!(many.outcomes.len(), OUTCOMES_MAX + 1);
    assert_eq!(many.outcomes.last().unwrap().words, "and so in 5 further branches");
}
