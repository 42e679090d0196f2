use super::*;

fn made(numbers: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let (mut all, mut one) = (Vec::new(), Vec::new());
    for number in numbers {
        line(number, &mut one);
        assert_eq!(one.len(), LINE_BYTES);
        all.extend_from_slice(&one);
    }
    all
}

#[test]
fn the_same_lines_in_any_pieces_are_right() {
    let all = made(0..1000);
    let mut comparison = Comparison::default();
    for piece in all.chunks(777) {
        comparison.feed(piece);
    }
    assert_eq!((comparison.right, comparison.wrong), (1000, 0));
}

#[test]
fn a_lost_or_swapped_line_is_seen() {
    let mut comparison = Comparison::default();
    comparison.feed(&made([0, 2, 1, 3]));
    assert_eq!((comparison.right, comparison.wrong), (2, 2));
    let mut comparison = Comparison::default();
    comparison.feed(&made([0, 2, 3]));
    assert_eq!((comparison.right, comparison.wrong), (1, 2));
}
