//! What users hand in: files, standard input, values of arguments, moments in the future.

use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
};

use jiff::{Span, Timestamp, Zoned};
use serde_json::Value;

use crate::{
    failure::{Failure, Outcome},
    names::Assignment,
};

/// More than any stage that the server would take.
const CODE_BYTES_MAX: u64 = 8 << 20;

/// The code in `file`; `-` is the standard input.
pub fn read_code(file: &Path) -> Outcome<String> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().take(CODE_BYTES_MAX + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(CODE_BYTES_MAX + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::file("read", file, error))?;
    if bytes.len() as u64 > CODE_BYTES_MAX {
        return Err(Failure::invalid(format!("{} is no stage: it has more than {} MiB", file.display(), CODE_BYTES_MAX >> 20)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::invalid(format!("{} is not UTF-8 text (byte {at})", file.display()))
    })
}

/// `--arg` and `--args-file` together: the file's object first, single arguments over it.
pub fn arguments(single: Vec<Assignment>, file: Option<PathBuf>) -> Outcome<BTreeMap<String, Value>> {
    let mut args: BTreeMap<String, Value> = match file {
        None => BTreeMap::new(),
        Some(file) => serde_json::from_str(&read_code(&file)?)
            .map_err(|error| Failure::invalid(format!("{}: expected a JSON object of arguments: {error}", file.display())))?,
    };
    args.extend(single.into_iter().map(|arg| (arg.name, Value::String(arg.value))));
    Ok(args)
}

/// A moment: a duration from now (`12h`, `30d`) or a time (`2026-12-31T00:00:00Z`).
pub fn moment(text: &str) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let wrong = || "expected a duration such as 12h or 30d, or a time such as 2026-12-31T00:00:00Z".to_owned();
    let span: Span = text.parse().map_err(|_| wrong())?;
    if !span.is_positive() {
        return Err("expected a moment in the future".to_owned());
    }
    Zoned::now().checked_add(span).map(|at| at.timestamp()).map_err(|_| wrong())
}

#[cfg(test)]
mod tests;
