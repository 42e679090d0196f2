//! Changing what is only written as a whole: read, changed, and written over what was read; once more where somebody else was faster.

use serde::{Serialize, de::DeserializeOwned};

use super::Client;
use crate::failure::{Failure, Outcome};

/// Somebody else may change it at the same moment: so often it is read and changed again.
const TRIES: usize = 5;
/// The HTTP status of a refusal because of that.
const CONFLICT: u16 = 409;

impl Client {
    /// Writes what `next` makes of what is there, which must name the version that it was made of; gives what is there then.
    pub async fn rewrite<View: DeserializeOwned, New: Serialize>(&self, path: &str, next: impl Fn(View) -> New) -> Outcome<View> {
        let mut tries = TRIES;
        loop {
            let new = next(self.get(path).await?);
            tries -= 1;
            match self.put(path, &new).await {
                Err(Failure::Problem(problem)) if problem.status == CONFLICT && tries > 0 => {}
                done => return done,
            }
        }
    }
}
