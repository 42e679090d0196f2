//! How a browser signs in: somebody who has a token asks for a code, the browser gives the code back and gets a token of its own.
//!
//! Invariants: a code is worth something once, and for ten minutes at most; what comes of it can do what its maker can, and ends no later:
//! neither it nor the code is worth anything once the token that it was made with was removed.

use kraken_domain::{
    Timestamp, TokenId,
    access::{Grant, Role},
};
use kraken_store::{Bearer, Commit, CommitError, Token, secret_hash};

use super::Caller;
use crate::{Control, ControlError, again::unopposed, agents::later};

/// A code is used at once, or never.
const CODE_S: i64 = 600;
/// A browser stays signed in for so long.
const BROWSER_S: i64 = 30 * 24 * 3600;
/// Browsers that sign in one with the other, at most.
const LINE_MAX: usize = 8;
/// Characters of a name that is made out of another one.
const NAME_CHARS: usize = 60;

impl Control {
    /// A code with which one browser can sign in with the rights of `maker`, and when it ends.
    ///
    /// # Errors
    /// [`ControlError::Forbidden`] for an agent, and for a browser at the end of a long line of browsers.
    pub async fn sign_in_code(&self, maker: &Caller) -> Result<(String, Timestamp), ControlError> {
        let Caller::User { name, grants, ends, line, .. } = maker else {
            return Err(ControlError::Forbidden("agents do not browse: use an API token".into()));
        };
        if line.len() > LINE_MAX {
            return Err(ControlError::Forbidden(
                "this browser was signed in by too many others, one after the other: use an API token".into(),
            ));
        }
        self.make_code(name, Bearer::SignIn { grants: grants.clone(), ends: *ends, made_with: line.clone() }, *ends).await
    }

    /// A code for the administrator, for who has started the system and so holds everything anyway.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn first_sign_in_code(&self) -> Result<String, ControlError> {
        let grants = vec![Grant { project: None, role: Role::Admin }];
        Ok(self.make_code("administrator", Bearer::SignIn { grants, ends: None, made_with: Vec::new() }, None).await?.0)
    }

    /// Takes a code for a token of the browser's own; the code is used up.
    ///
    /// # Errors
    /// [`ControlError::Unauthorised`] when the code is unknown, used or has ended, or a token that it was made with was removed.
    pub async fn sign_in(&self, code: &str) -> Result<(Token, String), ControlError> {
        let worthless = || ControlError::Unauthorised("the code was used, or it has ended: 'kraken ui' gives a new one".into());
        let now = self.clock.now();
        let read = self.store.token(code).await?.ok_or_else(worthless)?;
        let Bearer::SignIn { grants, ends, made_with } = &read.bearer else { return Err(worthless()) };
        if read.expires_at.is_none_or(|end| end <= now) {
            return Err(worthless());
        }
        // One that is removed at this moment takes the worth of what is made here with it.
        if !self.has_its_makers(&read.bearer).await? {
            return Err(worthless());
        }
        let end = ends.map_or_else(|| later(now, BROWSER_S), |end| end.min(later(now, BROWSER_S)));
        let secret = self.ids.secret("api");
        let token = Token {
            id: self.ids.token(now),
            hash: secret_hash(&secret),
            name: read.name.clone(),
            created_at: now,
            expires_at: Some(end),
            bearer: Bearer::User { grants: grants.clone(), made_with: made_with.clone() },
        };
        let mut commit = Commit::new();
        commit.delete(&read);
        commit.create(&token)?;
        match self.store.commit(commit).await {
            Ok(()) => Ok((token, secret)),
            Err(CommitError::Refused(_)) => Err(worthless()),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    async fn make_code(&self, maker: &str, bearer: Bearer, ends: Option<Timestamp>) -> Result<(String, Timestamp), ControlError> {
        let now = self.clock.now();
        let end = ends.map_or_else(|| later(now, CODE_S), |end| end.min(later(now, CODE_S)));
        let code = self.ids.secret("sign-in");
        let id: TokenId = self.ids.token(now);
        let maker: String = maker.trim_end_matches(" (browser)").chars().take(NAME_CHARS).collect();
        let name = format!("{maker} (browser)");
        let token = Token { id, hash: secret_hash(&code), name, created_at: now, expires_at: Some(end), bearer };
        let mut commit = Commit::new();
        commit.create(&token)?;
        self.store.commit(commit).await.map_err(unopposed)?;
        Ok((code, end))
    }
}
