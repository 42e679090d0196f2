use super::*;

#[test]
fn an_export_without_its_end_is_known() {
    assert_eq!(last_line(b"{\"item\":{}}\n{\"end\":{\"items\":1,\"objects\":0}}\n").map(|end| end["items"].clone()), Some(json!(1)));
    assert_eq!(last_line(b"{\"item\":{}}\n"), None);
    assert_eq!(last_line(b"{\"end\":{\"items\":1"), None);
    assert_eq!(last_line(b""), None);
}
