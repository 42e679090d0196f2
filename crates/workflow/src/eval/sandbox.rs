//! The thread that evaluates: parse, instrument, run, convert; and the caller who waits for it.

use std::{
    sync::{Arc, mpsc},
    thread,
};

use starlark::{
    ErrorKind,
    codemap::CodeMap,
    environment::{Globals, Module},
    eval::Evaluator,
    syntax::{AstModule, Dialect, DialectTypes},
    values::Value,
};
use starlark_syntax::lexer::Token;

use super::{
    Evaluated, advice,
    error::{EvalError, Position},
    guards,
    insertions::Insertions,
    limits::{Limits, Meter},
    output, reference, rewrite, tabs,
    tokens::{self, Spot},
    tree::Node,
};

/// Stacks to try, the largest first: the interpreter walks deep values recursively, and a value can be as deep as the
/// memory allows. This is address space, not memory; a small machine may refuse the larger ones.
const STACK_BYTES: [usize; 3] = [1 << 30, 256 << 20, 64 << 20];
/// Starlark reports every so many calls and rounds.
const STEPS_PER_REPORT: u64 = 1000;

/// Runs one evaluation on a thread of its own.
pub(super) fn run(code: &str, ctx: Node, limits: &Limits) -> Result<Evaluated, EvalError> {
    if code.len() > limits.source_bytes {
        return Err(EvalError::TooLong { bytes: code.len(), limit: limits.source_bytes });
    }
    let (sender, receiver) = mpsc::sync_channel(1);
    let work = Arc::new((tabs::to_spaces(code), ctx, limits.clone()));
    let spawn = |stack: usize| {
        let (work, sender) = (work.clone(), sender.clone());
        thread::Builder::new().name("stage-code".to_owned()).stack_size(stack).spawn(move || {
            let (source, ctx, limits) = &*work;
            // The receiver is gone only when the caller lost patience; then nobody wants the result.
            let _ = sender.send(evaluate(source, ctx, limits));
        })
    };
    let mut refusal = None;
    let started = STACK_BYTES.into_iter().any(|stack| spawn(stack).map_err(|error| refusal = Some(error)).is_ok());
    if let (false, Some(error)) = (started, refusal) {
        return Err(EvalError::Interpreter(format!("no thread to evaluate on: {error}; try again")));
    }
    drop(sender);
    match receiver.recv_timeout(limits.patience) {
        Ok(outcome) => outcome,
        Err(mpsc::RecvTimeoutError::Timeout) => {
            Err(EvalError::Stuck { limit_ms: u64::try_from(limits.patience.as_millis()).unwrap_or(u64::MAX) })
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(EvalError::Interpreter("the interpreter panicked; report this code".to_owned())),
    }
}

/// Standard Starlark, and of its extensions those that Python has too. Types are read and ignored.
fn dialect() -> Dialect {
    Dialect {
        enable_load: false,
        enable_keyword_only_arguments: true,
        enable_positional_only_arguments: true,
        enable_types: DialectTypes::ParseOnly,
        enable_top_level_stmt: true,
        ..Dialect::Standard
    }
}

fn evaluate(source: &str, ctx: &Node, limits: &Limits) -> Result<Evaluated, EvalError> {
    let code = Code::read(source)?;
    let ast = code.parse()?;
    let meter = Meter::start(limits.clone());
    Module::with_temp_heap(|module| {
        let heap = module.heap();
        let mut eval = Evaluator::new(&module);
        eval.extra = Some(&meter);
        // Collecting garbage walks values recursively; the limit on memory makes it needless.
        eval.disable_gc();
        eval.set_check_cancelled(Box::new(|| meter.advance(heap.allocated_bytes(), STEPS_PER_REPORT).is_err()));
        eval.set_max_callstack_size(limits.recursion).map_err(|error| EvalError::Interpreter(error.to_string()))?;
        let run = |eval: &mut Evaluator<'_, '_, '_>| -> starlark::Result<()> { eval.eval_module(ast, guard_globals()).map(|_| ()) };
        run(&mut eval).map_err(|error| code.error(error, &meter, limits))?;
        let stage = module.get("stage").filter(|stage| stage.get_type() == "function").ok_or(EvalError::NoStage)?;
        let argument = heap.alloc(super::tree::Object::of(ctx));
        let returned = eval.eval_function(stage, &[argument], &[]);
        // What came after the question is of no use, were it an error.
        if let Some(message) = reference::asked().filter(|_| meter.error().is_none()) {
            return Err(EvalError::Failed { at: None, message });
        }
        let returned: Value<'_> = returned.map_err(|error| code.error(error, &meter, limits))?;
        let result = output::to_json(returned, limits)?;
        Ok(Evaluated { result, printed: meter.take_printed() })
    })
}

fn guard_globals() -> &'static Globals {
    static GLOBALS: std::sync::OnceLock<Globals> = std::sync::OnceLock::new();
    GLOBALS.get_or_init(guards::globals)
}

/// The code as written, its tokens, and how it is instrumented.
struct Code<'s> {
    source: &'s str,
    codemap: CodeMap,
    spots: Vec<Spot>,
    insertions: Insertions,
}

impl<'s> Code<'s> {
    fn read(source: &'s str) -> Result<Self, EvalError> {
        let codemap = CodeMap::new(String::new(), source.to_owned());
        let spots = tokens::read(source, &dialect())?;
        let insertions = rewrite::plan(source, &spots, |offset| tokens::position(&codemap, offset))?;
        Ok(Self { source, codemap, spots, insertions })
    }

    fn parse(&self) -> Result<AstModule, EvalError> {
        let instrumented = self.insertions.apply(self.source);
        let mut ast = AstModule::parse("stage", instrumented, &dialect()).map_err(|error| self.syntax_error(error))?;
        let replaced = rewrite::REPLACED_OPERATORS.iter().map(|(sign, native)| ((*sign).to_owned(), (*native).to_owned()));
        ast.replace_binary_operators(&replaced.collect());
        Ok(ast)
    }

    /// The error of the code as written, which knows nothing of the instrumentation.
    fn syntax_error(&self, instrumented: starlark::Error) -> EvalError {
        let (error, offset) = match AstModule::parse("stage", self.source.to_owned(), &dialect()) {
            Err(error) => {
                let offset = error.span().map(|span| span.span.begin().get() as usize);
                (error, offset)
            }
            Ok(_) => {
                let offset = self.offset(&instrumented);
                (instrumented, offset)
            }
        };
        let offset = offset.unwrap_or(0);
        let hint = advice::for_parse_error(&self.spots, offset).map(str::to_owned);
        EvalError::Syntax { at: tokens::position(&self.codemap, offset), message: tokens::plain_message(&error), hint }
    }

    /// Where an error of the instrumented code stood in the code as written.
    fn offset(&self, error: &starlark::Error) -> Option<usize> {
        let span = error.span()?;
        // A native of the interpreter's own has a span in another text.
        (span.filename() == "stage").then(|| self.insertions.original(span.span.begin().get() as usize))
    }

    fn error(&self, error: starlark::Error, meter: &Meter, limits: &Limits) -> EvalError {
        if let Some(limit) = meter.error() {
            return limit;
        }
        let at: Option<Position> = self.offset(&error).map(|offset| tokens::position(&self.codemap, offset));
        match error.kind() {
            ErrorKind::StackOverflow(_) => EvalError::RecursionLimit { at, limit: limits.recursion },
            ErrorKind::Internal(_) => EvalError::Interpreter(tokens::plain_message(&error)),
            _ => EvalError::Failed { at, message: with_advice(tokens::plain_message(&error)) },
        }
    }
}

/// What to write where a table is asked for what only a run can know.
fn with_advice(message: String) -> String {
    match message.as_str() {
        "Key `unknown` was not found" => "the key is not known before there is a run: write table.get(key, what to use instead)".to_owned(),
        _ => message,
    }
}

/// The code with a function in the place of `stage` that returns only the parameters, for code whose `stage` cannot do without knowing them.
/// `None` where the code has no list under that key, or more than one.
pub(crate) fn parameters_alone(code: &str) -> Option<String> {
    let source = tabs::to_spaces(code);
    let spots = tokens::read(&source, &dialect()).ok()?;
    let token = |index: usize| spots.get(index).map(|spot| &spot.token);
    let is_key = |index: &usize| {
        matches!(token(*index), Some(Token::String(key)) if key == "parameters")
            && token(index + 1) == Some(&Token::Colon)
            && token(index + 2) == Some(&Token::OpeningSquare)
    };
    let mut keys = (0..spots.len()).filter(is_key);
    let (Some(key), None) = (keys.next(), keys.next()) else { return None };
    let mut open = 0_usize;
    for spot in &spots[key + 2..] {
        match spot.token {
            Token::OpeningRound | Token::OpeningSquare | Token::OpeningCurly => open += 1,
            Token::ClosingRound | Token::ClosingSquare | Token::ClosingCurly => open -= 1,
            _ => {}
        }
        if open == 0 {
            let list = &source[spots[key + 2].start..spot.end];
            return Some(format!("{source}\n\ndef stage(ctx):\n    return {{\"parameters\": {list}}}\n"));
        }
    }
    None
}

/// A key that stands in the code, `"key": …`, and the text beside it if that is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) value: Option<String>,
    pub(crate) line: u32,
}

/// Every key that stands in the code, in order. Empty for code that cannot be read.
pub(crate) fn entries(code: &str) -> Vec<Entry> {
    let source = tabs::to_spaces(code);
    let codemap = CodeMap::new(String::new(), source.clone());
    let Ok(spots) = tokens::read(&source, &dialect()) else { return Vec::new() };
    let text = |index: usize| match spots.get(index).map(|spot| &spot.token) {
        Some(Token::String(text)) => Some(text.clone()),
        _ => None,
    };
    let entry = |(index, spot): (usize, &Spot)| {
        let key = text(index)?;
        let is_key = spots.get(index + 1).is_some_and(|next| next.token == Token::Colon);
        // A text that goes on (`"a" + b`) is not the value.
        let ends = spots.get(index + 3).is_some_and(|next| matches!(next.token, Token::Comma | Token::ClosingCurly));
        let value = if ends { text(index + 2) } else { None };
        is_key.then(|| Entry { key, value, line: tokens::position(&codemap, spot.start).line })
    };
    spots.iter().enumerate().filter_map(entry).collect()
}
