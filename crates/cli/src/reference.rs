//! The reference of the command line as Markdown, made from the very definitions that parse it.

use clap::{Arg, Command, CommandFactory};

use crate::{cli::Cli, exit::Exit};

/// The whole of `docs/cli.md`.
pub fn markdown() -> String {
    let mut root = Cli::command();
    root.build();
    let mut text = String::from(
        "# Command line\n\n<!-- Made from the code: KRAKEN_REWRITE=1 cargo test -p kraken-cli writes it anew. -->\n\n\
         `kraken` talks to a Kraken server, starts one on this machine, and tries stages without any.\n\n",
    );
    configuration(&mut text);
    text.push_str("## Exit codes\n\n| code | meaning |\n|---|---|\n");
    for exit in Exit::ALL {
        text.push_str(&format!("| {} | {} |\n", exit.code(), exit.meaning()));
    }
    text.push_str("\n## Global options\n\n");
    for arg in root.get_arguments().filter(|arg| arg.is_global_set()) {
        text.push_str(&argument(arg));
    }
    text.push_str("\n## Commands\n");
    for command in root.get_subcommands().filter(|command| command.get_name() != "help") {
        describe(command, "kraken", &mut text);
    }
    text
}

fn configuration(text: &mut String) {
    text.push_str(
        "## Server and token\n\n\
         What comes first wins:\n\n\
         | | server | token |\n|---|---|---|\n\
         | 1 | `--server URL` | the file named by `--token-file` |\n\
         | 2 | `KRAKEN_SERVER` | `KRAKEN_TOKEN` |\n\
         | 3 | `~/.config/kraken/config.json`, written by `kraken login` and by the first `kraken up` | the same file |\n\
         | 4 | `server-url` in the data directory of `kraken up` | `admin-token` in the same directory |\n\
         | 5 | `http://127.0.0.1:8411` | none |\n\n\
         A stored token is sent only to the server that it was stored for. There is no option that takes a token itself, as other users \
         of the machine could read it there. `KRAKEN_CONFIG` names another configuration file, `KRAKEN_DATA_DIR` another data directory.\n\n\
         With `--json`, the standard output carries JSON only, and an error is one JSON document on the standard error. \
         Lists are arrays. `kraken logs --json` writes a document per line.\n\n",
    );
}

fn describe(command: &Command, parent: &str, text: &mut String) {
    let name = format!("{parent} {}", command.get_name());
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let is_leaf = command.get_subcommands().filter(|command| command.get_name() != "help").count() == 0;
    let own: Vec<&Arg> = command.get_arguments().filter(|arg| !arg.is_global_set() && arg.get_id() != "help").collect();
    let level = if parent == "kraken" { "###" } else { "####" };
    text.push_str(&format!("\n{level} `{name}`\n\n{about}.\n"));
    if is_leaf || !own.is_empty() {
        let usage = command.clone().render_usage().to_string();
        let usage = usage.trim_start_matches("Usage: ").lines().next().unwrap_or_default().trim();
        text.push_str(&format!("\n```\n{usage}\n```\n"));
    }
    if !own.is_empty() {
        text.push('\n');
    }
    for arg in own {
        text.push_str(&argument(arg));
    }
    if let Some(more) = command.get_after_help() {
        text.push_str(&format!("\n{more}\n"));
    }
    for command in command.get_subcommands().filter(|command| command.get_name() != "help") {
        describe(command, &name, text);
    }
}

/// `- \`--limit <ROWS>\`: what it does (default 50)`
fn argument(arg: &Arg) -> String {
    let values = arg.get_value_names().map(|names| names.iter().map(|name| format!("<{name}>")).collect::<Vec<_>>().join(" "));
    let values = values.filter(|_| arg.get_action().takes_values());
    let mut spelling: Vec<String> = Vec::new();
    spelling.extend(arg.get_short().map(|short| format!("-{short}")));
    spelling.extend(arg.get_long().map(|long| format!("--{long}")));
    let mut spelling = spelling.join(", ");
    if let Some(values) = values {
        spelling = if spelling.is_empty() { values } else { format!("{spelling} {values}") };
    }
    let mut help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let choices: Vec<String> = arg.get_possible_values().iter().map(|value| format!("`{}`", value.get_name())).collect();
    if !choices.is_empty() && arg.get_action().takes_values() {
        help.push_str(&format!(": {}", choices.join(", ")));
    }
    let defaults: Vec<String> = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if arg.get_action().takes_values() && defaults.iter().any(|default| !default.is_empty()) {
        help.push_str(&format!(" (default `{}`)", defaults.join(" ")));
    }
    format!("- `{spelling}`: {help}\n")
}
