//! One folder: the code, and the world that it is checked in.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use kraken_domain::flow::FlowKind;
use kraken_workflow::{Context, Known, Limits, Secret, SecretKind, Secrets};
use serde_json::{Map, Value};

/// One folder of `stages/`.
pub(crate) struct Scene {
    pub(crate) folder: PathBuf,
    pub(crate) code: String,
    /// What a run knows; `None` for a check without one.
    pub(crate) run: Option<Value>,
}

impl Scene {
    /// Every folder, by name.
    pub(crate) fn all() -> Vec<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stages");
        let mut folders: Vec<PathBuf> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
        folders.sort();
        let scene = |folder: PathBuf| {
            let code = fs::read_to_string(folder.join("stage.star")).unwrap();
            let run = fs::read_to_string(folder.join("context.json")).ok().map(|text| serde_json::from_str(&text).unwrap());
            Self { folder, code, run }
        };
        folders.into_iter().map(scene).collect()
    }

    pub(crate) fn name(&self) -> String {
        self.folder.file_name().unwrap().to_string_lossy().into_owned()
    }

    /// What the stage sees in a run: only the arguments that somebody gave.
    pub(crate) fn in_run(&self) -> Context {
        let ctx = self.context();
        if kraken_workflow::is_unknown(&ctx.args) { ctx.with_args(Map::new()) } else { ctx }
    }

    /// What the stage sees: what is known without a run, and what the run knows instead.
    pub(crate) fn context(&self) -> Context {
        let mut ctx = Context::placeholder("shop", "main", "this stage");
        let Some(run) = &self.run else { return ctx };
        for (name, part) in run.as_object().unwrap() {
            match name.as_str() {
                "secrets" => ctx.secrets = Some(secrets(part.as_object().unwrap())),
                "project" => merge(&mut ctx.project, part),
                "branch" => merge(&mut ctx.branch, part),
                "stage" => merge(&mut ctx.stage, part),
                "flow" => merge(&mut ctx.flow, part),
                "run" => merge(&mut ctx.run, part),
                "job" => ctx.job = part.clone(),
                "args" => ctx.args = part.clone(),
                "env" => ctx.env = part.clone(),
                other => panic!("{}: context.json has no part {other:?}", self.name()),
            }
        }
        if ctx.flow["kind"] == "dev" {
            ctx.flags.kind = FlowKind::Dev;
        }
        ctx
    }
}

fn merge(whole: &mut Value, part: &Value) {
    for (key, value) in part.as_object().unwrap() {
        whole[key] = value.clone();
    }
}

fn secrets(given: &Map<String, Value>) -> Secrets {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let secret = |value: &Value| match value {
        Value::String(value) => Secret::Simple(value.clone()),
        fields if fields.get("key").is_some() => Secret::SshKey { user: text(&fields["user"]), key: text(&fields["key"]) },
        fields => Secret::UserPassword { user: text(&fields["user"]), password: text(&fields["password"]) },
    };
    given.iter().map(|(name, value)| (name.clone(), secret(value))).collect()
}

/// What there is outside of every stage: `downstream` waits for `this stage`, `far downstream` for that.
pub(crate) fn known() -> Known {
    let stages = [
        ("build", "root"),
        ("lint", "root"),
        ("unit tests", "root"),
        ("api tests", "root"),
        ("this stage", "root"),
        ("downstream", "this stage"),
        ("far downstream", "downstream"),
    ];
    let secrets = [
        ("token", SecretKind::Simple),
        ("gh_status_creds", SecretKind::Simple),
        ("discord", SecretKind::Simple),
        ("hook", SecretKind::Simple),
        ("flow", SecretKind::Simple),
        ("deploy", SecretKind::SshKey),
        ("deploy-key", SecretKind::SshKey),
        ("registry", SecretKind::UserPassword),
    ];
    Known {
        this_stage: Some("this stage".to_owned()),
        stages: Some(stages.into_iter().map(|(name, parent)| (name.to_owned(), vec![parent.to_owned()])).collect()),
        groups: Some(["linux", "windows", "docker", "lxd", "deployers"].map(str::to_owned).into()),
        secrets: Some(secrets.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect::<BTreeMap<_, _>>()),
        tools: Some(BTreeSet::from(["mine".to_owned()])),
    }
}

/// Few instructions, so that runaways end soon; much time, so that a slow machine does not turn one limit into another.
pub(crate) fn limits() -> Limits {
    Limits { cpu: Duration::from_secs(60), steps: 200_000, patience: Duration::from_secs(300), ..Limits::default() }
}
