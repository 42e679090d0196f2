//! A Bloom filter that is probed where it lies: one read of 64 bytes per word, whatever its size.
//!
//! The variant is the blocked filter of Putze, Sanders and Singler, "Cache-, Hash- and Space-Efficient Bloom Filters"
//! (2007): the hash picks one block of 512 bits, and all the bits of a word lie in it. It never denies a word that is
//! there; with [`BITS_PER_WORD`] it claims about one in a hundred that isn't.

/// Bytes of one block: what has to be read to ask for one word.
pub(super) const BLOCK_BYTES: usize = 64;

const BLOCK_BITS: u64 = 512;
const BITS_PER_WORD: usize = 12;
const PROBES: u64 = 7;

/// Builds the filter of `words`.
pub(super) fn build(words: impl ExactSizeIterator<Item = u64>) -> Vec<u8> {
    let blocks = (words.len() * BITS_PER_WORD).div_ceil(BLOCK_BYTES * 8).max(1);
    let mut filter = vec![0; blocks * BLOCK_BYTES];
    for word in words {
        let start = block_of(word, blocks as u64) as usize * BLOCK_BYTES;
        for bit in bits_of(word) {
            filter[start + bit / 8] |= 1 << (bit % 8);
        }
    }
    filter
}

/// Which block of a filter of `blocks` blocks says whether `word` may be there.
pub(super) fn block_of(word: u64, blocks: u64) -> u64 {
    // The high half spread over the blocks; the bits within a block come from the low half.
    ((word >> 32) * blocks) >> 32
}

/// Whether the block of `word` claims it.
pub(super) fn claims(block: &[u8; BLOCK_BYTES], word: u64) -> bool {
    bits_of(word).all(|bit| block[bit / 8] & (1 << (bit % 8)) != 0)
}

fn bits_of(word: u64) -> impl Iterator<Item = usize> {
    let (start, stride) = (word % BLOCK_BITS, (word >> 9) | 1);
    (0..PROBES).map(move |probe| ((start + probe * stride) % BLOCK_BITS) as usize)
}

#[cfg(test)]
mod tests;
