use jiff::Timestamp;

use super::*;

fn member(first_line: u64, offset: u64, length: u64) -> Member {
    let (from, to) = (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH);
    Member { object: LOG_OBJECT.to_owned(), offset, length, first_line, lines: 4096, from, to, times: Vec::new() }
}

#[test]
fn new_members_go_into_parts_of_a_bearable_size() {
    let sizes = [1000, 7 << 20, 2 << 20, 9 << 20, 10];
    let mut members = Vec::new();
    let mut offset = 0;
    for (n, size) in (0..).zip(sizes) {
        members.push(member(n * 4096, offset, size));
        offset += size;
    }
    let index = LogIndex { members, ..LogIndex::default() };
    let mut live = LiveLog::default();
    let mut counts = Vec::new();
    let mut end = 0;
    while let Some((range, members)) = live.next_part(&index) {
        assert_eq!(range.start, end);
        end = range.end;
        counts.push(members.len());
        live.stored.extend(members);
    }
    assert_eq!(counts, [2, 1, 1, 1]);
    assert_eq!(end, offset);
}
