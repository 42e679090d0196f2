//! SHA-256 of files.

use std::fs::File;
use std::io::{self, Read, Write};

use sha2::{Digest, Sha256};

const CHUNK: usize = 256 << 10;

/// Size and SHA-256 (lower-case hexadecimal) of what is left to read. What is read is also written to `copy`.
pub(super) fn of(file: &mut File, mut copy: Option<&mut File>) -> io::Result<(u64, String)> {
    let mut hash = Sha256::new();
    let mut size = 0;
    let mut chunk = vec![0; CHUNK];
    loop {
        let length = match file.read(&mut chunk) {
            Ok(0) => return Ok((size, hex::encode(hash.finalize()))),
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hash.update(&chunk[..length]);
        if let Some(copy) = &mut copy {
            copy.write_all(&chunk[..length])?;
        }
        size += length as u64;
    }
}
