use super::*;

fn of(variables: &[(&str, &str)]) -> Vec<String> {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    problems(&variables).into_iter().map(|(_, problem)| problem.to_string()).collect()
}

#[test]
fn names_are_those_that_programs_can_ask_for() {
    assert!(of(&[("PATH", "/bin"), ("_x9", ""), ("lines", "a\nb")]).is_empty());
    for bad in ["", "9A", "A-B", "A B", "Ä", "A=B"] {
        assert_eq!(of(&[(bad, "x")]).len(), 1, "{bad:?}");
    }
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let all = of(&[("A-B", "x"), ("C", "a\0b"), ("D", &"d".repeat(VARIABLES_BYTES_MAX))]);
    assert_eq!(all.len(), 3, "{all:?}");
    assert!(all[2].contains("expected at most 24576"), "{all:?}");
}
