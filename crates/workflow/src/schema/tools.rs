//! The tools that come with Kraken, and what a step of each may say.

use super::table::{Field, Kind, optional, required};

/// A built-in tool.
pub(crate) struct Tool {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) doc: &'static str,
    /// What a step may say, beside what every step may.
    pub(crate) fields: &'static [Field],
    /// Of each group at least one must be said.
    pub(crate) one_of: &'static [&'static [&'static str]],
    /// Limit of one attempt in seconds, where the step says none; without one, the job's limit holds.
    pub(crate) timeout_s: Option<u32>,
    /// Whether a step may say anything else.
    pub(crate) open: bool,
}

const fn tool(name: &'static str, doc: &'static str, fields: &'static [Field]) -> Tool {
    Tool { name, doc, fields, one_of: &[], timeout_s: None, open: false }
}

const fn limited(timeout_s: u32, tool: Tool) -> Tool {
    Tool { timeout_s: Some(timeout_s), ..tool }
}

const PARAMS: Field = optional("params", Kind::Text, "What else to pass on the command line.");
const FILE_GLOB: Field = required("file_glob", Kind::Name, "Which files to read.");
const SSH_KEY: Field = optional("ssh-key", Kind::Name, "The secret with the SSH key.");
const VALUE_FILE: &[Field] =
    &[required("name", Kind::Name, "The file."), optional("namespace", Kind::Text, "What to put before the names of its values.")];

/// The built-in tools.
pub(crate) const TOOLS: &[Tool] = &[
    limited(
        60,
        Tool {
            one_of: &[&["cmd", "script"]],
            ..tool(
                "shell",
                "Runs a command or a script.",
                &[
                    optional("cmd", Kind::Text, "The command."),
                    optional("script", Kind::Text, "The script."),
                    optional("user", Kind::Name, "Who runs it, in a container."),
                    optional("background", Kind::BoolText, "Start it, go on, and end it with the job (False)."),
                    optional("shell_exe", Kind::Name, "Another shell."),
                    SSH_KEY,
                ],
            )
        },
    ),
    limited(
        300,
        tool(
            "git",
            "Clones a repository and checks it out.",
            &[
                required("checkout", Kind::Name, "The repository."),
                optional("branch", Kind::Name, "The branch, tag or commit."),
                optional("destination", Kind::Text, "The folder (the repository's name)."),
                SSH_KEY,
                optional("access-token", Kind::Name, "The secret with an access token."),
                optional("git_cfg", Kind::Texts, "Settings of git for the clone."),
                optional("depth", Kind::WholeText(1), "How many commits to fetch (all)."),
                optional("submodules", Kind::BoolText, "Whether to fetch submodules."),
                optional("lfs", Kind::BoolText, "Whether to fetch large files."),
            ],
        ),
    ),
    tool(
        "artifacts",
        "Keeps files for people and for other stages of the flow, and fetches them.",
        &[
            required("source", Kind::OneOrMany, "The files: paths, `*` and `**`."),
            optional("action", Kind::OneOf(&["upload", "download"]), "upload or download (upload)."),
            optional("destination", Kind::Text, "Where to put them (.)."),
            optional("public", Kind::BoolText, "Whether people see them (False)."),
            optional("report_entry", Kind::Name, "The first page of a report, for people to open."),
        ],
    ),
    Tool {
        one_of: &[&["key", "keys"]],
        ..tool(
            "cache",
            "Keeps folders from one run to the next.",
            &[
                required("action", Kind::OneOf(&["save", "restore"]), "save or restore."),
                optional("key", Kind::Name, "Under which name."),
                optional("keys", Kind::Names, "Under which names, the best first."),
                optional("paths", Kind::Names, "What to keep."),
                optional("expiry", Kind::DurationOrSeconds, "How long to keep it (10 days)."),
            ],
        )
    },
    tool(
        "pytest",
        "Runs Python tests.",
        &[
            optional("pytest_exe", Kind::Name, "How pytest is called."),
            PARAMS,
            optional("pythonpath", Kind::Text, "Where else Python looks for modules."),
        ],
    ),
    tool("gotest", "Runs Go tests.", &[optional("go_exe", Kind::Name, "How go is called (go)."), PARAMS]),
    tool(
        "cargo_test",
        "Runs Rust tests.",
        &[
            optional("cargo_exe", Kind::Name, "How cargo is called (cargo)."),
            PARAMS,
            optional("nextest", Kind::BoolText, "Whether to use nextest (where it is installed)."),
        ],
    ),
    tool("junit_collect", "Reads test results from JUnit files.", &[FILE_GLOB]),
    tool("robotframework", "Runs Robot Framework tests, or reads their results.", &[PARAMS, OPTIONAL_GLOB]),
    tool("ctest", "Runs CTest tests, or reads their results.", &[PARAMS, OPTIONAL_GLOB]),
    tool("tap", "Reads test results in the Test Anything Protocol.", &[PARAMS, OPTIONAL_GLOB]),
    tool("values_collect", "Reads numbers from JSON files.", &[required("files", Kind::Objects(VALUE_FILE), "The files.")]),
    tool(
        "rndtest",
        "Makes up test results, for trying things out.",
        &[
            optional("count", Kind::WholeText(1), "How many (10)."),
            optional("override_result", Kind::Any, "The result of all."),
            optional("seed", Kind::WholeText(0), "What to start from."),
        ],
    ),
    limited(
        180,
        tool(
            "pylint",
            "Checks Python code.",
            &[
                required("modules_or_packages", Kind::Name, "What to check."),
                optional("pylint_exe", Kind::Name, "How pylint is called."),
                optional("rcfile", Kind::Name, "Its settings."),
            ],
        ),
    ),
    limited(180, tool("nglint", "Checks Angular code.", &[])),
    tool("sarif_collect", "Reads issues from SARIF files.", &[FILE_GLOB]),
    tool(
        "cloc",
        "Counts lines of code.",
        &[
            optional("not-match-f", Kind::Text, "Which files to leave out."),
            optional("exclude-dir", Kind::Text, "Which folders to leave out."),
        ],
    ),
    Tool {
        one_of: &[&["value", "file"]],
        ..tool(
            "data",
            "Keeps and reads data on the server.",
            &[
                optional("value", Kind::Any, "The value."),
                optional("file", Kind::Name, "The file with the value."),
                optional("operation", Kind::OneOf(&["set", "get", "jq", "jsonpatch"]), "What to do (set)."),
                optional("json_pointer", Kind::Text, "Where in the data (/)."),
                optional("scope", Kind::OneOf(&["flow", "branch", "branch-ci", "branch-dev", "project"]), "Whose data (flow)."),
            ],
        )
    },
    Tool {
        open: true,
        ..tool(
            "local_tool",
            "Runs a tool that is installed on the agent.",
            &[required("tool_location", Kind::Name, "Where it is."), required("tool_entry", Kind::Name, "How it is called.")],
        )
    },
];

const OPTIONAL_GLOB: Field = optional("file_glob", Kind::Name, "Which files to read.");

/// The name and the version in `name@version`.
pub(crate) fn split_tool(tool: &str) -> (&str, Option<&str>) {
    match tool.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (tool, None),
    }
}

/// The version of all built-in tools: agents bring those of their own version, which is the server's or next to it.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The versions by which built-in tools may be named, the longest last: `0` and `0.1` stand for any `0.1.x`.
pub(crate) fn builtin_versions() -> Vec<&'static str> {
    let dots = VERSION.match_indices('.').map(|(at, _)| &VERSION[..at]);
    dots.chain([VERSION]).collect()
}

/// The built-in tool that a step names, with or without a version, whether there is that version or not.
pub(crate) fn tool_named(tool: &str) -> Option<&'static Tool> {
    let (name, _) = split_tool(tool);
    TOOLS.iter().find(|tool| tool.name == name)
}

/// Whether Kraken brings this tool along.
pub fn is_builtin_tool(tool: &str) -> bool {
    tool_named(tool).is_some()
}

/// The names of all built-in tools.
pub(crate) fn tool_names() -> impl Iterator<Item = &'static str> {
    TOOLS.iter().map(|tool| tool.name)
}
