#![allow(clippy::unwrap_used)]

use std::path::Path;

use serde_json::json;

use super::*;

fn pieces(text: &[u8]) -> Result<Vec<Piece>, String> {
    let mut reader = Reader::new(text, Path::new("export"));
    let mut all = Vec::new();
    loop {
        match reader.next() {
            Ok(Some(piece)) => all.push(piece),
            Ok(None) => return Ok(all),
            Err(failure) => return Err(failure.to_string()),
        }
    }
}

fn written() -> Vec<u8> {
    let mut writer = Writer::begin(Vec::new()).unwrap();
    writer.item(&json!({"pk": "A"})).unwrap();
    writer.object("code/empty", b"").unwrap();
    writer.whole().unwrap();
    writer.object("code/gone", b"on").unwrap();
    writer.void("code/gone").unwrap();
    writer.object("code/long", b"one ").unwrap();
    writer.more(b"two").unwrap();
    writer.whole().unwrap();
    assert_eq!((writer.items, writer.objects), (1, 2));
    writer.end().unwrap()
}

#[test]
fn what_was_written_is_read() {
    let object = |key: &str, data: &[u8]| Piece::Object { key: key.to_owned(), data: data.to_vec() };
    let read = pieces(&written()).unwrap();
    let expected = [
        Piece::Item(json!({"pk": "A"})),
        object("code/empty", b""),
        Piece::Whole,
        object("code/gone", b"on"),
        Piece::Void,
        object("code/long", b"one "),
        Piece::More(b"two".to_vec()),
        Piece::Whole,
    ];
    assert_eq!(read, expected);
}

#[test]
fn the_first_format_is_read() {
    let text = b"{\"kraken\":1}\n{\"item\":{\"pk\":\"A\"}}\n{\"object\":\"k\",\"data\":\"b24=\"}\n{\"more\":\"ZQ==\"}\n\
        {\"object\":\"l\",\"data\":\"\"}\n{\"end\":{\"items\":1,\"objects\":2}}\n";
    let read = pieces(text).unwrap();
    assert_eq!(read.iter().filter(|piece| **piece == Piece::Whole).count(), 2);
    assert_eq!((&read[2], &read[3]), (&Piece::More(b"e".to_vec()), &Piece::Whole));
}

#[test]
fn no_beginning_of_a_file_is_taken_for_the_whole() {
    let whole = written();
    for length in 0..whole.len() {
        let refused = pieces(&whole[..length]).unwrap_err();
        assert!(refused.contains("cut off"), "{length}: {refused}");
    }
}

#[test]
fn a_damaged_object_is_found() {
    let text = String::from_utf8(written()).unwrap();
    for (right, wrong) in [("b25lIA==", "b25mIA=="), ("dHdv", "dHdw"), ("{\"more\":\"dHdv\"}\n", "")] {
        let refused = pieces(text.replace(right, wrong).as_bytes()).unwrap_err();
        assert!(refused.contains("another SHA-256"), "{refused}");
    }
}

#[test]
fn lines_that_make_no_sense_are_refused_with_their_place() {
    let text = String::from_utf8(written()).unwrap();
    let cases = [
        (text.replace("\"kraken\":2", "\"kraken\":3"), "format 3"),
        (text.replace("\"kraken\":2", "\"other\":2"), "does not begin"),
        (text.replace("{\"void\":\"code/gone\"}\n", ""), "no end"),
        (text.replace("{\"item\"", "{\"thing\""), "neither"),
        (text.replace("\"items\":1", "\"items\":2"), "counts other"),
        (format!("{text}{{}}\n"), "goes on"),
        ("{\"kraken\":2}\n{\"more\":\"\"}\n".to_owned(), "no object"),
        ("{\"kraken\":2}\nnonsense\n".to_owned(), "line 2: it is not JSON"),
    ];
    for (text, said) in cases {
        let refused = pieces(text.as_bytes()).unwrap_err();
        assert!(refused.contains(said), "{said}: {refused}");
    }
}
