//! Objects that are written as a difference to another (<https://git-scm.com/docs/gitformat-pack#_deltified_representation>): sizes of both,
//! then commands that copy from the base or bring bytes of their own.
//!
//! Invariant: nothing is read outside the base, and nothing is made beyond the size that was said and allowed.

/// The object that `delta` makes of `base`; `None` when it is longer than `most`.
///
/// # Errors
/// What is wrong with the difference.
pub(super) fn applied(base: &[u8], delta: &[u8], most: usize) -> Result<Option<Vec<u8>>, &'static str> {
    let mut rest = Bytes(delta);
    if rest.size()? != base.len() as u64 {
        return Err("a difference is to another base");
    }
    let size = rest.size()?;
    let Some(size) = usize::try_from(size).ok().filter(|size| *size <= most) else { return Ok(None) };
    let mut made = Vec::with_capacity(size);
    while let Some(command) = rest.next() {
        let bytes = if command & 0x80 == 0 {
            rest.take(usize::from(command)).filter(|bytes| !bytes.is_empty())
        } else {
            let offset = rest.number(command, 4)?;
            let length = match rest.number(command >> 4, 3)? {
                0 => 0x1_0000,
                length => length,
            };
            base.get(offset..offset.saturating_add(length))
        };
        let bytes = bytes.ok_or("a difference reaches beyond its base, or its end")?;
        if bytes.len() > size - made.len() {
            return Err("a difference makes more than it says");
        }
        made.extend_from_slice(bytes);
    }
    if made.len() == size { Ok(Some(made)) } else { Err("a difference makes less than it says") }
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    /// Seven bits in each byte, the lowest first.
    fn size(&mut self) -> Result<u64, &'static str> {
        let mut size = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.next().ok_or("a difference is cut off")?;
            size |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(size);
            }
        }
        Err("a difference says a size that nothing has")
    }

    /// Those of `count` bytes, the lowest first, that `flags` say are there.
    fn number(&mut self, flags: u8, count: u8) -> Result<usize, &'static str> {
        let mut number = 0;
        for at in (0..count).filter(|at| flags & (1 << at) != 0) {
            number |= usize::from(self.next().ok_or("a difference is cut off")?) << (8 * at);
        }
        Ok(number)
    }
}
