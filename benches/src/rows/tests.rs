//! How rows are asked for.
#![allow(clippy::unwrap_used)]

use super::*;

#[test]
fn a_row_is_found_by_what_it_is_called() {
    for row in Row::ALL {
        assert_eq!(row.to_string().parse::<Row>().unwrap(), row);
    }
    assert_eq!(["3", "triggers", "stage"].map(|name| name.parse::<Row>().unwrap()), [Row::OneAgent, Row::Triggers, Row::Stage]);
}

#[test]
fn numbers_are_those_of_the_table_of_targets_alone() {
    for other in ["0", "11", "12", "due", "03"] {
        let refused = other.parse::<Row>().unwrap_err();
        assert!(refused.contains("expected one of 1, 2") && refused.ends_with("10, triggers, stage, webhook"), "{refused}");
    }
}
