//! Instruments the code: puts calls of the natives in `guards` around whatever can make or do much at once.
//!
//! Only insertions, never on a new line: every line keeps its number, and every byte of the instrumented code that
//! the author wrote maps back to where it stood. What is instrumented:
//!
//! | written | run |
//! |---|---|
//! | `f(x)`, `x[a:b]` | `__kraken_tick(f(x))` |
//! | `[e for x in xs]` | `[__kraken_tick(e) for x in xs]` |
//! | `{k: v for x in xs}`, `d[k] = v` | `{__kraken_key(k): v …}`, `d[__kraken_key(k)] = v` |
//! | `d.update(e)`, `dict(e)` | `d.update(__kraken_entries(e))` |
//! | `t.join(…)` and other methods of texts that take something | `__kraken_text(t).join(…)` |
//! | `x += y`, `xs.extend(y)` | `x += __kraken_more((y))` |
//! | `x *= y`, `x %= y`, `x <<= y`, `x \|= y` | `x *= __kraken_before_mul(x, (y))` |
//! | `"a" "b"` | `("a" + "b")` |
//!
//! Binary operators are replaced in the syntax tree (see [`REPLACED_OPERATORS`]).

use starlark_syntax::lexer::Token;

use super::{
    error::{EvalError, Position},
    guarded_text::GuardedText,
    insertions::Insertions,
    tokens::Spot,
};

/// Binary operators and the natives that do their work.
pub(super) const REPLACED_OPERATORS: [(&str, &str); 16] = [
    ("+", "__kraken_add"),
    ("-", "__kraken_sub"),
    ("*", "__kraken_mul"),
    ("/", "__kraken_div"),
    ("//", "__kraken_floordiv"),
    ("%", "__kraken_percent"),
    ("<<", "__kraken_shl"),
    ("|", "__kraken_or"),
    ("<", "__kraken_lt"),
    (">", "__kraken_gt"),
    ("<=", "__kraken_le"),
    (">=", "__kraken_ge"),
    ("!=", "__kraken_ne"),
    ("==", "__kraken_eq"),
    ("in", "__kraken_in"),
    ("not in", "__kraken_not_in"),
];

/// Plans the instrumentation of the code with these tokens.
///
/// # Errors
/// [`EvalError::Syntax`] for an assignment that cannot be instrumented.
pub(super) fn plan(source: &str, spots: &[Spot], position: impl Fn(usize) -> Position) -> Result<Insertions, EvalError> {
    let mut planner = Planner { source, spots, opening: Vec::new(), closing: Vec::new(), frames: vec![Frame::statement(0)] };
    for (index, spot) in spots.iter().enumerate() {
        if let Err(refused) = planner.step(index) {
            let at = position(spot.start);
            return Err(EvalError::Syntax { at, message: refused.to_owned(), hint: Some("write it as x = x * y with a name".to_owned()) });
        }
    }
    Ok(planner.finish())
}

/// What is open: the statement, or a bracket.
struct Frame {
    kind: FrameKind,
    /// Index of the bracket's token.
    opened: usize,
    /// Where the operand that is being read began, while one can be continued by `.`, `(` or `[`.
    operand: Option<usize>,
    /// Where the operand that the bracket continues began.
    continues: Option<usize>,
    comma: bool,
    colon: Option<usize>,
    lambdas: usize,
    /// In a statement: the first token, and what to insert at its end.
    first: usize,
    close_at_end: Option<&'static str>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    Statement,
    Display,
    Call,
    Subscript,
}

impl Frame {
    fn statement(first: usize) -> Self {
        Self::bracket(FrameKind::Statement, first, None)
    }

    fn bracket(kind: FrameKind, opened: usize, continues: Option<usize>) -> Self {
        Self { kind, opened, operand: None, continues, comma: false, colon: None, lambdas: 0, first: opened, close_at_end: None }
    }
}

struct Planner<'s> {
    source: &'s str,
    spots: &'s [Spot],
    /// Pieces that open something, and pieces that close something: at one place the closing ones stand first, and those
    /// that open something found ahead of its content (`true`) stand outside the others.
    opening: Vec<(usize, bool, String)>,
    closing: Vec<(usize, String)>,
    frames: Vec<Frame>,
}

type Refused = &'static str;

impl<'s> Planner<'s> {
    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::statement(0));
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    fn token(&self, index: usize) -> Option<&'s Token> {
        self.spots.get(index).map(|spot| &spot.token)
    }

    fn wrap(&mut self, start: usize, call: &str, end: usize) {
        self.opening.push((start, false, format!("{call}(")));
        self.closing.push((end, ")".to_owned()));
    }

    fn wrap_ahead(&mut self, start: usize, call: &str, end: usize) {
        self.opening.push((start, true, format!("{call}(")));
        self.closing.push((end, ")".to_owned()));
    }

    fn step(&mut self, index: usize) -> Result<(), Refused> {
        let Spot { start, end, ref token } = self.spots[index];
        match token {
            Token::OpeningRound | Token::OpeningSquare | Token::OpeningCurly => self.open(index),
            Token::ClosingRound | Token::ClosingSquare | Token::ClosingCurly => self.close(index),
            Token::Newline | Token::Semicolon => {
                if let Some(close) = self.frame().close_at_end {
                    let last = self.spots[index - 1].end;
                    self.closing.push((last, close.to_owned()));
                }
                self.frames = vec![Frame::statement(index + 1)];
            }
            Token::Indent | Token::Dedent => self.frames = vec![Frame::statement(index + 1)],
            Token::Comma => {
                let frame = self.frame();
                frame.comma = true;
                frame.operand = None;
            }
            Token::Lambda => {
                let frame = self.frame();
                frame.lambdas += 1;
                frame.operand = None;
            }
            Token::Colon => self.colon(index),
            Token::For => self.comprehension(index),
            Token::Dot => self.dot(index),
            Token::Identifier(_) => {
                let named_by_dot = index > 0 && self.spots[index - 1].token == Token::Dot;
                if !named_by_dot {
                    self.frame().operand = Some(start);
                }
            }
            Token::String(_) => self.text(index, start, end),
            Token::Int(_) | Token::Float(_) | Token::Bytes(_) => self.frame().operand = Some(start),
            Token::Equal => self.assignment(index),
            Token::PlusEqual => self.augmented(index, None),
            Token::StarEqual => return self.augmented_with_target(index, "__kraken_before_mul"),
            Token::PercentEqual => return self.augmented_with_target(index, "__kraken_before_percent"),
            Token::LessLessEqual => return self.augmented_with_target(index, "__kraken_before_shl"),
            Token::PipeEqual => return self.augmented_with_target(index, "__kraken_before_or"),
            _ => self.frame().operand = None,
        }
        Ok(())
    }

    fn open(&mut self, index: usize) {
        let is_square = self.spots[index].token == Token::OpeningSquare;
        let is_round = self.spots[index].token == Token::OpeningRound;
        let after_def = index >= 2 && self.spots[index - 2].token == Token::Def;
        let operand = self.frame().operand.filter(|_| !after_def);
        let frame = match operand {
            Some(start) if is_round => Frame::bracket(FrameKind::Call, index, Some(start)),
            Some(start) if is_square => Frame::bracket(FrameKind::Subscript, index, Some(start)),
            _ => Frame::bracket(FrameKind::Display, index, None),
        };
        if frame.kind == FrameKind::Call {
            self.first_argument(index);
        }
        self.frames.push(frame);
    }

    fn close(&mut self, index: usize) {
        let end = self.spots[index].end;
        let Some(frame) = self.frames.pop() else { return };
        let opened = self.spots[frame.opened].start;
        if let Some(argument) = frame.close_at_end {
            self.closing.push((self.spots[index].start, argument.to_owned()));
        }
        let start = frame.continues.unwrap_or(opened);
        let is_slice = frame.kind == FrameKind::Subscript && frame.colon.is_some();
        if frame.kind == FrameKind::Call || is_slice {
            self.wrap(start, "__kraken_tick", end);
        }
        self.frame().operand = Some(start);
    }

    /// `d.update(e)`, `dict(e)` and `xs.extend(e)`: the first argument, unless it has a name or a star.
    fn first_argument(&mut self, index: usize) {
        let name = match self.token(index.wrapping_sub(1)) {
            Some(Token::Identifier(name)) => name.as_str(),
            _ => return,
        };
        let is_method = self.token(index.wrapping_sub(2)) == Some(&Token::Dot);
        let native = match (is_method, name) {
            (true, "update") | (false, "dict") => "__kraken_entries",
            (true, "setdefault") => "__kraken_key",
            (true, "extend") => "__kraken_more",
            _ => return,
        };
        let named = matches!(self.token(index + 1), Some(Token::Identifier(_))) && self.token(index + 2) == Some(&Token::Equal);
        if named || matches!(self.token(index + 1), Some(Token::Star | Token::StarStar | Token::ClosingRound) | None) {
            return;
        }
        let mut open = 0_usize;
        for spot in &self.spots[index + 1..] {
            match spot.token {
                Token::OpeningRound | Token::OpeningSquare | Token::OpeningCurly => open += 1,
                Token::Comma if open == 0 => return self.wrap_ahead(self.spots[index].end, native, spot.start),
                Token::ClosingRound | Token::ClosingSquare | Token::ClosingCurly if open == 0 => {
                    return self.wrap_ahead(self.spots[index].end, native, spot.start);
                }
                Token::ClosingRound | Token::ClosingSquare | Token::ClosingCurly => open -= 1,
                // A comma inside a lambda's parameters is not the end of the argument.
                Token::Lambda if open == 0 => return,
                _ => {}
            }
        }
    }

    fn colon(&mut self, index: usize) {
        let frame = self.frame();
        frame.operand = None;
        if frame.lambdas > 0 {
            frame.lambdas -= 1;
            return;
        }
        frame.colon = frame.colon.or(Some(index));
        if frame.kind == FrameKind::Statement {
            // `if x: y = 1`: a statement of its own begins.
            frame.first = index + 1;
        }
    }

    /// `for` inside brackets, as the first of a comprehension.
    fn comprehension(&mut self, index: usize) {
        let frame = self.frame();
        frame.operand = None;
        if frame.kind != FrameKind::Display || frame.comma || frame.close_at_end.is_some() {
            return;
        }
        // Only the first `for` closes the element; the frame remembers that by this empty piece.
        frame.close_at_end = Some("");
        let (opened, colon) = (frame.opened, frame.colon);
        let start = self.spots[opened].end;
        match (&self.spots[opened].token, colon) {
            (Token::OpeningSquare, None) => self.wrap(start, "__kraken_tick", self.spots[index].start),
            (Token::OpeningCurly, Some(colon)) => self.wrap(start, "__kraken_key", self.spots[colon].start),
            _ => {}
        }
    }

    fn dot(&mut self, index: usize) {
        let dot = self.spots[index].start;
        let is_text = matches!(self.token(index + 1), Some(Token::Identifier(name)) if GuardedText::has(name));
        if let (Some(start), true) = (self.frame().operand, is_text) {
            self.wrap(start, "__kraken_text", dot);
        }
    }

    /// Texts that stand side by side are one text, as in Python.
    fn text(&mut self, index: usize, start: usize, end: usize) {
        let follows = |index: usize| matches!(self.token(index), Some(Token::String(_)));
        let first = !(index > 0 && follows(index - 1));
        let last = !follows(index + 1);
        match (first, last) {
            (true, true) => {}
            (true, false) => self.opening.push((start, false, "(".to_owned())),
            (false, false) => self.opening.push((start, false, "+ ".to_owned())),
            (false, true) => {
                self.opening.push((start, false, "+ ".to_owned()));
                self.closing.push((end, ")".to_owned()));
            }
        }
        if first {
            self.frame().operand = Some(start);
        }
    }

    /// `d[k] = v` as a statement.
    fn assignment(&mut self, index: usize) {
        let is_statement = self.frame().kind == FrameKind::Statement;
        self.frame().operand = None;
        if !is_statement || self.token(index.wrapping_sub(1)) != Some(&Token::ClosingSquare) {
            return;
        }
        let close = index - 1;
        let (mut open, mut comma) = (0_usize, false);
        for at in (self.frame().first..=close).rev() {
            match self.spots[at].token {
                Token::ClosingRound | Token::ClosingSquare | Token::ClosingCurly => open += 1,
                Token::OpeningRound | Token::OpeningSquare | Token::OpeningCurly => {
                    open -= 1;
                    if open == 0 {
                        if at > self.frame().first && !comma {
                            self.wrap(self.spots[at].end, "__kraken_key", self.spots[close].start);
                        }
                        return;
                    }
                }
                Token::Comma if open == 1 => comma = true,
                _ => {}
            }
        }
    }

    /// `x += y`: wraps `y`, which reaches to the end of the statement and may be a tuple without parentheses.
    fn augmented(&mut self, index: usize, call: Option<String>) {
        let end = self.spots[index].end;
        let call = call.unwrap_or_else(|| "__kraken_more((".to_owned());
        self.opening.push((end, true, call));
        let frame = self.frame();
        frame.operand = None;
        frame.close_at_end = Some("))");
    }

    fn augmented_with_target(&mut self, index: usize, native: &str) -> Result<(), Refused> {
        let first = self.frame().first;
        let target = self.spots.get(first..index).filter(|spots| !spots.is_empty());
        let text = target.map(|spots| &self.source[spots[0].start..spots[spots.len() - 1].end]).unwrap_or_default();
        if text.contains(['(', '\n']) {
            return Err("this assignment has a call or a line break on its left side");
        }
        self.augmented(index, Some(format!("{native}({text}, (")));
        Ok(())
    }

    /// All pieces in order. At one place: what closes comes before what opens; of what opens, the outermost first, which
    /// is what was found ahead, then what was found last.
    fn finish(self) -> Insertions {
        let found = self.opening.len();
        let closing = self.closing.into_iter().enumerate().map(|(order, (at, piece))| (at, 0, order, piece));
        let opening = self.opening.into_iter().enumerate().map(|(order, (at, ahead, piece))| {
            let (rank, order) = if ahead { (1, order) } else { (2, found - order) };
            (at, rank, order, piece)
        });
        let mut pieces: Vec<(usize, u8, usize, String)> = closing.chain(opening).filter(|piece| !piece.3.is_empty()).collect();
        pieces.sort();
        Insertions::sorted(pieces.into_iter().map(|(at, _, _, piece)| (at, piece)).collect())
    }
}

#[cfg(test)]
mod tests;
