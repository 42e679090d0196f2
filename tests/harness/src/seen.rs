//! A stage that tells everything that a stage can see, from its code and from its texts, in a log that is compared line by line with what the
//! API says of the same things.
//!
//! It is made from the language's own lists of names, so a name that is added there is told here, or the story fails.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use kraken_domain::job::Outcome;
use kraken_protocol::api::{FlowView, JobView, VariablesView};
use kraken_workflow::{CONTEXT_FIELDS, ContextField, JOB_FIELDS, MASK, OLDER_NAMES};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{Api, ended};

const STAGE: &str = "seen";
const TOKEN: &str = "t0ken-that-nobody-may-see";
const PASSWORD: &str = "pa55word-that-nobody-may-see";
const KEY: &str = "key-material-that-nobody-may-see";

/// Every way to name a secret, in code and in texts, and what it holds.
const SECRETS: &[(&str, &str)] = &[
    ("ctx.secrets.token", TOKEN),
    ("\"#{secrets.token}\"", TOKEN),
    ("\"#{KK_SECRET_SIMPLE_token}\"", TOKEN),
    ("ctx.secrets.registry.user", "robot"),
    ("ctx.secrets.registry.username", "robot"),
    ("\"%s:%s\" % (ctx.secrets.registry.user, ctx.secrets.registry.password)", "robot:pa55word-that-nobody-may-see"),
    ("\"#{secrets.registry.password}\"", PASSWORD),
    ("\"#{KK_SECRET_USER_registry}\"", "robot"),
    ("ctx.secrets[\"deploy-key\"].key", KEY),
    ("\"#{secrets['deploy-key'].user}\"", "git"),
    ("\"#{KK_SECRET_KEY_deploy}\"", KEY),
];

/// Makes the stage in a new branch of `project`, runs it for both kinds of flows on an agent of `group`, and compares.
///
/// # Errors
/// When anything is seen otherwise than it is.
pub async fn all_is_seen(api: &Api, project: &str, branch: &str, group: &str) -> Result<()> {
    around(api, project, branch).await?;
    let stage = api.add_stage(branch, STAGE, &code(group)).await?;
    let stage: Value = api.get(&format!("/api/stages/{stage}")).await?;
    let flows = [
        (json!({"kind": "ci"}), [1, 1]),
        (json!({"kind": "dev", "branch_name": "feature/x", "args": {"GREETING": "moin"}}), [2, 1]),
        (json!({"kind": "ci"}), [3, 2]),
    ];
    for (body, [shared, own]) in flows {
        let flow = api.completed(&api.start_with(branch, &body).await?).await?;
        let job = api.only_job(&flow).await?;
        let told = told(api, &job).await.with_context(|| format!("{:?}", flow.runs))?;
        let seen = seen(api, project, branch, &stage, &flow, &job, &json!({"shared": shared, "own": own})).await?;
        compare(&told, &seen, &flow).with_context(|| format!("the log of job {}", job.id))?;
    }
    Ok(())
}

/// What the stage sees.
async fn around(api: &Api, project: &str, branch: &str) -> Result<()> {
    let secrets = [
        ("token", json!({"kind": "simple", "value": TOKEN})),
        ("registry", json!({"kind": "user_password", "user": "robot", "password": PASSWORD})),
        ("deploy", json!({"kind": "ssh_key", "user": "git", "key": KEY})),
        ("deploy-key", json!({"kind": "ssh_key", "user": "git", "key": KEY})),
    ];
    for (name, body) in secrets {
        api.put::<Value>(&format!("/api/projects/{project}/secrets/{name}"), &body).await?;
    }
    let path = format!("/api/branches/{branch}/env");
    let read: VariablesView = api.get(&path).await?;
    api.put::<Value>(&path, &json!({"version": read.version, "variables": {"DEPLOY_TO": "staging"}})).await?;
    for (owner, data) in data(project, branch) {
        api.put::<Value>(&owner, &data).await?;
    }
    Ok(())
}

/// User data and where they are kept; those of the flow are not there yet when it starts.
fn data(project: &str, branch: &str) -> [(String, Value); 4] {
    [
        (format!("/api/projects/{project}/data"), json!({"team": "red"})),
        (format!("/api/branches/{branch}/data"), json!({"owner": "ann", "systems": ["a", "b"]})),
        (format!("/api/branches/{branch}/data?kind=ci"), json!({"last": 41})),
        (format!("/api/branches/{branch}/data?kind=dev"), json!({"last": null})),
    ]
}

/// Names that are told in two ways: by the code, and by a text.
fn paths() -> impl Iterator<Item = &'static str> {
    CONTEXT_FIELDS.iter().chain(JOB_FIELDS).map(|field| field.path).filter(|path| *path != "secrets")
}

/// Older names of what is not secret, with what each means.
fn older() -> impl Iterator<Item = &'static ContextField> {
    OLDER_NAMES.iter().filter(|field| !field.path.starts_with("KK_SECRET_") && field.path != "name")
}

fn code(group: &str) -> String {
    let list = |texts: Vec<&str>| Value::from(texts).to_string();
    let secrets: Vec<&str> = SECRETS.iter().map(|(code, _)| *code).collect();
    format!(
        r##"
PATHS = {paths}
OLDER = {older}

def at(ctx, path):
    value = ctx
    for name in path.split("."):
        value = getattr(value, name)
    return value

def stage(ctx):
    told = {{"NAME": "#{{GREETING}}", "KINDS": "%s %s" % (ctx.is_ci, ctx.is_dev), "ARGS": ctx.args.GREETING + ctx.args["EXTRA"]}}
    for n, path in enumerate(PATHS):
        told["CODE_%d" % n] = str(at(ctx, path))
        told["TEXT_%d" % n] = "#{{" + path + "}}"
    for n, name in enumerate(OLDER):
        told["OLDER_%d" % n] = "#{{" + name + "}}"
    secrets = [{secrets}]
    hidden = {{"S%d" % n: secret for n, secret in enumerate(secrets)}}
    hashes = ["printf %%s \"$S%d\" | sha256sum | cut -c1-64" % n for n in range(len(secrets))]
    return {{
        "parent": "root",
        "parameters": [{{"name": "GREETING", "default": "hello"}}, {{"name": "EXTRA", "default": "!"}}],
        "configs": [{{"name": "flat", "level": "9", "fast": True}}],
        "flow_label": "f#{{flow.seq.own}}-#{{args.GREETING}}-#{{secrets.token}}",
        "run_label": "r#{{run.seq.own}} of #{{run.seq.shared}}",
        "jobs": [{{
            "name": "level #{{config.level}}",
            "steps": [
                {{"tool": "shell", "cmd": "; ".join(hashes + ["echo plain $S0 $S5"]), "env": hidden, "when": None, "attempts": None, "cwd": None}},
                {{"tool": "shell", "cmd": "env | grep -E '^(CODE|TEXT|OLDER|NAME|KINDS|ARGS)' | LC_ALL=C sort", "env": told, "when": ctx.prev_ok}},
                {{"tool": "shell", "cmd": "echo wrong", "when": ctx.was_any_error}},
            ],
            "environments": [{{"system": "any", "agents_group": {group}, "config": "flat"}}],
        }}],
    }}
"##,
        paths = list(paths().collect()),
        older = list(older().map(|field| field.path).collect()),
        secrets = secrets.join(", "),
        group = Value::from(group),
    )
}

/// What a job's log tells, by name; what it says of secrets is looked at here.
async fn told(api: &Api, job: &JobView) -> Result<BTreeMap<String, String>> {
    let log = api.log(job).await?;
    ended(job, Outcome::Ok).with_context(|| log.join("\n"))?;
    let mut lines = log.iter();
    for (code, value) in SECRETS {
        let hash = hex::encode(Sha256::digest(value));
        ensure!(lines.next() == Some(&hash), "{code} is not what the secret holds: {log:?}");
    }
    ensure!(lines.next() == Some(&format!("plain {MASK} robot:{MASK}")), "a secret is told in clear, or not at all: {log:?}");
    let told = lines.map(|line| -> Result<(String, String)> {
        let (name, value) = line.split_once('=').with_context(|| format!("{line:?} tells nothing"))?;
        Ok((name.to_owned(), value.to_owned()))
    });
    told.collect()
}

/// The same things as the API has them.
async fn seen(api: &Api, project: &str, branch: &str, stage: &Value, flow: &FlowView, job: &JobView, seq: &Value) -> Result<Value> {
    let named: Value = api.get(&format!("/api/projects/{project}")).await?;
    let place: Value = api.get(&format!("/api/branches/{branch}")).await?;
    let run = flow.runs.iter().flatten().next().context("a flow has runs")?;
    let [project_data, data, data_ci, data_dev] = self::data(project, branch).map(|(_, data)| data);
    Ok(json!({
        "project": {
            "id": named["id"], "created": named["created_at"], "name": named["name"], "description": named["description"], "data": project_data,
        },
        "branch": {
            "id": place["id"], "created": place["created_at"], "name": place["name"], "branch_name": place["branch_name"],
            "env_vars": {"DEPLOY_TO": "staging"}, "data": data, "data_ci": data_ci, "data_dev": data_dev,
            "project_id": named["id"], "project_name": named["name"],
        },
        "stage": {"id": stage["id"], "created": stage["created_at"], "name": STAGE, "description": ""},
        "flow": {
            "id": flow.id, "label": flow.label, "created": flow.created_at, "kind": flow.kind.as_str(), "branch_name": flow.branch_name,
            "args": flow.args, "trigger": {}, "data": {}, "seq": {"shared": flow.sequence, "own": flow.own_sequence},
        },
        "run": {"id": run.id, "label": run.label, "created": run.created_at, "args": run.args, "reason": run.reason, "seq": seq},
        "args": run.args,
        "env": {"DEPLOY_TO": "staging"},
        "config": {"level": "9", "fast": true},
        "job": {"id": job.id, "created": job.created_at, "name": job.name},
        "step": {"id": 1, "index": 1, "name": "shell", "tool": "shell"},
    }))
}

/// Names that are told and not known from outside: of the running step, and of how long things are kept.
const ONLY_TOLD: [&str; 8] = [
    "branch.retention_policy",
    "job.steps",
    "step.cmd",
    "step.status",
    "step.result.duration",
    "step.result.msg",
    "step.result.reason",
    "step.result.retcode",
];

fn compare(told: &BTreeMap<String, String>, seen: &Value, flow: &FlowView) -> Result<()> {
    let run = flow.runs.iter().flatten().next().context("a flow has runs")?;
    let greeting = run.args["GREETING"].as_str().context("the greeting is an argument")?;
    let seq = &seen["run"]["seq"];
    ensure!(run.label == format!("r{} of {}", seq["own"], seq["shared"]), "the run is labelled {:?}", run.label);
    ensure!(flow.label == format!("f{}-{greeting}-{MASK}", flow.own_sequence), "the flow is labelled {:?}", flow.label);
    let is = |name: &str, expected: &str| match told.get(name) {
        Some(said) if said == expected => Ok(()),
        said => bail!("{name}: expected {expected:?}, told {said:?}"),
    };
    is("NAME", greeting)?;
    is("ARGS", &format!("{greeting}!"))?;
    is("KINDS", if flow.kind.as_str() == "ci" { "True False" } else { "False True" })?;
    for (n, path) in paths().enumerate() {
        let [code, text] = ["CODE", "TEXT"].map(|way| format!("{way}_{n}"));
        if ONLY_TOLD.contains(&path) {
            let (code, text) = (told.get(&code), told.get(&text));
            ensure!(code.is_some() && code == text, "{path}: the code tells {code:?}, the text {text:?}");
            continue;
        }
        let expected = seen.pointer(&format!("/{}", path.replace('.', "/"))).with_context(|| format!("nobody knows what {path} is"))?;
        // The code runs before there are labels.
        let in_code = match path {
            "flow.label" => json!(format!("{}.", flow.sequence)),
            "run.label" => json!(format!("{}.", seq["shared"])),
            _ => expected.clone(),
        };
        said(path, told.get(&code), &in_code)?;
        said(path, told.get(&text), expected)?;
    }
    for (n, field) in older().enumerate() {
        let told = told.get(&format!("OLDER_{n}"));
        let path = field.doc.split('`').find(|part| part.contains('.'));
        let meant: Option<String> = path.map(|path| format!("/{}", path.replace('.', "/")));
        match meant {
            Some(path) => said(field.path, told, seen.pointer(&path).with_context(|| format!("nobody knows what {} is", field.path))?)?,
            None => said(field.path, told, &json!(flow.kind.as_str().to_uppercase()))?,
        }
    }
    let policy = told.get(&format!("TEXT_{}", paths().position(|path| path == "branch.retention_policy").unwrap_or_default()));
    ensure!(policy.is_some_and(|policy| policy.contains("\"ci_days\":")), "how long flows are kept: {policy:?}");
    Ok(())
}

/// A text stands as it is; anything else is told as JSON.
fn said(name: &str, told: Option<&String>, expected: &Value) -> Result<()> {
    let told = told.with_context(|| format!("{name} is not told"))?;
    let same = match expected {
        Value::String(text) => told == text,
        other => serde_json::from_str::<Value>(told).is_ok_and(|told| told == *other),
    };
    ensure!(same, "{name}: expected {expected}, told {told:?}");
    Ok(())
}
