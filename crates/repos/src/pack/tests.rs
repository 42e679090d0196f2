#![allow(clippy::unwrap_used)]

use std::time::Duration;

use super::*;

fn unpack(pack: &[u8], objects: &mut Objects, bytes: usize) -> Result<(), PackError> {
    super::unpack(pack, objects, Most { bytes, objects: 50_000 }, &Until::within(Duration::from_secs(60)))
}

/// A pack of whole objects, as a host would write it.
fn pack(objects: &[(u8, &[u8], u64)]) -> Vec<u8> {
    let entries: Vec<_> = objects.iter().map(|(kind, data, says)| (*kind, None, data.to_vec(), *says)).collect();
    pack_of(&entries)
}

/// The same, where an entry may be a difference to an object of that name.
fn pack_of(objects: &[(u8, Option<ObjectId>, Vec<u8>, u64)]) -> Vec<u8> {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend_from_slice(&u32::try_from(objects.len()).unwrap().to_be_bytes());
    for (kind, base, data, says) in objects {
        let mut size = *says;
        let mut byte = (kind << 4) | u8::try_from(size & 15).unwrap();
        size >>= 4;
        while size > 0 {
            pack.push(byte | 0x80);
            byte = u8::try_from(size & 0x7f).unwrap();
            size >>= 7;
        }
        pack.push(byte);
        pack.extend_from_slice(base.as_ref().map_or(&[], |id| id.as_slice()));
        let mut write = gix_zlib::stream::deflate::Write::new(Vec::new(), gix_zlib::Compression::new(6).unwrap());
        std::io::Write::write_all(&mut write, data).unwrap();
        std::io::Write::flush(&mut write).unwrap();
        pack.extend_from_slice(&write.into_inner());
    }
    let mut hasher = gix_hash::hasher(SHA1);
    hasher.update(&pack);
    let sum = hasher.try_finalize().unwrap();
    pack.extend_from_slice(sum.as_slice());
    pack
}

const BLOB: u8 = 3;

#[test]
fn whole_objects_are_unpacked_under_their_names() {
    let mut objects = Objects::default();
    unpack(&pack(&[(BLOB, b"hello\n", 6)]), &mut objects, 1000).unwrap();
    let id = ObjectId::from_hex(b"ce013625030ba8dba906f756967f9e9ca394464a").unwrap();
    assert_eq!(&*objects.get(&id).unwrap().data, b"hello\n");
}

#[test]
fn more_than_is_allowed_is_refused_before_it_is_held() {
    let zeros = vec![0; 1 << 20];
    let bomb = pack(&[(BLOB, &zeros, 1 << 20)]);
    assert!(bomb.len() < 2000, "it is small: {}", bomb.len());
    assert_eq!(unpack(&bomb, &mut Objects::default(), 100_000), Err(PackError::TooLarge));
    let liar = pack(&[(BLOB, b"x", u64::MAX >> 8)]);
    assert_eq!(unpack(&liar, &mut Objects::default(), 100_000), Err(PackError::TooLarge));
}

#[test]
fn what_is_damaged_anywhere_is_refused() {
    let good = pack(&[(BLOB, b"hello\n", 6), (BLOB, b"world\n", 6)]);
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x55;
        assert!(unpack(&bad, &mut Objects::default(), 1000).is_err(), "byte {at}");
        assert!(unpack(&good[..at], &mut Objects::default(), 1000).is_err(), "cut at {at}");
    }
}

#[test]
fn sizes_that_are_not_so_are_refused() {
    for says in [5, 7] {
        assert!(unpack(&pack(&[(BLOB, b"hello\n", says)]), &mut Objects::default(), 1000).is_err(), "{says}");
    }
}

const REF_DELTA: u8 = 7;

fn size(mut size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while size > 0x7f {
        bytes.push(u8::try_from(size & 0x7f).unwrap() | 0x80);
        size >>= 7;
    }
    bytes.push(u8::try_from(size).unwrap());
    bytes
}

/// Each object is the one before and a byte more, and stands before it in the pack.
fn chain(length: usize) -> (Vec<u8>, ObjectId) {
    let mut data = b"hello\n".to_vec();
    let mut entries = vec![(BLOB, None, data.clone(), 6)];
    let named = |data: &[u8]| gix_object::compute_hash(SHA1, gix_object::Kind::Blob, data).unwrap();
    for _ in 0..length {
        let base = named(&data);
        let copy = [vec![0xb0, u8::try_from(data.len() & 0xff).unwrap(), u8::try_from(data.len() >> 8).unwrap()], vec![1, b'x']].concat();
        let delta = [size(data.len()), size(data.len() + 1), copy].concat();
        data.push(b'x');
        let says = delta.len() as u64;
        entries.push((REF_DELTA, Some(base), delta, says));
    }
    entries.reverse();
    (pack_of(&entries), named(&data))
}

#[test]
fn differences_may_stand_before_what_they_are_to() {
    let (pack, last) = chain(2_000);
    let mut objects = Objects::default();
    unpack(&pack, &mut objects, 10_000_000).unwrap();
    assert_eq!((objects.len(), objects.get(&last).unwrap().data.len()), (2_001, 2_006));
    assert_eq!(unpack(&pack, &mut Objects::default(), 1_000_000), Err(PackError::TooLarge));
}

#[test]
fn a_difference_to_nothing_is_refused() {
    let nothing = ObjectId::from_hex(b"ce013625030ba8dba906f756967f9e9ca394464b").unwrap();
    let pack = pack_of(&[(REF_DELTA, Some(nothing), vec![1, 1, 1, b'x'], 4)]);
    assert!(matches!(unpack(&pack, &mut Objects::default(), 1_000), Err(PackError::Damaged(_))));
}

#[test]
fn an_object_that_comes_often_counts_each_time() {
    let same = vec![(BLOB, &[b'x'; 100][..], 100); 11];
    assert_eq!(unpack(&pack(&same), &mut Objects::default(), 1_099), Err(PackError::TooLarge));
}

#[test]
fn neither_too_many_objects_nor_a_look_that_is_over_are_unpacked() {
    let (pack, _) = chain(10);
    let until = Until::within(Duration::from_secs(60));
    let most = Most { bytes: 10_000, objects: 10 };
    assert_eq!(super::unpack(&pack, &mut Objects::default(), most, &until), Err(PackError::TooMany));
    until.leave();
    let most = Most { objects: 11, ..most };
    assert_eq!(super::unpack(&pack, &mut Objects::default(), most, &until), Err(PackError::TimedOut));
}
