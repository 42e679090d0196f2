//! A git repository to push to, made and changed with the git program.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// A bare repository, and a checkout of it to commit in.
#[derive(Debug)]
pub struct GitRepo {
    bare: PathBuf,
    work: PathBuf,
}

impl GitRepo {
    /// Makes an empty repository `root/name`, whose branch is `main`.
    pub fn create(root: &Path, name: &str) -> Self {
        let (bare, work) = (root.join(name), root.join(format!("{name}.work")));
        let repo = Self { bare, work };
        git(root, &["init", "--quiet", "--bare", "--initial-branch=main", path(&repo.bare)]);
        git(&repo.bare, &["config", "uploadpack.allowFilter", "true"]);
        git(root, &["init", "--quiet", "--initial-branch=main", path(&repo.work)]);
        git(&repo.work, &["remote", "add", "origin", path(&repo.bare)]);
        repo
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.bare
    }

    /// Where its checkout is.
    pub fn work(&self) -> &Path {
        &self.work
    }

    /// Writes a file of the checkout.
    pub fn write(&self, file: &str, text: &str) -> &Self {
        let file = self.work.join(file);
        std::fs::create_dir_all(file.parent().expect("it is below the checkout")).expect("the folder is made");
        std::fs::write(file, text).expect("the file is written");
        self
    }

    /// Removes a file of the checkout.
    pub fn remove(&self, file: &str) -> &Self {
        std::fs::remove_file(self.work.join(file)).expect("the file is there");
        self
    }

    /// Commits all of the checkout; gives the commit's name.
    pub fn commit(&self, message: &str) -> String {
        git(&self.work, &["add", "--all"]);
        git(&self.work, &["commit", "--quiet", "--allow-empty", "--message", message]);
        self.head()
    }

    /// Pushes what is checked out to `branch`, whatever was there.
    pub fn push(&self, branch: &str) -> &Self {
        git(&self.work, &["push", "--quiet", "--force", "origin", &format!("HEAD:refs/heads/{branch}")]);
        self
    }

    /// The commit that is checked out.
    pub fn head(&self) -> String {
        git(&self.work, &["rev-parse", "HEAD"])
    }

    /// Runs git in the checkout; gives what it prints.
    pub fn git(&self, args: &[&str]) -> String {
        git(&self.work, args)
    }

    /// Runs git in the repository; gives what it prints.
    pub fn git_bare(&self, args: &[&str]) -> String {
        git(&self.bare, args)
    }
}

fn path(path: &Path) -> &str {
    path.to_str().expect("paths of tests are text")
}

fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.com")])
        .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.com")])
        .output()
        .expect("git is installed");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
