//! `git`: clones a repository and checks it out, at the commit that started the flow when that is a commit of this repository.
//!
//! Invariant: a credential is in no address, no argument, no configuration file and no output. It travels to git's credential helper
//! in an environment variable, or to ssh through an agent.

mod access;
mod address;
mod config;
mod repository;

use std::path::PathBuf;

use kraken_protocol::tool::{PRIVATE_DIR, Trigger};

use self::access::Access;
use self::address::Address;
use self::repository::Repository;
use super::Tool;
use crate::failure::Failure;
use crate::process::program::Surroundings;
use crate::run::Task;

pub(super) const TOOL: Tool = Tool {
    name: "git",
    description: "Clones a git repository and checks it out",
    fields: &[
        ("checkout*", "the repository's address"),
        ("branch", "branch, tag or commit (the trigger's branch, else the repository's default)"),
        ("destination", "folder, relative to `cwd` (the repository's name)"),
        ("cwd", "where to work (.)"),
        ("ssh-key", "a secret with a private key"),
        ("access-token", "a secret with a token for HTTP"),
        ("timeout", "seconds it may take (300)"),
        ("git_cfg", "git configuration for this step: an object of texts"),
        ("depth", "how many commits of the history to fetch (all)"),
        ("submodules", "whether to check out submodules (false)"),
        ("lfs", "whether to fetch large files with git-lfs (false)"),
    ],
    timeout_s: Some(300),
    run,
};

fn run(around: &mut Surroundings, task: &Task<'_>) -> Result<(), Failure> {
    let wanted = Wanted::of(task)?;
    let cwd = task.cwd()?;
    let folder = cwd.join(wanted.folder.as_deref().unwrap_or_else(|| wanted.address.name()));
    let folder: PathBuf = folder.components().collect();
    let private = task.private()?;
    let access = Access::of(around, task, &wanted.address, &private.path)?;
    let configuration = config::write(&private.path, access.configuration(), &task.fields.map("git_cfg")?)?;

    let mut repository = Repository { around, task, folder: &folder, configuration: &configuration, access: &access };
    repository.make(wanted.address.bare())?;
    if folder == task.workspace().components().collect::<PathBuf>() {
        repository.exclude(&format!("/{PRIVATE_DIR}/"))?;
    }
    let at = match &wanted.commit {
        Some(commit) => repository.fetch_commit(commit, wanted.name.as_deref(), wanted.git_ref.as_deref(), wanted.depth)?,
        None => repository.fetch_name(wanted.name.as_deref(), wanted.depth)?,
    };
    repository.check_out(&at)?;
    if wanted.submodules {
        repository.submodules(wanted.depth)?;
    }
    if wanted.lfs {
        repository.large_files()?;
    }
    let head = repository.head()?;
    println!("Checked out {} at {head} ({at}) in {}", wanted.address.bare(), folder.display());
    Ok(())
}

/// What to check out, where to.
struct Wanted {
    address: Address,
    /// Branch or tag.
    name: Option<String>,
    commit: Option<String>,
    git_ref: Option<String>,
    folder: Option<String>,
    depth: Option<u64>,
    submodules: bool,
    lfs: bool,
}

impl Wanted {
    fn of(task: &Task<'_>) -> Result<Self, Failure> {
        let fields = task.fields;
        let address = Address::parse(&fields.required("checkout")?)?;
        let mut name = fields.text("branch")?.map(|name| name.strip_prefix("refs/heads/").map_or(name.clone(), str::to_owned));
        let mut commit = None;
        let mut git_ref = None;
        let trigger = task.step.trigger.as_ref().filter(|trigger| address.is_same_repository(&trigger.repo));
        if let Some(trigger) = trigger.filter(|trigger| concerns(trigger, name.as_deref())) {
            is_object_name(&trigger.commit).then_some(()).ok_or_else(|| refuse("trigger.commit", &trigger.commit, "a full commit id"))?;
            commit = Some(trigger.commit.clone());
            git_ref.clone_from(&trigger.git_ref);
            name = name.or_else(|| trigger.branch.clone());
        } else if let Some(id) = name.take_if(|name| is_object_name(name)) {
            commit = Some(id);
        }
        for (field, value) in [("branch", &name), ("trigger.ref", &git_ref)] {
            if let Some(value) = value.as_ref().filter(|value| !is_ref_like(value)) {
                return Err(refuse(field, value, "the name of a branch, tag or ref"));
            }
        }
        let folder = fields.text("destination")?;
        let depth = fields.number("depth")?.filter(|depth| *depth > 0);
        Ok(Self { address, name, commit, git_ref, folder, depth, submodules: fields.truth("submodules")?, lfs: fields.truth("lfs")? })
    }
}

/// A step that names another branch than the one that moved wants that other branch.
fn concerns(trigger: &Trigger, branch: Option<&str>) -> bool {
    branch.is_none() || trigger.branch.is_none() || branch == trigger.branch.as_deref()
}

fn is_object_name(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Rules out what could be taken for an option or a refspec; git checks the rest.
fn is_ref_like(text: &str) -> bool {
    !text.starts_with('-') && !text.contains([':', '*', '?', '[', '\\', '^', '~', ' ', '\n']) && !text.contains("..")
}

fn refuse(field: &str, value: &str, expected: &str) -> Failure {
    Failure::step(format!("{field}: {value:?} is not {expected}"))
}
