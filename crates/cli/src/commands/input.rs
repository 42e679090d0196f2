//! What users hand in: files, standard input, values of arguments, moments in the future.

use std::{
    collections::BTreeMap,
    io::{IsTerminal, Read, Write},
    path::{Path, PathBuf},
};

use jiff::{Span, Timestamp, Zoned};
use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
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

/// More than any secret that the server would take.
const SECRET_BYTES_MAX: u64 = 1 << 20;

/// A secret out of `file` (`-`: the standard input), as it is but for one line feed at its end. Without a file it is read from the standard
/// input, and where that is a terminal, asked for and not shown.
pub fn read_secret(file: Option<&Path>, asked: &str) -> Outcome<String> {
    let stdin = Path::new("-");
    let file = match file {
        None if std::io::stdin().is_terminal() => return ask_hidden(asked),
        None => stdin,
        Some(file) => file,
    };
    let mut bytes = Vec::new();
    let read = if file == stdin {
        std::io::stdin().lock().take(SECRET_BYTES_MAX).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(SECRET_BYTES_MAX).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::file("read", file, error))?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::invalid(format!("{} is not UTF-8 text", file.display())))?;
    // A key of several lines ends in a line feed; programs that read it want it there.
    let one_line = text.trim_end_matches(['\r', '\n']);
    Ok(if one_line.contains('\n') { text } else { one_line.to_owned() })
}

/// One line of the terminal, without showing what is typed.
pub fn ask_hidden(asked: &str) -> Outcome<String> {
    let unreadable = |error| Failure::Other(format!("cannot read from the terminal: {error}"));
    let mut text = String::new();
    let _ = write!(std::io::stderr(), "{asked}: ");
    let shown = tcgetattr(std::io::stdin()).map_err(|error| unreadable(error.into()))?;
    let mut hidden = shown.clone();
    hidden.local_flags.remove(LocalFlags::ECHO);
    tcsetattr(std::io::stdin(), SetArg::TCSAFLUSH, &hidden).map_err(|error| unreadable(error.into()))?;
    let read = std::io::stdin().read_line(&mut text);
    // Whatever happened, the terminal shows again what is typed.
    let restored = tcsetattr(std::io::stdin(), SetArg::TCSAFLUSH, &shown);
    let _ = writeln!(std::io::stderr());
    read.map_err(unreadable)?;
    restored.map_err(|error| unreadable(error.into()))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
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
