//! What is wrong with a program, and where.

use jaq_core::{compile, load};

/// What the loader did not understand.
pub(crate) fn of_loading(program: &str, errors: load::Errors<&str, ()>) -> String {
    let mut found = Vec::new();
    for (_, error) in errors {
        match error {
            load::Error::Io(errors) => found.extend(errors.into_iter().map(|(path, _)| (path, "modules cannot be loaded here".to_owned()))),
            load::Error::Lex(errors) => {
                found.extend(errors.into_iter().map(|(expected, at)| (at, format!("expected {}", expected.as_str()))));
            }
            load::Error::Parse(errors) => {
                found.extend(errors.into_iter().map(|(expected, at)| (at, format!("expected {}", expected.as_str()))));
            }
        }
    }
    in_words(program, found)
}

/// What the compiler did not know.
pub(crate) fn of_compiling(program: &str, errors: compile::Errors<&str, ()>) -> String {
    let errors = errors.into_iter().flat_map(|(_, errors)| errors);
    in_words(program, errors.map(|(name, undefined)| (name, format!("there is no {} {name}", undefined.as_str()))).collect())
}

fn in_words(program: &str, found: Vec<(&str, String)>) -> String {
    let words: Vec<String> = found.into_iter().map(|(at, what)| format!("{what} at {}", place(program, at))).collect();
    words.join("; ")
}

/// Line and column of a part of the program.
fn place(program: &str, part: &str) -> String {
    // Names of what the program does not contain itself have no place in it.
    let at = (part.as_ptr() as usize).checked_sub(program.as_ptr() as usize).filter(|at| *at <= program.len());
    let Some(before) = at.and_then(|at| program.get(..at)) else { return "its beginning".to_owned() };
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    if before.len() == program.len() { "its end".to_owned() } else { format!("line {line}, column {column}") }
}
