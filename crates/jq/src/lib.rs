//! One jq program on one JSON value, for tools that run where people's programs may run.
//!
//! Invariant: a program sees its input and nothing else; it loads no modules and reads no files. What it may cost in time and memory, whoever
//! calls must bound: some programs never end.

mod report;

use std::fmt::{self, Write};

use jaq_core::{
    Compiler, Ctx, ValX, Vars, data,
    load::{self, Arena, File, Loader},
};
use jaq_json::{Val, read};
use serde_json::Value;

/// Why nothing came of a program. Its words are for whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JqError {
    /// It is no program.
    #[error("the program makes no sense: {0}")]
    Program(String),
    /// What it was given is no JSON.
    #[error("the input is no JSON: {0}")]
    Input(String),
    /// It failed on this input.
    #[error("{0}")]
    Failed(String),
    /// It came to nothing.
    #[error("nothing comes of the program: expected one value")]
    Nothing,
    /// It came to several values.
    #[error("the program comes to more than one value: expected one; [ … ] around it makes a list of them")]
    Several,
    /// It came to something large.
    #[error("what comes of the program has more than {0} bytes")]
    TooLarge(usize),
    /// It came to something that JSON cannot say.
    #[error("what comes of the program is no JSON ({0}): numbers must be finite, names must be texts")]
    NotJson(String),
}

/// What `program` makes of `input`: one value, as JSON of at most `bytes_max` bytes.
///
/// # Errors
/// [`JqError`] says what is wrong, with its place in the program.
pub fn run(program: &str, input: &str, bytes_max: usize) -> Result<String, JqError> {
    let input = read::parse_single(input.as_bytes()).map_err(|error| JqError::Input(error.to_string()))?;
    let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let functions = functions.filter(|(name, ..)| !OF_THE_PLACE.contains(name));
    let arena = Arena::default();
    let loaded = Loader::new(definitions).load(&arena, File { code: program, path: () });
    let loaded = loaded.map_err(|errors| JqError::Program(report::of_loading(program, errors)))?;
    load::import(&loaded, |_| Err(String::new())).map_err(|errors| JqError::Program(report::of_loading(program, errors)))?;
    let compiled = Compiler::default().with_funs(functions).compile(loaded);
    let filter = compiled.map_err(|errors| JqError::Program(report::of_compiling(program, errors)))?;
    let context = Ctx::<data::JustLut<Val>>::new(&filter.lut, Vars::new([]));
    let mut results = filter.id.run((context, input)).map(of_exception);
    let result = results.next().ok_or(JqError::Nothing)??;
    match results.next() {
        None => {}
        Some(Ok(_)) => return Err(JqError::Several),
        Some(Err(error)) => return Err(error),
    }
    let mut text = Bounded { text: String::new(), bytes_max };
    write!(text, "{result}").map_err(|_| JqError::TooLarge(bytes_max))?;
    // What the language prints is a little more than JSON.
    let value: Value = serde_json::from_str(&text.text).map_err(|error| JqError::NotJson(error.to_string()))?;
    Ok(value.to_string())
}

/// Functions that see where the program runs.
const OF_THE_PLACE: [&str; 1] = ["env"];

fn of_exception(result: ValX<'_, Val>) -> Result<Val, JqError> {
    result.map_err(|exception| match exception.get_err() {
        Ok(error) => JqError::Failed(shortened(&error.to_string())),
        Err(_) => JqError::Failed("the program halted".to_owned()),
    })
}

/// Takes so many bytes and no more.
struct Bounded {
    text: String,
    bytes_max: usize,
}

impl Write for Bounded {
    fn write_str(&mut self, more: &str) -> fmt::Result {
        if self.text.len() + more.len() > self.bytes_max {
            return Err(fmt::Error);
        }
        self.text.push_str(more);
        Ok(())
    }
}

/// Errors quote values, which may be large.
fn shortened(text: &str) -> String {
    const SHOWN_CHARS: usize = 300;
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
