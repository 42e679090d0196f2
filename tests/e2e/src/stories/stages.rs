//! The stages that the language is held to, told to a running system: what is wrong with one is said when it is checked, what is right is
//! saved, started, and gives the jobs that it should.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, Result, ensure};
use futures::future::join_all;
use kraken_domain::run::RunResult;
use kraken_harness::{Api, ApiFailure, code, eventually};
use kraken_protocol::api::{FlowView, RunView, StageView};
use reqwest::StatusCode;
use serde_json::{Map, Value, json};

use crate::story::Story;

/// Branches side by side, each with one stage after the other.
const LANES: usize = 4;
/// What the stages name, and nobody is there for.
const GROUPS: [&str; 5] = ["linux", "windows", "docker", "lxd", "deployers"];
/// Stands for all agents where jobs are made: those of other stories would take them.
const NOBODY: &str = "deployers";
/// The stage that becomes each of them, by the name that they know it by.
const THIS: &str = "this stage";
/// What a started flow knows of the context that a folder gives. With more than that, its jobs are others than the folder's.
const GIVEN: [&str; 3] = ["args", "job", "secrets"];
/// Stages that make something else of what only a run knows.
const OTHERS_IN_RUNS: [&str; 2] = ["placeholders", "placeholders_everywhere"];

/// Makes a stage that waits for others one that begins with each flow.
const AS_ROOT: &str = "
_as_written = stage

def stage(ctx):
    made = dict(_as_written(ctx))
    made[\"parent\"] = \"root\"
    made[\"triggers\"] = {}
    return made
";

/// A folder.
struct Told {
    name: String,
    code: String,
    /// What a run knows; `None` for one that is only checked.
    context: Option<Map<String, Value>>,
    expected: Value,
}

impl Told {
    fn all() -> Result<Vec<Self>> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/workflow/tests/stages");
        let mut all = Vec::new();
        for folder in std::fs::read_dir(&root)? {
            let folder = folder?;
            let read = |file: &str| std::fs::read_to_string(folder.path().join(file));
            all.push(Self {
                name: folder.file_name().to_string_lossy().into_owned(),
                code: read("stage.star")?,
                context: read("context.json").ok().map(|text| serde_json::from_str(&text)).transpose()?,
                expected: serde_json::from_str(&read("expected.json")?)?,
            });
        }
        all.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(all)
    }

    /// What a deployment cannot have: tools of one's own, and a secret with a name that means something else in texts.
    fn lacks(&self) -> Option<&'static str> {
        (self.code.contains("\"mine").then_some("mine")).or((self.name == "secret_named_like_a_field").then_some("flow"))
    }

    /// Whether it waits for other stages. In a run it must not: a job of theirs would have to be done, and nobody is there to do any.
    fn waits(&self) -> bool {
        self.expected["schema"].is_object() && self.expected["schema"]["parent"] != json!(["root"])
    }

    /// The code for a run that reaches nobody, no agents of others and no hosts, and begins with each flow.
    fn harmless(&self) -> String {
        let mut code = self.code.replace("\"all\"", &format!("\"{NOBODY}\"")).replace("'all'", &format!("'{NOBODY}'"));
        for host in ["example.com", "github.example.com", "gitlab.example.com", "codeberg.org"] {
            code = code.replace(&format!("https://{host}"), "https://127.0.0.1:9");
        }
        if self.waits() {
            code.push_str(AS_ROOT);
        }
        code
    }

    fn args(&self) -> Value {
        let args = self.context.as_ref().and_then(|context| context.get("args")).cloned().unwrap_or_else(|| json!({}));
        serde_json::from_str(&args.to_string().replace("\"all\"", &format!("\"{NOBODY}\""))).unwrap_or_default()
    }

    /// The jobs of a check, or (`in_run`) of a run: names, systems, groups. `None`: they are not to be compared.
    fn jobs(&self, in_run: bool) -> Option<Vec<[String; 3]>> {
        let parts = self.context.iter().flat_map(Map::keys);
        let kind = self.context.as_ref().is_some_and(|context| context.get("flow") == Some(&json!({"kind": "ci"})));
        let known = parts.clone().all(|part| in_run && (GIVEN.contains(&part.as_str()) || (kind && part == "flow")));
        if !known || (in_run && OTHERS_IN_RUNS.contains(&self.name.as_str())) {
            return None;
        }
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let plan = |job: &Value| [text(&job["name"]), text(&job["place"]["system"]), text(&job["place"]["group"])];
        let filled = |job: &Value| [text(&job["name"]), text(&job["system"]), text(&job["agents_group"])];
        Some(match self.expected["filled"]["jobs"].as_array() {
            Some(jobs) => jobs.iter().map(filled).collect(),
            None => self.expected["jobs"].as_array().into_iter().flatten().map(plan).collect(),
        })
    }
}

pub(crate) async fn every_stage_is_taken_or_refused_as_it_should_be(story: Story) -> Result<()> {
    let all = Told::all()?;
    ensure!(all.len() >= 40, "{} stages", all.len());
    for group in GROUPS {
        let made = story.api.post::<Value>("/api/groups", &json!({"name": group})).await;
        // A deployment may be used more than once.
        if let Err(error) = made
            && error.downcast_ref::<ApiFailure>().is_none_or(|refused| refused.status != StatusCode::CONFLICT)
        {
            return Err(error);
        }
    }
    let branch = story.branch(&around()).await?;
    secrets(&story).await?;
    let mut lanes = vec![branch.clone()];
    for lane in 1..LANES {
        let fork: Value = story.api.post(&format!("/api/branches/{branch}/fork"), &json!({"name": format!("lane-{lane}")})).await?;
        lanes.push(fork["id"].as_str().context("a branch has an id")?.to_owned());
    }
    let lanes = lanes.iter().enumerate().map(async |(lane, branch)| {
        let mut wrong = Vec::new();
        for told in all.iter().skip(lane).step_by(LANES) {
            if let Err(error) = tell(&story.api, branch, told).await {
                wrong.push(format!("{}: {error:#}", told.name));
            }
        }
        wrong
    });
    let wrong: Vec<String> = join_all(lanes).await.into_iter().flatten().collect();
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    story.end([]).await
}

/// The stages that the folders know of. Those that others wait for are done at once; what comes after is not started.
fn around() -> Vec<(&'static str, String)> {
    let done = code(&json!({"parent": "root", "jobs": []}));
    let after = |parent: &str| code(&json!({"parent": parent, "triggers": {"parent": false, "manual": true}, "jobs": []}));
    let mut stages: Vec<_> = ["build", "lint", "unit tests", "api tests", THIS].map(|name| (name, done.clone())).into();
    stages.extend([("downstream", after(THIS)), ("far downstream", after("downstream"))]);
    stages
}

async fn secrets(story: &Story) -> Result<()> {
    let simple = json!({"kind": "simple", "value": "s1mple-value"});
    let key = json!({"kind": "ssh_key", "user": "git", "key": "a key of this story"});
    let login = json!({"kind": "user_password", "user": "robot", "password": "hunter-22"});
    let all = [
        ("token", &simple),
        ("gh_status_creds", &simple),
        ("discord", &simple),
        ("hook", &simple),
        ("deploy", &key),
        ("deploy-key", &key),
        ("registry", &login),
    ];
    for (name, body) in all {
        story.api.put::<Value>(&format!("/api/projects/{}/secrets/{name}", story.name()), body).await?;
    }
    Ok(())
}

async fn tell(api: &Api, branch: &str, told: &Told) -> Result<()> {
    let check = json!({"name": THIS, "code": told.code});
    let checked: Value = api.post(&format!("/api/branches/{branch}/stages/check"), &check).await?;
    if let Some(lacking) = told.lacks() {
        ensure!(checked["ok"] == false && checked["problems"].to_string().contains(lacking), "it needs {lacking}: {checked}");
        return Ok(());
    }
    let problems = told.expected["problems"].as_array();
    match problems {
        Some(problems) if told.context.is_none() => return same_problems(problems, &checked),
        _ => ensure!(checked["ok"] == true, "refused: {}", checked["problems"]),
    }
    if let (Some(expected), None) = (told.jobs(false), problems) {
        same_jobs(&expected, &fields(&checked["jobs"]))?;
    }
    let stages: Vec<StageView> = api.list(&format!("/api/branches/{branch}/stages")).await?;
    let this = stages.iter().find(|stage| stage.name == THIS).context("the stage is there")?;
    api.put::<StageView>(&format!("/api/stages/{}", this.id), &json!({"code": told.harmless()})).await?;
    let flow = api.start_with(branch, &json!({"args": told.args()})).await?;
    let ran = runs(api, &flow, told).await;
    api.post::<Value>(&format!("/api/flows/{}/cancel", flow.id), &json!({})).await?;
    ran
}

/// The stage's run in a flow.
async fn runs(api: &Api, flow: &FlowView, told: &Told) -> Result<()> {
    if told.expected["starts_with_parent"] == false && !told.waits() {
        let flow = api.completed(flow).await?;
        ensure!(api.runs(&flow).await?.iter().all(|run| run.stage_name != THIS), "it starts by itself");
        return Ok(());
    }
    if told.expected["manual"] == true && !told.waits() {
        let run = api.run_in(flow, THIS, "manual").await?;
        api.post::<RunView>(&format!("/api/runs/{}/start", run.id), &json!({})).await?;
    }
    let run = eventually("its run", async || {
        let runs = api.runs(flow).await?;
        Ok(runs.into_iter().find(|run| run.stage_name == THIS && !["creating", "manual"].contains(&run.state.as_str())))
    })
    .await?;
    if told.expected["problems"].is_array() {
        ensure!(run.result == Some(RunResult::Error) && run.note.is_some(), "this run must not come about: {run:?}");
        return Ok(());
    }
    let Some(expected) = told.jobs(true) else { return Ok(()) };
    let jobs: Vec<_> = api.jobs(&run).await?.into_iter().map(|job| [job.name, job.system, job.agents_group]).collect();
    same_jobs(&expected, &jobs).with_context(|| format!("in run {} ({:?})", run.id, run.note))
}

fn fields(jobs: &Value) -> Vec<[String; 3]> {
    let text = |job: &Value, key: &str| job[key].as_str().unwrap_or_default().to_owned();
    let job = |job: &Value| ["name", "system", "agents_group"].map(|key| text(job, key));
    jobs.as_array().into_iter().flatten().map(job).collect()
}

/// Texts that only a run fills in, or that stand for what a check cannot know, say nothing.
fn same_jobs(expected: &[[String; 3]], jobs: &[[String; 3]]) -> Result<()> {
    let open = |text: &str| text.contains("#{") || text.contains("unknown");
    let same = |one: &String, other: &String| one == other || open(one) || open(other) || (one == "all" && other == NOBODY);
    let alike =
        expected.len() == jobs.len() && expected.iter().flatten().zip(jobs.iter().flatten()).all(|(expected, job)| same(expected, job));
    ensure!(alike, "expected the jobs {expected:?}, got {jobs:?}");
    Ok(())
}

/// The same places and lines; the same words but for hints, which name what else there is. How far code got before a limit met it depends on
/// the limits.
fn same_problems(expected: &[Value], checked: &Value) -> Result<()> {
    let words = |message: &str| {
        let end = [": did you mean", ": known are"].iter().filter_map(|hint| message.find(hint)).min();
        message[..end.unwrap_or(message.len())].to_owned()
    };
    let seen = |problems: &[Value], by_limits: bool| -> BTreeMap<String, usize> {
        let mut seen = BTreeMap::new();
        for problem in problems {
            let message = if by_limits { String::new() } else { words(problem["message"].as_str().unwrap_or_default()) };
            let line = if by_limits { Value::Null } else { problem.get("line").cloned().unwrap_or_default() };
            *seen.entry(format!("{} {line} {message}", problem["path"])).or_default() += 1;
        }
        seen
    };
    let by_limits = expected.iter().any(|problem| problem["rule"] == "evaluation");
    let found = checked["problems"].as_array().map(Vec::as_slice).unwrap_or_default();
    let (expected, found) = (seen(expected, by_limits), seen(found, by_limits));
    ensure!(checked["ok"] == false && expected == found, "expected {expected:#?}, got {found:#?}");
    Ok(())
}
