use super::*;

#[test]
fn names_stay_where_they_are_put() {
    for good in ["a", "a/b.txt", "ä b/…", ".hidden", "a..b"] {
        assert!(check(good).is_ok(), "{good}");
    }
    for bad in ["", "/a", "a/", "a//b", "../a", "a/../b", ".", "a/.", "a\nb", "a\0"] {
        assert!(check(bad).is_err(), "{bad:?}");
    }
    assert!(check(&"x".repeat(801)).is_err());
}
