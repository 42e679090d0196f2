//! Pieces put into a text, and the way back from the longer text to the shorter.

/// Pieces to be put into a text, each at a byte of the original.
#[derive(Default, Debug)]
pub(super) struct Insertions {
    /// Sorted by place; of those at one place, the order in which they stand.
    pieces: Vec<(usize, String)>,
}

impl Insertions {
    /// These pieces, each with its place; already in order.
    pub(super) fn sorted(pieces: Vec<(usize, String)>) -> Self {
        Self { pieces }
    }

    /// `source` with all pieces put in.
    pub(super) fn apply(&self, source: &str) -> String {
        let extra: usize = self.pieces.iter().map(|(_, piece)| piece.len()).sum();
        let mut out = String::with_capacity(source.len() + extra);
        let mut done = 0;
        for (at, piece) in &self.pieces {
            out.push_str(&source[done..*at]);
            out.push_str(piece);
            done = *at;
        }
        out.push_str(&source[done..]);
        out
    }

    /// Where byte `offset` of the instrumented text stood in the original.
    pub(super) fn original(&self, offset: usize) -> usize {
        let mut shift = 0;
        for (at, piece) in &self.pieces {
            if at + shift > offset {
                break;
            }
            if at + shift + piece.len() > offset {
                return *at;
            }
            shift += piece.len();
        }
        offset - shift
    }
}
