use super::*;

#[test]
fn a_name_cannot_forge_a_parent() {
    assert_eq!(parent_in(b"12 (evil) R 1 (x) S 77 12 12"), Some(77));
    assert_eq!(parent_in(b"garbage"), None);
}

#[test]
fn this_process_descends_from_its_parent() {
    let me = Pid::this();
    assert!(children(Pid::parent()).contains(&me));
    assert!(descendants(Pid::parent(), &[]).contains(&me));
    assert!(!descendants(Pid::parent(), &[me]).contains(&me));
}
