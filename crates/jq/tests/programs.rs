//! What programs come to, and what is said of those that come to nothing.
#![allow(clippy::unwrap_used, missing_docs)]

use kraken_jq::{JqError, run};
use proptest::prelude::*;

fn jq(program: &str, input: &str) -> Result<String, JqError> {
    run(program, input, 10_000)
}

#[test]
fn programs_come_to_one_value() {
    for (program, input, result) in [
        (".n += 1", r#"{"n":1}"#, r#"{"n":2}"#),
        (".n += 1", "{}", r#"{"n":1}"#),
        (".", "null", "null"),
        (".seen += [\"a\"]", "{}", r#"{"seen":["a"]}"#),
        ("del(.a)", r#"{"a":1,"b":2}"#, r#"{"b":2}"#),
        ("map(select(. > 1)) | length", "[1,2,3]", "2"),
        ("with_entries(.value |= ascii_upcase)", r#"{"a":"x"}"#, r#"{"a":"X"}"#),
        (".a | test(\"^v[0-9]+$\")", r#"{"a":"v12"}"#, "true"),
        ("[.[] | tostring] | join(\",\")", "[1,\"b\"]", "\"1,b\""),
        (".x", r#"{"x":12345678901234567890}"#, "12345678901234567890"),
        ("\"é\\u0000\\\"\"", "null", "\"é\\u0000\\\"\""),
        ("reduce range(10) as $n (0; . + $n)", "null", "45"),
    ] {
        assert_eq!(jq(program, input).as_deref(), Ok(result), "{program}");
    }
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let place = |program: &str| jq(program, "{}").unwrap_err().to_string();
    assert!(place(".a |\n  nothing(1)").contains("line 2, column 3"), "{}", place(".a |\n  nothing(1)"));
    assert!(place(".a[").contains("makes no sense"), "{}", place(".a["));
    assert!(place("import \"x\" as x; .").contains("modules cannot be loaded"), "{}", place("import \"x\" as x; ."));
    assert!(place("error(\"too few tests\")").contains("too few tests"));
    assert!(place(".a.b.c |= error").len() < 1000);
}

#[test]
fn only_one_value_that_json_can_say_is_taken() {
    assert_eq!(jq("empty", "1"), Err(JqError::Nothing));
    assert_eq!(jq(".[]", "[1,2]"), Err(JqError::Several));
    for no_json in ["nan", "[infinite]", "{a: -infinite}", "{(1): 2}"] {
        assert!(matches!(jq(no_json, "1"), Err(JqError::NotJson(_))), "{no_json}: {:?}", jq(no_json, "1"));
    }
    assert_eq!(jq("[range(100000)]", "1"), Err(JqError::TooLarge(10_000)));
    assert!(matches!(jq(".", "{"), Err(JqError::Input(_))));
}

#[test]
fn a_program_sees_nothing_but_its_input() {
    assert!(jq("input", "1").is_err());
    assert!(jq("include \"/etc/passwd\"; .", "1").is_err());
    assert!(jq("import \"/etc/passwd\" as $d; $d", "1").is_err());
    assert!(jq("env | length", "1").is_err() && jq("$ENV | length", "1").is_err());
    assert!(matches!(jq("halt", "1"), Err(JqError::Failed(_))));
}

proptest! {
    #[test]
    fn senseless_programs_are_refused(program in "[.a\\[\\]{}|()\"$0-9,:?/ \\n-]{0,30}") {
        // Some come to something; none breaks anything.
        let _refused_or_done = jq(&program, r#"{"a":[1,{"b":2}]}"#);
    }
}
