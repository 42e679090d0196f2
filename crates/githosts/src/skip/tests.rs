//! Marks and what only looks like one.

use super::*;

#[test]
fn marks_are_found_anywhere_and_in_any_capitals() {
    let cases = [
        ("fix [skip ci]", Some("[skip ci]")),
        ("fix [CI SKIP] now", Some("[ci skip]")),
        ("fix\n\nbody [No CI]\nmore", Some("[no ci]")),
        ("[skip actions] x", Some("[skip actions]")),
        ("x [actions skip]", Some("[actions skip]")),
        ("x [ci-skip]", Some("[ci-skip]")),
        ("x [Skip_CI]", Some("[skip_ci]")),
        ("İ🦑 [skip ci]", Some("[skip ci]")),
        ("fix\n\n\nskip-checks: true", Some("skip-checks")),
        ("fix\n\n\nSkip-Checks:true\n", Some("skip-checks")),
        ("fix\n\nSigned-off-by: A <a@b>\nskip-checks: true\r\n", Some("skip-checks")),
        ("skip ci", None),
        ("[skip  ci]", None),
        ("[skip ci", None),
        ("[do not skip ci]", None),
        ("skip-checks: true", None),
        ("fix\nskip-checks: true", None),
        ("fix\n\nskip-checks: false", None),
        ("fix\n\nskip-checks: true\nSigned-off-by: A <a@b>", None),
        ("", None),
    ];
    for (message, mark) in cases {
        assert_eq!(skip_mark(message), mark, "{message:?}");
    }
}
