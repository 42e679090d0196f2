//! The code as tokens: refuses what Starlark does not have, in words that say what to write instead, and what nests too
//! deep for a recursive parser.

use starlark::{
    codemap::{CodeMap, Pos, Span},
    syntax::Dialect,
};
use starlark_syntax::lexer::{Lexer, Token};

use super::{
    advice,
    error::{EvalError, Position},
};
use crate::context::UNKNOWN;

/// A token and where in the code it is, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spot {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) token: Token,
}

/// Names that start so belong to the instrumentation.
pub(super) const RESERVED_PREFIX: &str = "__kraken";

/// Reads the tokens of `source`, without comments.
///
/// # Errors
/// [`EvalError::Syntax`] for the first thing that is not Starlark or nests too deep.
pub(super) fn read(source: &str, dialect: &Dialect) -> Result<Vec<Spot>, EvalError> {
    let codemap = CodeMap::new(String::new(), source.to_owned());
    let mut spots: Vec<Spot> = Vec::with_capacity(source.len() / 4);
    let mut depth = Depth::default();
    for lexeme in Lexer::new(source, dialect, codemap.clone()) {
        let (start, token, end) = lexeme.map_err(|error| lexer_error(source, error.into_error()))?;
        if matches!(token, Token::Comment(_)) {
            continue;
        }
        let spot = Spot { start, end, token };
        let refuse = |message: String, hint: Option<&str>| {
            Err(EvalError::Syntax { at: position(&codemap, start), message, hint: hint.map(str::to_owned) })
        };
        match &spot.token {
            Token::Load => return refuse("`load` is not supported yet".into(), Some(advice::LOAD)),
            Token::FStringStart(_) => return refuse("Starlark has no f-strings".into(), Some(advice::F_STRING)),
            Token::Identifier(name) if name.starts_with(RESERVED_PREFIX) => {
                return refuse(format!("`{name}`: names that start with `{RESERVED_PREFIX}` are reserved"), Some("use another name"));
            }
            _ => {}
        }
        depth.step(&spot.token);
        if depth.is_excessive() {
            return refuse("the code nests too deep here".into(), Some("split it into several statements or functions"));
        }
        spots.push(spot);
    }
    Ok(spots)
}

/// The place of byte `offset`.
pub(super) fn position(codemap: &CodeMap, offset: usize) -> Position {
    let at = Pos::new(u32::try_from(offset).unwrap_or(u32::MAX));
    let begin = codemap.resolve_span(Span::new(at, at)).begin;
    Position { line: one_based(begin.line), column: one_based(begin.column) }
}

pub(super) fn one_based(zero_based: usize) -> u32 {
    u32::try_from(zero_based + 1).unwrap_or(u32::MAX)
}

fn lexer_error(source: &str, error: starlark::Error) -> EvalError {
    let (at, offset) = match error.span() {
        Some(span) => {
            let begin = span.resolve_span().begin;
            let at = Position { line: one_based(begin.line), column: one_based(begin.column) };
            (at, span.span.begin().get() as usize)
        }
        None => (Position { line: 1, column: 1 }, 0),
    };
    let rest = source.get(offset..).unwrap_or_default();
    let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    match advice::for_word(&word).or_else(|| advice::for_sign(rest)) {
        Some((message, hint)) => EvalError::Syntax { at, message: message.to_owned(), hint: Some(hint.to_owned()) },
        None => EvalError::Syntax { at, message: plain_message(&error), hint: None },
    }
}

/// The longest message that is passed on, in characters: some show the values that they are about.
const MESSAGE_LONGEST: usize = 1_000;

/// What an error of the interpreter says, without the picture of the source around it.
pub(super) fn plain_message(error: &starlark::Error) -> String {
    let text = match error.kind() {
        // The author's own words.
        starlark::ErrorKind::Fail(said) => said.to_string(),
        _ => error.without_diagnostic().to_string(),
    };
    let text = text.trim_start_matches("Parse error: ").trim_end().replace(UNKNOWN, "unknown");
    match text.char_indices().nth(MESSAGE_LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// An upper bound of how deep the syntax tree can be at the current token: on each open bracket, the tokens since
/// the last comma; on each open block, one level and one per link of its chain of `elif`.
#[derive(Default)]
struct Depth {
    /// Tokens since the last separator, for each open bracket.
    open: Vec<usize>,
    current: usize,
    below: usize,
    /// Links of the chain of `elif` that is being read, for each open block.
    chains: Vec<usize>,
    chain: usize,
    inside_statement: bool,
}

impl Depth {
    const BRACKETS: usize = 200;
    const BLOCKS: usize = 100;
    const LINKS: usize = 500;
    const TOKENS: usize = 5_000;

    fn step(&mut self, token: &Token) {
        match token {
            Token::OpeningRound | Token::OpeningSquare | Token::OpeningCurly => {
                self.open.push(self.current);
                self.below += self.current;
                self.current = 0;
            }
            Token::ClosingRound | Token::ClosingSquare | Token::ClosingCurly => {
                self.current = self.open.pop().unwrap_or(0);
                self.below -= self.current;
                self.current += 1;
            }
            Token::Comma | Token::Semicolon => self.current = 0,
            Token::Newline => {
                self.current = 0;
                self.inside_statement = false;
                return;
            }
            Token::Indent => return self.chains.push(std::mem::take(&mut self.chain)),
            Token::Dedent => {
                self.chain = self.chains.pop().unwrap_or(0);
                return;
            }
            Token::Elif if !self.inside_statement => self.chain += 1,
            Token::Else => {}
            _ if !self.inside_statement => self.chain = 0,
            _ => self.current += 1,
        }
        self.inside_statement = true;
    }

    fn is_excessive(&self) -> bool {
        self.open.len() > Self::BRACKETS
            || self.chains.len() > Self::BLOCKS
            || self.chains.iter().sum::<usize>() + self.chain > Self::LINKS
            || self.below + self.current > Self::TOKENS
    }
}
