//! Exit codes: what scripts may rely on. One list feeds the program, `--help` and the reference.

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Ok,
    /// The flow, run or job ended in error or was cancelled; or something failed that no other code names.
    Error,
    /// The command line is wrong.
    Usage,
    /// There is no such project, branch, flow, agent …
    NotFound,
    /// No token, a wrong one, or one without the needed role.
    Denied,
    /// The server cannot be reached or is not ready.
    Unreachable,
    /// Refused in the present state: a name that is taken, something that is over already.
    Conflict,
    /// The input is wrong: a stage in error, a file that cannot be read.
    Invalid,
    /// Ctrl-C.
    Interrupted,
    /// Whatever read the output has gone, as in `kraken logs … | head`.
    OutputClosed,
}

impl Exit {
    /// All of them, in the order of their codes.
    pub const ALL: [Exit; 10] = [
        Exit::Ok,
        Exit::Error,
        Exit::Usage,
        Exit::NotFound,
        Exit::Denied,
        Exit::Unreachable,
        Exit::Conflict,
        Exit::Invalid,
        Exit::Interrupted,
        Exit::OutputClosed,
    ];

    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Exit::Ok => 0,
            Exit::Error => 1,
            Exit::Usage => 2,
            Exit::NotFound => 3,
            Exit::Denied => 4,
            Exit::Unreachable => 5,
            Exit::Conflict => 6,
            Exit::Invalid => 7,
            Exit::Interrupted => 130,
            Exit::OutputClosed => 141,
        }
    }

    /// What it means, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Exit::Ok => "done",
            Exit::Error => "the flow, run or job ended in error or was cancelled; or an unexpected failure",
            Exit::Usage => "wrong command line",
            Exit::NotFound => "no such project, branch, stage, flow, run, job, agent …",
            Exit::Denied => "no token, a wrong one, or one without the needed role",
            Exit::Unreachable => "the server cannot be reached or is not ready",
            Exit::Conflict => "refused in the present state (name taken, over already …)",
            Exit::Invalid => "wrong input: a stage in error, a file that cannot be read",
            Exit::Interrupted => "interrupted by Ctrl-C",
            Exit::OutputClosed => "whatever read the output has gone",
        }
    }

    /// The list for `--help`.
    pub fn help() -> String {
        let mut text = String::from("Exit codes:\n");
        for exit in Self::ALL {
            text.push_str(&format!("  {:>3}  {}\n", exit.code(), exit.meaning()));
        }
        text
    }
}
