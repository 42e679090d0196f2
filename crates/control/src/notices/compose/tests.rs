use super::*;

#[test]
fn a_service_that_is_silent_now_is_no_reason_to_send_nothing_for_ever() {
    let silent = ControlError::NoAnswer { service: "the table", detail: "10.0.0.7 throttled".to_owned() };
    assert!(matches!(Unsent::from(silent), Unsent::Now(ControlError::NoAnswer { .. })));
    assert!(matches!(Unsent::from(ControlError::Unavailable("later".to_owned())), Unsent::Now(_)));
}

#[test]
fn what_broke_inside_is_not_told_to_whoever_reads_the_notice() {
    for error in [ControlError::Internal("arn:aws:inside".to_owned()), ControlError::Damaged("arn:aws:inside".to_owned())] {
        let Unsent::Never(why) = Unsent::from(error) else { panic!("it never passes") };
        assert!(!why.contains("inside") && why.contains("log"), "{why}");
    }
}
