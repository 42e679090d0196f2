use super::*;

fn never(veil: &Veil, why: &str) -> String {
    match veil.over(Answer::Never(why.to_owned())) {
        Answer::Never(why) => why,
        other => format!("{other:?}"),
    }
}

#[test]
fn what_a_far_side_sends_back_of_a_secret_is_masked_in_every_answer() {
    let mut veil = Veil::default();
    veil.cover("t0p-s3cret");
    assert_eq!(veil.over(Answer::Taken("250 t0p-s3cret queued".to_owned())), Answer::Taken("250 ****** queued".to_owned()));
    let later = |why: &str| Answer::Later { after_s: Some(3), why: why.to_owned() };
    assert_eq!(veil.over(later("busy with t0p-s3cret")), later("busy with ******"));
    assert_eq!(never(&veil, "who is \"t0p-s3cret\"?"), "who is \"******\"?");
    assert!(!format!("{veil:?}").contains("s3cret"));
}

#[test]
fn a_secret_that_was_cut_is_masked_as_far_as_it_stands_there() {
    let mut veil = Veil::default();
    veil.cover("t0p-s3cret");
    assert_eq!(never(&veil, "refused (400: bad token t0p-s3…)"), "refused (400: bad token ******…)");
    assert_eq!(never(&veil, "refused (400: bad token t0…)"), "refused (400: bad token t0…)");
    assert_eq!(never(&veil, "a… and b"), "a… and b");
}

#[test]
fn a_secret_is_known_on_one_line_and_inside_of_json() {
    let mut veil = Veil::default();
    veil.cover("first \"line\"\nsecond line\n");
    assert_eq!(never(&veil, "no: first \"line\" second line"), "no: ******");
    assert_eq!(never(&veil, r#"no: {"got":"first \"line\"\nsecond line"}"#), r#"no: {"got":"******"}"#);
}

#[test]
fn of_a_secret_address_what_makes_it_secret_is_masked_too() {
    let mut veil = Veil::default();
    veil.cover("https://hooks.example/services/T000/abcdefghijklmnopqrstuvwx");
    assert_eq!(never(&veil, "no hook abcdefghijklmnopqrstuvwx in services"), "no hook ****** in services");
    assert_eq!(never(&veil, "at https://hooks.example/services/T000/abcdefghijklmnopqrstuvwx"), "at ******");
}

#[test]
fn short_values_leave_ordinary_text_whole() {
    let mut veil = Veil::default();
    veil.cover("no");
    veil.cover("");
    assert_eq!(never(&veil, "nobody knows"), "nobody knows");
}
