//! The git commands that make and fill one repository.

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use super::access::Access;
use crate::failure::Failure;
use crate::process::children::Exit;
use crate::process::program::Surroundings;
use crate::run::Task;

const GET_GIT: &str = "install git, e.g. `apt-get install git` or `apk add git`";

/// Variables that would make git work on another repository than the one named.
const MISLEADING: &[&str] =
    &["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_CEILING_DIRECTORIES"];

/// Where all branches go.
const ALL_BRANCHES: &str = "+refs/heads/*:refs/remotes/origin/*";

/// A repository on disk and what its commands need.
pub(super) struct Repository<'step> {
    pub(super) around: &'step mut Surroundings,
    pub(super) task: &'step Task<'step>,
    pub(super) folder: &'step Path,
    pub(super) configuration: &'step Path,
    pub(super) access: &'step Access,
}

/// What to check out.
pub(super) enum At {
    /// A local branch of this name: at this commit, else where the branch is at the origin, which it then tracks.
    Branch { name: String, commit: Option<String> },
    /// A commit, and how it was named.
    Detached { commit: String, named: String },
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Branch { name, .. } => write!(f, "branch {name}"),
            Self::Detached { named, .. } => f.write_str(named),
        }
    }
}

impl Repository<'_> {
    /// Makes the repository, or takes the one that is there, with `address` as its origin.
    pub(super) fn make(&mut self, address: &str) -> Result<(), Failure> {
        if self.folder.join(".git").exists() {
            return self.git(&["remote", "set-url", "origin", address]);
        }
        fs::create_dir_all(self.folder)
            .map_err(|error| Failure::step(format!("destination: cannot make {}: {error}", self.folder.display())))?;
        self.git(&["init", "--quiet", "--template="])?;
        self.git(&["remote", "add", "origin", address])
    }

    /// Keeps git from ever adding this path.
    pub(super) fn exclude(&self, path: &str) -> Result<(), Failure> {
        let info = self.folder.join(".git/info");
        let added = fs::create_dir_all(&info).and_then(|()| {
            let mut file = fs::OpenOptions::new().create(true).append(true).open(info.join("exclude"))?;
            writeln!(file, "{path}")
        });
        added.map_err(|error| Failure::executor(format!("cannot write {}: {error}", info.display())))
    }

    /// Fetches a commit: with the branches, by the ref that offers it, or by its id.
    pub(super) fn fetch_commit(
        &mut self,
        commit: &str,
        branch: Option<&str>,
        git_ref: Option<&str>,
        depth: Option<u64>,
    ) -> Result<At, Failure> {
        let offered = match (git_ref, branch, depth) {
            (Some(git_ref), ..) => Some(format!("+{git_ref}:refs/kraken/trigger")),
            (None, Some(branch), Some(_)) => Some(track(branch)),
            (None, None, Some(_)) => None,
            (None, _, None) => Some(ALL_BRANCHES.into()),
        };
        if depth.is_none() && git_ref.is_some() {
            self.fetch(&[ALL_BRANCHES], None)?;
        }
        let there = match offered {
            Some(offered) => self.fetch(&[&offered], depth).is_ok() && self.has(commit)?,
            None => false,
        };
        if !there {
            // The branch may have moved on, or be gone.
            self.fetch(&[commit], depth)?;
        }
        Ok(match branch.filter(|_| git_ref.is_none()) {
            Some(name) => At::Branch { name: name.into(), commit: Some(commit.into()) },
            None => At::Detached { commit: commit.into(), named: git_ref.unwrap_or("commit").into() },
        })
    }

    /// Fetches a branch or tag, or the repository's default branch.
    pub(super) fn fetch_name(&mut self, name: Option<&str>, depth: Option<u64>) -> Result<At, Failure> {
        let name = match name {
            Some(name) => name.to_owned(),
            None => self.default_branch()?,
        };
        let branch = format!("refs/remotes/origin/{name}");
        let tag = format!("refs/tags/{name}");
        let fetched = match depth {
            None => self.fetch(&[ALL_BRANCHES], None).map(|()| true)?,
            // One that is not a branch may be a tag; if the host does not answer at all, the second try says so.
            Some(_) => self.fetch_quietly(&track(&name), depth)?,
        };
        if fetched && self.resolve(&branch)?.is_some() {
            return Ok(At::Branch { name, commit: None });
        }
        if self.resolve(&tag)?.is_none() {
            self.fetch(&[&format!("+{tag}:{tag}")], depth).map_err(|failure| {
                if failure.is_timeout() { failure } else { failure.and(&format!("branch: {name:?} is neither a branch nor a tag there")) }
            })?;
        }
        match self.resolve(&tag)? {
            Some(commit) => Ok(At::Detached { commit, named: format!("tag {name}") }),
            None => Err(Failure::step(format!("branch: {name:?} is neither a branch nor a tag that holds a commit"))),
        }
    }

    /// Puts the files there.
    pub(super) fn check_out(&mut self, at: &At) -> Result<(), Failure> {
        match at {
            At::Branch { name, commit: Some(commit) } => self.git(&["checkout", "--quiet", "--force", "-B", name, commit]),
            At::Branch { name, commit: None } => {
                self.git(&["checkout", "--quiet", "--force", "-B", name, "--track", &format!("refs/remotes/origin/{name}")])
            }
            At::Detached { commit, .. } => self.git(&["checkout", "--quiet", "--force", "--detach", commit]),
        }
    }

    /// Fills all submodules.
    pub(super) fn submodules(&mut self, depth: Option<u64>) -> Result<(), Failure> {
        let depth = depth.map(|depth| format!("--depth={depth}"));
        let mut arguments = vec!["submodule", "--quiet", "update", "--init", "--recursive"];
        arguments.extend(depth.as_deref());
        self.git(&arguments)
    }

    /// Replaces pointers by the large files they stand for.
    pub(super) fn large_files(&mut self) -> Result<(), Failure> {
        let mut asked = self.command(&["lfs", "version"])?;
        if self.around.capture(&mut asked, GET_GIT)?.0 != Exit::Code(0) {
            return Err(Failure::missing("git-lfs was not found: install it, e.g. `apt-get install git-lfs` or `apk add git-lfs`"));
        }
        self.git(&["lfs", "install", "--local"])?;
        self.git(&["lfs", "pull"])
    }

    /// The commit that is checked out.
    pub(super) fn head(&mut self) -> Result<String, Failure> {
        Ok(self.resolve("HEAD")?.unwrap_or_default())
    }

    fn default_branch(&mut self) -> Result<String, Failure> {
        let mut command = self.command(&["ls-remote", "--symref", "origin", "HEAD"])?;
        let (exit, answer) = self.around.capture(&mut command, GET_GIT)?;
        succeeded("ls-remote", exit)?;
        // `ref: refs/heads/main<tab>HEAD`
        let answer = String::from_utf8_lossy(&answer);
        let named = answer.lines().find_map(|line| line.strip_prefix("ref: refs/heads/")?.split('\t').next());
        named.map(str::to_owned).ok_or_else(|| Failure::step("the repository is empty or names no default branch: set `branch`"))
    }

    fn fetch(&mut self, what: &[&str], depth: Option<u64>) -> Result<(), Failure> {
        let depth = depth.map(|depth| format!("--depth={depth}"));
        let mut arguments = vec!["fetch", "--quiet", "--no-recurse-submodules"];
        arguments.extend(depth.as_deref());
        arguments.push("origin");
        arguments.extend(what);
        self.git(&arguments)
    }

    /// Says whether it worked instead of failing, and keeps git's complaint out of the log.
    fn fetch_quietly(&mut self, what: &str, depth: Option<u64>) -> Result<bool, Failure> {
        let depth = format!("--depth={}", depth.unwrap_or(1));
        let mut command = self.command(&["fetch", "--quiet", "--no-recurse-submodules", &depth, "origin", what])?;
        Ok(self.around.run(command.stderr(std::process::Stdio::null()), GET_GIT)? == Exit::Code(0))
    }

    fn has(&mut self, commit: &str) -> Result<bool, Failure> {
        Ok(self.resolve(commit)?.is_some())
    }

    fn resolve(&mut self, what: &str) -> Result<Option<String>, Failure> {
        let mut command = self.command(&["rev-parse", "--quiet", "--verify", &format!("{what}^{{commit}}")])?;
        let (exit, answer) = self.around.capture(&mut command, GET_GIT)?;
        Ok((exit == Exit::Code(0)).then(|| String::from_utf8_lossy(&answer).trim().to_owned()))
    }

    fn git(&mut self, arguments: &[&str]) -> Result<(), Failure> {
        let mut command = self.command(arguments)?;
        let exit = self.around.run(&mut command, GET_GIT)?;
        succeeded(arguments[0], exit)
    }

    fn command(&self, arguments: &[&str]) -> Result<Command, Failure> {
        let mut command = Command::new("git");
        command.arg("-c").arg(format!("include.path={}", self.configuration.display())).args(arguments);
        for name in MISLEADING {
            command.env_remove(name);
        }
        self.task.prepare(&mut command, self.folder)?;
        self.access.give(&mut command);
        Ok(command)
    }
}

fn track(branch: &str) -> String {
    format!("+refs/heads/{branch}:refs/remotes/origin/{branch}")
}

fn succeeded(command: &str, exit: Exit) -> Result<(), Failure> {
    match exit {
        Exit::Code(0) => Ok(()),
        exit => Err(Failure::returned(exit.retcode(), format!("git {command} failed ({exit}); the log says why"))),
    }
}
