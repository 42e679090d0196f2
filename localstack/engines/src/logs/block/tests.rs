#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use proptest::prelude::*;

use super::*;

fn an_entry() -> impl Strategy<Value = Entry> {
    let id = || proptest::option::of("[a-z]{0,4}");
    let source = (".{0,6}", id(), id(), id(), id());
    let level = proptest::sample::select(Level::ALL.to_vec());
    (any::<i64>(), level, source, "(?s).{0,20}").prop_map(|(time, level, (service, flow, agent, project, branch), text)| Entry {
        time: timestamp(time),
        level,
        source: Arc::new(Source { service, flow, agent, project, branch, ..Source::default() }),
        text,
    })
}

proptest! {
    #[test]
    fn entries_come_back_as_they_went(
        entries in proptest::collection::vec((an_entry(), 1..3_u64, 0..3_u64), 1..40),
        first in any::<u32>(),
    ) {
        let mut builder = BlockBuilder::new(first.into());
        entries.iter().for_each(|(entry, origin, number)| builder.push(entry, Origin(*origin), *number));
        let (numbers, entries): (Vec<_>, Vec<_>) = entries.into_iter().map(|(entry, origin, number)| ((origin, number), entry)).unzip();
        prop_assert_eq!(builder.next(), u64::from(first) + entries.len() as u64);
        let block = builder.take();
        let decoded = Block::decode(&block.encode(), block.text.clone()).unwrap();
        prop_assert_eq!(&decoded, &block);
        let back: Vec<_> = (0..decoded.lines.len()).map(|index| decoded.entry(index)).collect();
        prop_assert_eq!(back, entries);
        let back: Vec<_> = decoded.runs.iter().flat_map(|run| run.numbers().map(|number| (run.origin.0, number))).collect();
        prop_assert_eq!(back, numbers);
    }

    #[test]
    fn any_bytes_decode_to_a_block_or_to_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "[a\n]{0,40}") {
        if let Some(block) = Block::decode(&bytes, text.into_bytes()) {
            (0..block.lines.len()).for_each(|index| drop(block.entry(index)));
        }
    }

    #[test]
    fn a_cut_block_is_refused(entries in proptest::collection::vec(an_entry(), 1..10), cut in any::<prop::sample::Index>()) {
        let mut builder = BlockBuilder::new(7);
        entries.iter().for_each(|entry| builder.push(entry, Origin(1), 5));
        let block = builder.take();
        let bytes = block.encode();
        prop_assert_eq!(Block::decode(&bytes[..cut.index(bytes.len())], block.text), None);
    }
}

#[test]
fn entries_of_one_source_share_it() {
    let source = Arc::new(Source { service: "agent".into(), ..Source::default() });
    let mut builder = BlockBuilder::new(0);
    for index in 0..10 {
        let level = if index == 5 { Level::Error } else { Level::Info };
        // The same source, once as the same value and once as an equal one.
        let source = if index < 7 { Arc::clone(&source) } else { Arc::new(Source::clone(&source)) };
        builder.push(&Entry { time: timestamp(index), level, source, text: String::new() }, Origin(1), index as u64);
    }
    assert_eq!(builder.block().contexts.len(), 2);
    assert_eq!(builder.block().runs, [Run { origin: Origin(1), first: 0, lines: 10 }]);
}
