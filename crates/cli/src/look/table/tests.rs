use super::*;

#[test]
fn columns_are_as_wide_as_their_widest_cell() {
    let mut table = Table::new(&["NAME", "STATE", "NOTE"]);
    table.row([Text::plain("a"), Text::new("ok", Tone::Good), Text::none()]);
    table.row([Text::plain("längster"), Text::none(), Text::plain("x")]);
    let expected = "NAME      STATE  NOTE\na         ok\nlängster         x\n";
    assert_eq!(table.painted(Paint::off()), expected);
}

#[test]
fn no_rows_no_heading() {
    assert_eq!(Table::new(&["NAME"]).painted(Paint::off()), "");
}

#[test]
fn details_are_aligned_and_leave_out_what_is_not_there() {
    let details = Details::new().with("id", Text::plain("1")).with("note", Text::none()).with("state", Text::plain("ok"));
    assert_eq!(details.painted(Paint::off()), "id     1\nstate  ok\n");
}
