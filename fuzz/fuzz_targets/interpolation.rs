//! Whatever text is filled in: it comes out or names its expression, and no copy that others see holds a secret.

#![no_main]

use kraken_workflow::{Context, Interpolator, Secret, Secrets};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

const VALUES: [&str; 3] = ["s3cr3t-value", "KEY-MATERIAL", "pa55word"];

fn context() -> Context {
    let mut ctx = Context::placeholder("shop", "main", "build");
    ctx.flow["data"] = json!({"tests": ["a", "b"], "n": 2, "f": 1.5, "flag": true, "none": null, "deep": {"er": "x"}});
    ctx.args = json!({"COUNT": "10", "MY ARG": "#{flow.id}"});
    ctx.env = json!({"VAR": "v"});
    ctx.job = json!({"steps": [{"index": 0, "status": 2, "result": {"duration": 5, "retcode": 0}}]});
    ctx.secrets = Some(Secrets::from([
        ("token".to_owned(), Secret::Simple(VALUES[0].to_owned())),
        ("deploy-key".to_owned(), Secret::SshKey { user: "git".to_owned(), key: VALUES[1].to_owned() }),
        ("registry".to_owned(), Secret::UserPassword { user: "bot".to_owned(), password: VALUES[2].to_owned() }),
    ]));
    ctx
}

fuzz_target!(|text: &str| {
    let interpolator = Interpolator::new(&context());
    let hides = |shown: &str| VALUES.iter().all(|value| !shown.contains(value) || text.contains(value));
    match interpolator.text(text) {
        Ok(filled) => assert!(text.contains("#{") || filled == text),
        Err(error) => assert!(hides(&error.to_string()), "{error}"),
    }
    match interpolator.masked_text(text) {
        Ok(masked) => assert!(VALUES.iter().all(|value| !masked.contains(value)), "{masked}"),
        Err(error) => assert!(hides(&error.to_string()), "{error}"),
    }
    if let Err(error) = interpolator.when(text) {
        assert!(hides(&error.to_string()), "{error}");
    }
});
