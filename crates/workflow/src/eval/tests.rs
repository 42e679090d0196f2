#![allow(clippy::unwrap_used)]

mod language;
mod limits;
mod of_jobs;
mod python;
mod soup;
mod unknowns;

use serde_json::Value;

use super::*;

fn context() -> Context {
    Context::placeholder("shop", "main", "build")
}

fn run(code: &str) -> Result<Value, EvalError> {
    evaluate(code, &context(), &Limits::default())
}

/// The value of `x` after `body` ran inside of `stage`.
fn value_after(body: &str) -> Value {
    let indented: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let code = format!("def stage(ctx):\n{indented}    return {{\"x\": x}}\n");
    run(&code).unwrap_or_else(|error| panic!("{error}\n{code}"))["x"].take()
}
