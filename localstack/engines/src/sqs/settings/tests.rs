#![allow(clippy::unwrap_used)]

use super::*;

fn given(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn settings(pairs: &[(&str, &str)]) -> Result<Settings, Fault> {
    Settings::new(given(pairs))
}

#[test]
fn nothing_given_means_the_defaults_of_sqs() {
    let settings = settings(&[]).unwrap();
    assert_eq!(
        (settings.delay_seconds, settings.visibility_seconds, settings.wait_seconds, settings.retention_seconds),
        (0, 30, 0, 345_600)
    );
    assert_eq!(settings.max_message_bytes, 1_048_576);
    assert!(!settings.fifo && settings.redrive.is_none());
}

#[test]
fn values_outside_their_range_are_refused_by_name() {
    for (name, value) in [
        ("VisibilityTimeout", "43201"),
        ("VisibilityTimeout", "-1"),
        ("DelaySeconds", "soon"),
        ("ReceiveMessageWaitTimeSeconds", "21"),
        ("MaximumMessageSize", "1023"),
        ("FifoQueue", "yes"),
        ("RedrivePolicy", "{}"),
        ("RedrivePolicy", r#"{"deadLetterTargetArn":"arn:aws:sqs:r:0:dead","maxReceiveCount":0}"#),
    ] {
        let fault = settings(&[(name, value)]).unwrap_err();
        assert_eq!(fault.kind, FaultKind::InvalidAttributeValue, "{name}={value}");
        assert!(fault.message.contains(name), "{}", fault.message);
    }
    assert_eq!(settings(&[("Colour", "red")]).unwrap_err().kind, FaultKind::InvalidAttributeName);
    assert_eq!(settings(&[("ContentBasedDeduplication", "true")]).unwrap_err().kind, FaultKind::InvalidAttributeName);
}

#[test]
fn a_redrive_policy_takes_its_count_as_number_or_text_and_empty_unsets_it() {
    for count in ["3", "\"3\""] {
        let policy = format!(r#"{{"deadLetterTargetArn":"arn:aws:sqs:r:0:dead","maxReceiveCount":{count}}}"#);
        let settings = settings(&[("RedrivePolicy", &policy)]).unwrap();
        assert_eq!(settings.redrive, Some(Redrive { target: "dead".into(), max_receive_count: 3 }));
        assert_eq!(settings.with(given(&[("RedrivePolicy", "")])).unwrap().redrive, None);
    }
}

#[test]
fn a_queue_satisfies_those_who_ask_for_what_it_is() {
    let policy = r#"{"deadLetterTargetArn":"arn:aws:sqs:r:0:dead","maxReceiveCount":3}"#;
    let settings = settings(&[("VisibilityTimeout", "10"), ("RedrivePolicy", policy)]).unwrap();
    let spaced = r#"{ "maxReceiveCount": 3, "deadLetterTargetArn": "arn:aws:sqs:r:0:dead" }"#;
    for same in [&[][..], &[("VisibilityTimeout", "10")], &[("DelaySeconds", "0")], &[("FifoQueue", "false")], &[("RedrivePolicy", spaced)]]
    {
        assert!(settings.satisfies(&given(same)).is_ok(), "{same:?}");
    }
    for other in [("VisibilityTimeout", "11"), ("DelaySeconds", "1"), ("FifoQueue", "true")] {
        assert_eq!(settings.satisfies(&given(&[other])).unwrap_err().kind, FaultKind::QueueNameExists, "{other:?}");
    }
}

#[test]
fn the_kind_of_a_queue_stays() {
    let fifo = settings(&[("FifoQueue", "true"), ("ContentBasedDeduplication", "true")]).unwrap();
    assert!(fifo.with(given(&[("FifoQueue", "false")])).is_err());
    assert!(fifo.with(given(&[("FifoQueue", "true"), ("VisibilityTimeout", "1")])).unwrap().content_deduplication);
}
