#![allow(clippy::unwrap_used)]

use clap::{CommandFactory, error::ErrorKind};

use super::*;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split_whitespace())
}

const ULID: &str = "01j9zqk3v5w8x2y4t6r7n0m1pa";

#[test]
fn the_definitions_are_sound() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_is_understood() {
    let lines = [
        "kraken login http://host",
        "kraken project list --limit 3",
        "kraken project create demo --description x",
        "kraken project delete demo -y",
        "kraken branch create demo/main --env A=1 --env B=2",
        "kraken branch show demo/feature/x",
        "kraken stage save demo/main/unit - --if-sha256 abc",
        "kraken stage check demo/main/unit stage.star",
        "kraken flow start demo/main --wait --arg a=1 --arg b=x=y --kind dev",
        "kraken flow start ULID",
        "kraken flow wait ULID",
        "kraken flow list demo/main --kind ci --all",
        "kraken run show ULID-1",
        "kraken run rerun ULID-1 --failed",
        "kraken run jobs ULID-1",
        "kraken run stage.star",
        "kraken job logs ULID-1-2 -f",
        "kraken job waiting ULID-1-2",
        "kraken logs -f ULID",
        "kraken logs ULID-1-2 --search error --regex",
        "kraken artifact download ULID-1 out/** --to dir",
        "kraken agent authorize host-1",
        "kraken agent groups host-1 big fast",
        "kraken group create big --project demo",
        "kraken enrolment-token create --group big --reusable --expires 2h",
        "kraken token create ci --grant user:demo --grant viewer",
        "kraken completion zsh",
        "kraken version --client",
    ];
    for line in lines {
        if let Err(error) = parse(&line.replace("ULID", ULID)) {
            panic!("{line}: {error}");
        }
    }
}

#[test]
fn wrong_lines_are_refused_with_the_usage_code() {
    let lines = [
        "kraken flow start demo",
        "kraken flow show demo/main",
        "kraken flow start demo/main --arg a",
        "kraken job show ULID-1",
        "kraken logs main",
        "kraken logs ULID --regex",
        "kraken project list --limit 0",
        "kraken project list --limit 3 --all",
        "kraken token create ci --grant owner",
        "kraken token create ci",
        "kraken agent groups host-1 big --none",
        "kraken completion powershell",
        "kraken nonsense",
        "kraken run",
        "kraken project list --token secret",
    ];
    for line in lines {
        let error = parse(&line.replace("ULID", ULID)).err().unwrap_or_else(|| panic!("{line} was taken"));
        assert_eq!(error.exit_code(), i32::from(Exit::Usage.code()), "{line}");
    }
}

#[test]
fn global_options_stand_anywhere() {
    for line in ["kraken --json --server http://x flow show ULID", "kraken flow --json show ULID --server http://x"] {
        let cli = parse(&line.replace("ULID", ULID)).unwrap();
        assert!(cli.globals.json);
        assert_eq!(cli.globals.server.as_deref(), Some("http://x"));
    }
}

#[test]
fn run_takes_a_file_or_a_command_even_after_global_options() {
    let file = parse("kraken --json run stage.star").unwrap();
    assert!(matches!(file.command, Command::Run(RunArgs { command: None, file: Some(_) })));
    let show = parse(&format!("kraken --json run show {ULID}-1")).unwrap();
    assert!(matches!(show.command, Command::Run(RunArgs { command: Some(_), .. })));
    let folder = parse("kraken run ./show").unwrap();
    assert!(matches!(folder.command, Command::Run(RunArgs { command: None, file: Some(_) })));
}

#[test]
fn help_lists_the_exit_codes() {
    let error = parse("kraken --help").err().unwrap();
    assert_eq!(error.kind(), ErrorKind::DisplayHelp);
    assert!(error.to_string().contains("130  interrupted"), "{error}");
}
