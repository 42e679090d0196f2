//! What to write instead of the Python that Starlark lacks.

use starlark_syntax::lexer::Token;

use super::tokens::Spot;

pub(super) const LOAD: &str = "copy the function that you need into this file";
pub(super) const F_STRING: &str = "write \"... %s ...\" % value or \"... {} ...\".format(value)";

/// What is wrong with a word that Starlark reserves, and what to write instead.
pub(super) fn for_word(word: &str) -> Option<(&'static str, &'static str)> {
    Some(match word {
        "import" | "from" => ("Starlark has no `import`", "write the helper functions that you need in this file"),
        "class" => ("Starlark has no classes", "use a dict, or a function that returns one"),
        "try" | "except" | "finally" => ("Starlark has no `try`", "test with `if` first, e.g. `if key in d:`"),
        "raise" => ("Starlark has no `raise`", "write fail(\"the reason\")"),
        "assert" => ("Starlark has no `assert`", "write `if not condition: fail(\"the reason\")`"),
        "while" => ("Starlark has no `while`", "write `for i in range(100):` with `break`"),
        "is" => ("Starlark has no `is`", "write `==`, or `!=` for `is not`"),
        "with" => ("Starlark has no `with`", "a stage's code cannot open anything; do it in a step"),
        "yield" => ("Starlark has no `yield`", "collect the values in a list and return it"),
        "del" => ("Starlark has no `del`", "write d.pop(key)"),
        "global" | "nonlocal" => ("Starlark has no `global` and `nonlocal`", "return the value from the function"),
        "async" | "await" => ("Starlark has no `async` and `await`", "write an ordinary function"),
        "as" => ("`as` is a reserved word", "use another name"),
        _ => return None,
    })
}

/// What is wrong with a sign that Starlark does not know, and what to write instead.
pub(super) fn for_sign(rest: &str) -> Option<(&'static str, &'static str)> {
    Some(match rest.chars().next()? {
        '@' => ("Starlark has no decorators", "call the function where you need it"),
        '!' => ("`!` is not an operator", "write `not x`, or `!=` for not equal"),
        '?' => ("`?` is not an operator", "write `a if condition else b`"),
        '$' => ("`$` is not allowed here", "a shell variable belongs into a text in quotes"),
        letter if letter.is_alphabetic() && !letter.is_ascii() => {
            ("a name in the code has only the letters a to z, digits and `_`", "texts in quotes may have any letters")
        }
        _ => return None,
    })
}

/// What to write instead, where the parser stopped at byte `offset`.
pub(super) fn for_parse_error(spots: &[Spot], offset: usize) -> Option<&'static str> {
    let index = spots.iter().position(|spot| spot.end > offset)?;
    let at = &spots[index].token;
    let before = index.checked_sub(1).map(|before| &spots[before].token);
    let line = spots[..index].iter().rposition(|spot| spot.token == Token::Newline).map_or(0, |newline| newline + 1);
    Some(match (before, at) {
        (_, Token::StarStar) => "Starlark has no power operator: write a * a",
        (_, Token::Star) if matches!(before, Some(Token::OpeningSquare | Token::Comma)) => "to join two lists write a + b",
        (Some(Token::Colon), Token::Equal) => "Starlark has no `:=`: assign in a statement of its own",
        (_, Token::Equal) => "to compare two values write `==`",
        (_, Token::For) => "to make a list write [x for x in xs], in square brackets",
        (_, Token::Colon) if spots[line..index].iter().any(|spot| spot.token == Token::Lambda) => {
            "the parameters of a lambda take no types"
        }
        (_, Token::Comma | Token::ClosingCurly) if in_curly(&spots[line..index]) => "Starlark has no sets: write a list in square brackets",
        (Some(Token::Identifier(name)), Token::String(_)) if name == "print" => "write print(\"text\")",
        (_, Token::EqualEqual | Token::BangEqual | Token::LessThan | Token::LessEqual | Token::GreaterThan | Token::GreaterEqual) => {
            "comparisons cannot be chained: write `a < b and b < c`"
        }
        (Some(before), at) if ends_operand(before) && begins_operand(at) && is_in_bracket(&spots[..index]) => {
            "is a comma missing before it?"
        }
        _ => return None,
    })
}

fn ends_operand(token: &Token) -> bool {
    let is_bracket = matches!(token, Token::ClosingRound | Token::ClosingSquare | Token::ClosingCurly);
    is_bracket || matches!(token, Token::String(_) | Token::Identifier(_) | Token::Int(_) | Token::Float(_))
}

fn begins_operand(token: &Token) -> bool {
    matches!(token, Token::OpeningCurly | Token::String(_) | Token::Identifier(_) | Token::Int(_) | Token::Float(_))
}

fn is_in_bracket(spots: &[Spot]) -> bool {
    let opens = |spot: &&Spot| matches!(spot.token, Token::OpeningRound | Token::OpeningSquare | Token::OpeningCurly);
    let closes = |spot: &&Spot| matches!(spot.token, Token::ClosingRound | Token::ClosingSquare | Token::ClosingCurly);
    spots.iter().filter(opens).count() > spots.iter().filter(closes).count()
}

/// Whether the innermost bracket that is open after `spots` is a curly one.
fn in_curly(spots: &[Spot]) -> bool {
    let mut open = Vec::new();
    for spot in spots {
        match spot.token {
            Token::OpeningRound | Token::OpeningSquare | Token::OpeningCurly => open.push(&spot.token),
            Token::ClosingRound | Token::ClosingSquare | Token::ClosingCurly => drop(open.pop()),
            _ => {}
        }
    }
    open.last().is_some_and(|token| **token == Token::OpeningCurly)
}
