//! Repositories in a folder of this machine, served by its git program: the same questions and answers, over pipes.

use std::{path::PathBuf, process::Stdio};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
};

use crate::RepoError;

/// A repository in a folder.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
}

/// What is shown of the program's complaints, in bytes.
const COMPLAINT_MAX: u64 = 500;

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    pub(crate) async fn capabilities(&self, most: usize) -> Result<Vec<u8>, RepoError> {
        if !tokio::fs::try_exists(&self.path).await.unwrap_or(false) {
            return Err(RepoError::NoRepo { repo: self.name() });
        }
        let answer = self.served(&["--advertise-refs"], Vec::new(), most).await?;
        answer.ok_or_else(|| RepoError::NotGit { repo: self.name(), detail: "its first answer is too long".to_owned() })
    }

    /// Sends a command; `None`: the answer is longer than `most`.
    pub(crate) async fn ask(&self, message: Vec<u8>, most: usize) -> Result<Option<Vec<u8>>, RepoError> {
        self.served(&[], message, most).await
    }

    async fn served(&self, options: &[&str], input: Vec<u8>, most: usize) -> Result<Option<Vec<u8>>, RepoError> {
        let away = |detail: String| RepoError::Away { repo: self.name(), detail };
        let mut child = Command::new("git")
            .args(["-c", "uploadpack.allowFilter=true", "upload-pack", "--stateless-rpc"])
            .args(options)
            .arg(&self.path)
            .env("GIT_PROTOCOL", "version=2")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| away(format!("folders are read by this machine's git program, which does not start: {error}")))?;
        let (Some(mut stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take()) else {
            return Err(away("the git program has no pipes".to_owned()));
        };
        let ask = async move {
            // It may have ended already; what it says then is read below.
            let _ = stdin.write_all(&input).await;
            drop(stdin);
        };
        let (mut answer, mut complaint) = (Vec::new(), Vec::new());
        let most_and_one = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
        let (mut answers, mut complaints) = (stdout.take(most_and_one), stderr.take(COMPLAINT_MAX));
        let ((), read, _) = tokio::join!(ask, answers.read_to_end(&mut answer), complaints.read_to_end(&mut complaint));
        read.map_err(|error| away(error.to_string()))?;
        if answer.len() > most {
            return Ok(None);
        }
        let status = child.wait().await.map_err(|error| away(error.to_string()))?;
        if !status.success() && answer.is_empty() {
            let detail = format!("git says {:?}", String::from_utf8_lossy(&complaint).trim());
            return Err(RepoError::NotGit { repo: self.name(), detail });
        }
        Ok(Some(answer))
    }
}
