//! Running a jq program on user data.
//!
//! Invariant: whatever a program does, it costs its own step at most. It runs in a process of its own with bounds of memory and time, gets
//! what was read in a file of the step's private folder, and can neither read other files nor load modules.

use std::ffi::OsString;
use std::fs;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kraken_protocol::tool::DataOperation;
use nix::sys::resource::{Resource, setrlimit};
use serde_json::Value;

use super::{Place, not_understood, say, told};
use crate::failure::Failure;
use crate::process::children::Exit;
use crate::process::program::Surroundings;
use crate::run::Task;

/// Bytes of memory that a program may use, all in all.
const MEMORY_MAX: u64 = 1 << 30;
/// Seconds of the processor that a program may use.
const CPU_MAX_S: u64 = 60;
/// Bytes of what comes of it: as much as is taken from its output.
const RESULT_BYTES_MAX: usize = 1 << 20;
/// Somebody else may write at the same moment: so often it runs.
const TRIES: u32 = 200;

/// Replaces what is at the place by what the program makes of it.
pub(super) fn run(around: &mut Surroundings, task: &Task<'_>, place: &Place, program: &str) -> Result<(), Failure> {
    let private = task.private()?;
    let unwritable = |error: std::io::Error| Failure::executor(format!("cannot write to {}: {error}", private.path.display()));
    let (program_file, input_file) = (private.path.join("program.jq"), private.path.join("input.json"));
    fs::write(&program_file, program).map_err(unwritable)?;
    for tries in 0..TRIES {
        let (before, version) = place.read(around)?;
        let before = before.unwrap_or_default();
        fs::write(&input_file, before.to_string()).map_err(unwritable)?;
        let mut command = Command::new("/proc/self/exe");
        command.arg("jq").arg(&program_file).arg(&input_file).env_clear().current_dir(&private.path).stderr(Stdio::inherit());
        let after = result(around.capture(&mut command, "/proc must be mounted where the job runs")?)?;
        if after == before {
            return say(&format!("The data of the {} are as they were", place.scope));
        }
        match place.ask_for_change(around, DataOperation::Set, after, Some(version))? {
            Some(version) => return told(&place.scope, version),
            None => step_aside(tries),
        }
    }
    Err(Failure::step(format!("the data of the {} were changed by others each of {TRIES} times: try again later", place.scope)))
}

fn result((exit, output): (Exit, Vec<u8>)) -> Result<Value, Failure> {
    match exit {
        Exit::Code(0) => serde_json::from_slice(&output).map_err(|_| not_understood()),
        Exit::Code(1) => Err(Failure::step(format!("jq: {}", String::from_utf8_lossy(&output).trim_end()))),
        exit => Err(Failure::step(format!(
            "jq: the program was stopped ({exit}): it may use {CPU_MAX_S} s of the processor and {} MiB of memory",
            MEMORY_MAX >> 20
        ))),
    }
}

/// Those who met here must not meet again: each waits for a time of its own.
fn step_aside(tries: u32) {
    let chance = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.subsec_nanos()) ^ std::process::id();
    let most_ms = 8 * (tries + 1).min(25);
    std::thread::sleep(Duration::from_millis(u64::from(chance % most_ms)));
}

/// `kraken-tool jq PROGRAM INPUT`: prints what comes of it, or, with exit code 1, what is wrong.
pub fn main(arguments: &[OsString]) -> ExitCode {
    let [program, input] = arguments else {
        eprintln!("usage: kraken-tool jq PROGRAM-FILE INPUT-FILE");
        return ExitCode::from(2);
    };
    // Without these bounds a program could take the whole host along; no program is better than that.
    let bounds =
        setrlimit(Resource::RLIMIT_AS, MEMORY_MAX, MEMORY_MAX).and_then(|()| setrlimit(Resource::RLIMIT_CPU, CPU_MAX_S, CPU_MAX_S));
    if let Err(error) = bounds.and_then(|()| setrlimit(Resource::RLIMIT_CORE, 0, 0)) {
        eprintln!("kraken-tool jq: cannot limit itself: {error}");
        return ExitCode::from(2);
    }
    let read = fs::read_to_string(program).and_then(|program| Ok((program, fs::read_to_string(input)?)));
    let (program, input) = match read {
        Ok(read) => read,
        Err(error) => {
            eprintln!("kraken-tool jq: {error}");
            return ExitCode::from(2);
        }
    };
    match kraken_jq::run(&program, &input, RESULT_BYTES_MAX) {
        Ok(output) => {
            print!("{output}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            print!("{error}");
            ExitCode::from(1)
        }
    }
}
