#![allow(clippy::unwrap_used)]

use super::*;

/// A pack of whole objects, as a host would write it.
fn pack(objects: &[(u8, &[u8], u64)]) -> Vec<u8> {
    let mut pack = b"PACK\0\0\0\x02".to_vec();
    pack.extend_from_slice(&u32::try_from(objects.len()).unwrap().to_be_bytes());
    for (kind, data, says) in objects {
        let mut size = *says;
        let mut byte = (kind << 4) | u8::try_from(size & 15).unwrap();
        size >>= 4;
        while size > 0 {
            pack.push(byte | 0x80);
            byte = u8::try_from(size & 0x7f).unwrap();
            size >>= 7;
        }
        pack.push(byte);
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
