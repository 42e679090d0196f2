//! One gzip member that grows (RFC 1952), readable at every moment.
//!
//! A deflate stream can be brought to a byte border without ending it; with an empty last block and the check sum behind it, the
//! bytes so far are a whole member. So the newest lines of a live log can be stored while the same member goes on.

use std::io::{self, Write};

use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// Fast enough to follow a pipe, and small enough: a higher level costs more time than the bytes it saves.
const LEVEL: u32 = 2;

/// Magic, deflate, no flags, no time, no hint, Unix.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];

/// An empty last block with fixed codes.
const LAST_BLOCK: [u8; 2] = [3, 0];

/// Compressed bytes are written on when there are so many.
const WRITE_BYTES: usize = 64 << 10;

/// Compresses one member after the other into a writer.
pub(super) struct Gzip<W> {
    to: W,
    compress: Compress,
    crc: Crc,
    out: Vec<u8>,
    /// Bytes of the current member that went to `to`.
    written: u64,
}

impl<W: Write> Gzip<W> {
    pub(super) fn new(to: W) -> Self {
        Self { to, compress: Compress::new(Compression::new(LEVEL), false), crc: Crc::new(), out: Vec::new(), written: 0 }
    }

    /// Begins a member.
    pub(super) fn begin(&mut self) {
        self.compress.reset();
        self.crc.reset();
        self.written = 0;
        self.out.extend_from_slice(&HEADER);
    }

    pub(super) fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.crc.update(bytes);
        self.run(bytes, FlushCompress::None)
    }

    /// Writes all that was added, so that with [`Gzip::closing`] behind it the member is whole. Says how long it is without that.
    pub(super) fn sync(&mut self) -> io::Result<u64> {
        self.run(&[], FlushCompress::Sync)?;
        self.write_out()?;
        Ok(self.written)
    }

    /// What makes a whole member of the bytes so far, after [`Gzip::sync`].
    pub(super) fn closing(&self) -> [u8; 10] {
        let mut closing = [0; 10];
        closing[..2].copy_from_slice(&LAST_BLOCK);
        closing[2..6].copy_from_slice(&self.crc.sum().to_le_bytes());
        closing[6..].copy_from_slice(&self.crc.amount().to_le_bytes());
        closing
    }

    /// Ends the member. Says how long it is.
    pub(super) fn end(&mut self) -> io::Result<u64> {
        self.run(&[], FlushCompress::Finish)?;
        let [_, _, check @ ..] = self.closing();
        self.out.extend_from_slice(&check);
        self.write_out()?;
        Ok(self.written)
    }

    #[cfg(test)]
    fn writer(&mut self) -> &mut W {
        &mut self.to
    }

    fn run(&mut self, mut bytes: &[u8], flush: FlushCompress) -> io::Result<()> {
        loop {
            if self.out.len() >= WRITE_BYTES {
                self.write_out()?;
            }
            self.out.reserve(WRITE_BYTES / 4);
            let before = self.compress.total_in();
            let status = self.compress.compress_vec(bytes, &mut self.out, flush).map_err(io::Error::other)?;
            let taken = usize::try_from(self.compress.total_in() - before).map_err(io::Error::other)?;
            bytes = &bytes[taken..];
            let room_left = self.out.len() < self.out.capacity();
            match flush {
                FlushCompress::None if bytes.is_empty() => return Ok(()),
                FlushCompress::Finish if status == Status::StreamEnd => return Ok(()),
                // With room left in the output there is nothing more to come.
                FlushCompress::Sync if room_left => return Ok(()),
                _ => {}
            }
        }
    }

    fn write_out(&mut self) -> io::Result<()> {
        self.to.write_all(&self.out)?;
        self.written += self.out.len() as u64;
        self.out.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
