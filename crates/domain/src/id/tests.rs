#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

fn flow() -> FlowId {
    FlowId::new(1_700_000_000_000, 42)
}

#[test]
fn a_job_id_says_where_it_lives() {
    let job = JobId { run: RunId { flow: flow(), number: 2 }, number: 13 };
    let text = job.to_string();
    assert!(text.ends_with("-2-13"), "{text}");
    assert_eq!(text.parse::<JobId>().unwrap(), job);
    assert_eq!(job.flow(), flow());
}

#[test]
fn ids_are_read_in_either_case_and_written_in_lower() {
    let upper = flow().to_string().to_uppercase();
    assert_eq!(upper.parse::<FlowId>().unwrap(), flow());
    assert_eq!(flow().to_string(), upper.to_lowercase());
}

#[test]
fn a_wrong_id_says_what_was_expected() {
    let error = "7".parse::<FlowId>().unwrap_err().to_string();
    assert!(error.contains("\"7\" is not a flow id: expected 26 letters"), "{error}");
    for wrong in ["", "-", "x-1", &format!("{}-0", flow()), &format!("{}-01", flow()), &format!("{}-4294967296", flow())] {
        assert!(wrong.parse::<RunId>().is_err(), "{wrong}");
    }
}

proptest! {
    #[test]
    fn any_id_survives_text_and_json(ms in 0u64..(1 << 48), random in any::<u128>(), run in 1u32.., job in 1u32..) {
        let job = JobId { run: RunId { flow: FlowId::new(ms, random), number: run }, number: job };
        prop_assert_eq!(job.to_string().parse::<JobId>().unwrap(), job);
        let json = serde_json::to_string(&job).unwrap();
        prop_assert_eq!(serde_json::from_str::<JobId>(&json).unwrap(), job);
    }

    #[test]
    fn any_text_is_an_id_or_an_error(text in "\\PC{0,60}") {
        let _ = text.parse::<JobId>();
        let _ = text.parse::<RunId>();
        let _ = text.parse::<FlowId>();
    }
}
