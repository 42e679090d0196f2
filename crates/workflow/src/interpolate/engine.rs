//! Evaluates one Jinja expression, with a budget.

use std::sync::OnceLock;

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, value::ValueKind};

use super::scope::Scope;

/// What one expression may spend: about so many instructions, or 64 times as many bytes.
const FUEL: u64 = 50_000;
/// The longest expression that is read; the parser is recursive.
const LONGEST: usize = 4_096;

fn environment() -> &'static Environment<'static> {
    static ENVIRONMENT: OnceLock<Environment<'static>> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        // It shows all names with their values.
        environment.remove_global("debug");
        environment
    })
}

/// Checks that an expression can be read.
pub(super) fn check(expression: &str) -> Result<(), String> {
    within_length(expression)?;
    environment().compile_expression(expression).map(|_| ()).map_err(|error| reason(&error))
}

/// The value of an expression; never undefined.
pub(super) fn evaluate(expression: &str, scope: &Scope) -> Result<Value, String> {
    within_length(expression)?;
    if let Some(value) = scope.alone(expression) {
        return defined(value, || format!("{expression:?} is not known here"));
    }
    let compiled = environment().compile_expression(expression).map_err(|error| reason(&error))?;
    let missing = || {
        let mut names: Vec<String> = compiled.undeclared_variables(true).into_iter().collect();
        names.sort();
        names.iter().find_map(|path| scope.missing(path)).unwrap_or_else(|| "it is undefined".to_owned())
    };
    match compiled.eval(scope.root()) {
        Ok(value) => defined(value, missing),
        Err(error) if error.kind() == ErrorKind::UndefinedError => Err(missing()),
        Err(error) => Err(reason(&error)),
    }
}

/// A value as it stands in a text: lists and objects as JSON.
pub(super) fn to_text(value: &Value) -> Result<String, String> {
    match value.kind() {
        ValueKind::Seq | ValueKind::Map | ValueKind::Iterable => {
            serde_json::to_string(value).map_err(|_| format!("it gives {}, which has no text", describe(value)))
        }
        ValueKind::Plain | ValueKind::Invalid | ValueKind::Undefined => Err(format!("it gives {}, which has no text", describe(value))),
        _ => Ok(value.to_string()),
    }
}

/// A value in few words.
pub(super) fn describe(value: &Value) -> String {
    match value.kind() {
        ValueKind::String => {
            let text = value.to_string();
            let start: String = text.chars().take(40).collect();
            format!("the text {start:?}")
        }
        ValueKind::Number => format!("the number {value}"),
        ValueKind::Bool => value.to_string(),
        ValueKind::None => "none".to_owned(),
        ValueKind::Seq | ValueKind::Iterable => "a list".to_owned(),
        ValueKind::Map => "an object".to_owned(),
        _ => "something else".to_owned(),
    }
}

fn defined(value: Value, missing: impl FnOnce() -> String) -> Result<Value, String> {
    if value.is_undefined() { Err(missing()) } else { Ok(value) }
}

fn within_length(expression: &str) -> Result<(), String> {
    match expression.len() {
        length if length > LONGEST => Err(format!("it has {length} bytes: at most {LONGEST} are read")),
        _ => Ok(()),
    }
}

/// Whether this can be the name of an argument that has spaces in it: alone, such a name is an expression too.
pub(super) fn is_spaced_name(expression: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let is_sign = |word: &str| matches!(word, "and" | "or" | "not" | "in" | "is" | "if" | "else");
    expression.split(' ').all(|word| is_word(word) && !is_sign(word))
}

fn reason(error: &Error) -> String {
    match (error.kind(), error.detail()) {
        (ErrorKind::OutOfFuel, _) => "it takes too much work".to_owned(),
        (ErrorKind::SyntaxError, Some(detail)) => format!("it cannot be read: {detail}"),
        (_, Some(detail)) => detail.to_owned(),
        (kind, None) => kind.to_string(),
    }
}
