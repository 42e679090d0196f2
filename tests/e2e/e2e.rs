//! End-to-end stories, against the local process and against a deployment on an emulated AWS.

fn main() -> std::process::ExitCode {
    kraken_e2e::main()
}
