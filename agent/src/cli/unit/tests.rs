use super::*;

#[test]
fn a_unit_names_its_agent_and_holds_no_secret() {
    let unit = Unit {
        program: Path::new("/usr/bin/kraken-agent"),
        server: "https://ci.example.com",
        state_dir: Path::new("/var/lib/kraken-agent"),
        user: "kraken-agent",
    };
    let text = unit.text();
    for line in [
        "Type=notify",
        "User=kraken-agent",
        "Environment=KRAKEN_SERVER=https://ci.example.com",
        "ExecStart=/usr/bin/kraken-agent run",
        "RestartPreventExitStatus=3",
    ] {
        assert!(text.lines().any(|have| have == line), "{line}\n{text}");
    }
    assert!(!text.to_lowercase().contains("token"));
}
