//! Tokens: who calls, and what they may do.

use kraken_domain::{
    AgentId, ProjectId, Timestamp, TokenId,
    access::{Grant, Role, allows},
    record::check_name,
};
use kraken_protocol::api::{NewEnrolmentToken, NewToken};
use kraken_store::{Bearer, Commit, Token, Versioned, secret_hash};

use crate::{Control, ControlError, again::unopposed, agents::later};

/// Who calls.
#[derive(Clone, Debug)]
pub enum Caller {
    /// A person or a program.
    User {
        /// The token it shows.
        token: TokenId,
        /// What it is called.
        name: String,
        /// What it may do.
        grants: Vec<Grant>,
        /// When the token ends, if ever.
        ends: Option<Timestamp>,
        /// The hashes of the token and of those that it was made with: what is made with it ends with any of them.
        line: Vec<String>,
    },
    /// An agent.
    Agent(AgentId),
}

impl Caller {
    /// Refuses unless the caller has at least `role` in `project` (`None`: over the system).
    ///
    /// # Errors
    /// [`ControlError::Forbidden`] that names the role which is needed.
    pub fn require(&self, project: Option<ProjectId>, role: Role) -> Result<(), ControlError> {
        let grants = match self {
            Self::User { grants, .. } => grants.as_slice(),
            Self::Agent(_) => &[],
        };
        if allows(grants, project, role) {
            kraken_store::audit::note_project(project);
            return Ok(());
        }
        let place = match project {
            Some(project) => format!("in project {project}"),
            None => "over the system".to_owned(),
        };
        Err(ControlError::Forbidden(format!("this needs the role {} {place}", role.as_str())))
    }

    /// What people know the caller by: the name of its token. An agent has none.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::User { name, .. } => Some(name),
            Self::Agent(_) => None,
        }
    }

    /// The agent that calls.
    ///
    /// # Errors
    /// [`ControlError::Forbidden`] when the caller is none.
    pub fn agent(&self) -> Result<AgentId, ControlError> {
        match self {
            Self::Agent(agent) => Ok(*agent),
            Self::User { .. } => Err(ControlError::Forbidden("only an agent may do this: use an agent's token".into())),
        }
    }
}

/// An enrolment token lasts a day unless said otherwise.
const ENROLMENT_S: i64 = 24 * 3600;
/// Tokens that one page brings.
const PAGE: u32 = 100;
/// Tokens that are removed in one write.
const FORGOTTEN_AT_ONCE: usize = 50;

impl Control {
    /// Who bears that secret.
    ///
    /// # Errors
    /// [`ControlError::Unauthorised`] when the token is unknown or has ended, or one that it was made with was removed.
    pub async fn caller(&self, secret: &str) -> Result<Caller, ControlError> {
        self.bearer(self.store.token(secret).await?).await
    }

    /// The same for a call that changes something: also when the import began that has not ended, if there is one. It costs no call more, and
    /// is asked each time: another process may have begun one.
    ///
    /// # Errors
    /// As [`Control::caller`].
    pub async fn caller_and_import(&self, secret: &str) -> Result<(Caller, Option<Timestamp>), ControlError> {
        let (token, importing_since) = self.store.token_and_import(secret).await?;
        Ok((self.bearer(token).await?, importing_since))
    }

    async fn bearer(&self, token: Option<Versioned<Token>>) -> Result<Caller, ControlError> {
        let unknown = || ControlError::Unauthorised("the token is unknown: send a valid one as 'Authorization: Bearer …'".into());
        let token = token.ok_or_else(unknown)?.value;
        if let Some(end) = token.expires_at.filter(|end| *end <= self.clock.now()) {
            return Err(ControlError::Unauthorised(format!("the token ended at {end}")));
        }
        if !self.has_its_makers(&token.bearer).await? {
            return Err(unknown());
        }
        match token.bearer {
            Bearer::User { grants, made_with } => {
                let line = std::iter::once(token.hash).chain(made_with).collect();
                Ok(Caller::User { token: token.id, name: token.name, grants, ends: token.expires_at, line })
            }
            Bearer::Agent { agent } => Ok(Caller::Agent(agent)),
            Bearer::Enrolment { .. } => {
                Err(ControlError::Unauthorised("this is an enrolment token: it is only good for 'kraken-agent enrol'".into()))
            }
            Bearer::SignIn { .. } => Err(ControlError::Unauthorised("this is a code for signing in: open its address in a browser".into())),
        }
    }

    /// Whether all the tokens that a token was made with are still there.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub(super) async fn has_its_makers(&self, bearer: &Bearer) -> Result<bool, ControlError> {
        Ok(match bearer.made_with() {
            [] => true,
            hashes => self.store.tokens_of(hashes).await?.iter().all(Option::is_some),
        })
    }

    /// Whether nobody has a token yet: the system is new.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn wants_first_token(&self) -> Result<bool, ControlError> {
        Ok(self.store.user_tokens(1, None).await?.items.is_empty())
    }

    /// A secret for [`Control::accept_first_token`]: to be kept before it is accepted, or nobody would know it after a death
    /// in between.
    pub fn first_secret(&self) -> String {
        self.ids.secret("api")
    }

    /// Makes the bearer of `secret` the administrator of a new system.
    ///
    /// # Errors
    /// [`ControlError`] when the table failed.
    pub async fn accept_first_token(&self, secret: &str) -> Result<(), ControlError> {
        let grants = vec![Grant { project: None, role: Role::Admin }];
        let now = self.clock.now();
        let token = Token {
            id: self.ids.token(now),
            hash: secret_hash(secret),
            name: "administrator".to_owned(),
            created_at: now,
            expires_at: None,
            bearer: Bearer::User { grants, made_with: Vec::new() },
        };
        let mut commit = Commit::new();
        commit.overwrite(&token)?;
        self.store.commit(commit).await.map_err(unopposed)
    }

    /// Makes a token that may do at most what its maker may.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a bad name or an end that has passed, [`ControlError::Forbidden`] for more than the maker may.
    pub async fn create_token(&self, maker: &Caller, new: NewToken) -> Result<(Token, String), ControlError> {
        check_name(&new.name).map_err(|error| ControlError::name("/name", error))?;
        if new.grants.is_empty() {
            return Err(ControlError::invalid("/grants", "no grants: expected at least one of {\"project\": …, \"role\": …}"));
        }
        if let Some(end) = new.expires_at.filter(|end| *end <= self.clock.now()) {
            return Err(ControlError::invalid("/expires_at", format!("{end} has passed: expected a time to come")));
        }
        let grants: Vec<Grant> = new.grants.iter().map(|grant| Grant { project: grant.project, role: grant.role }).collect();
        for grant in &grants {
            // Whoever could make tokens as good as their own could outlive its end.
            maker.require(grant.project, Role::Admin)?;
            if let Some(project) = grant.project {
                self.project(project).await?;
            }
        }
        if grants.iter().any(|grant| grant.project != grants[0].project) {
            kraken_store::audit::note_system();
        }
        self.make_token(&new.name, Bearer::User { grants, made_with: Vec::new() }, new.expires_at).await
    }

    /// Makes an enrolment token.
    ///
    /// # Errors
    /// [`ControlError::Invalid`] for a group that does not exist or an end that has passed.
    pub async fn create_enrolment_token(&self, new: NewEnrolmentToken) -> Result<(Token, String), ControlError> {
        let now = self.clock.now();
        for (at, group) in new.groups.iter().enumerate() {
            if self.store.group(group).await?.is_none() {
                return Err(ControlError::invalid(format!("/groups/{at}"), format!("there is no agents group {group:?}: make it first")));
            }
        }
        let end = new.expires_at.unwrap_or_else(|| later(now, ENROLMENT_S));
        if end <= now {
            return Err(ControlError::invalid("/expires_at", format!("{end} has passed: expected a time to come")));
        }
        self.make_token("enrolment", Bearer::Enrolment { groups: new.groups, reusable: new.reusable }, Some(end)).await
    }

    async fn make_token(&self, name: &str, bearer: Bearer, expires_at: Option<Timestamp>) -> Result<(Token, String), ControlError> {
        let now = self.clock.now();
        let kind = match bearer {
            Bearer::User { .. } => "api",
            Bearer::Agent { .. } => "agent",
            Bearer::Enrolment { .. } => "enrol",
            Bearer::SignIn { .. } => "sign-in",
        };
        let secret = self.ids.secret(kind);
        let token =
            Token { id: self.ids.token(now), hash: secret_hash(&secret), name: name.to_owned(), created_at: now, expires_at, bearer };
        let mut commit = Commit::new();
        commit.create(&token)?;
        self.store.commit(commit).await.map_err(unopposed)?;
        Ok((token, secret))
    }

    /// Removes a user's token and the browsers that were signed in with it: their secrets are worth nothing from now on.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn delete_token(&self, id: TokenId) -> Result<(), ControlError> {
        let mut tokens = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.user_tokens(PAGE, after.as_ref()).await?;
            tokens.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let token = tokens.iter().find(|token| token.id == id).ok_or_else(|| ControlError::not_found("token", id))?;
        let made_with_it: Vec<_> = tokens.iter().filter(|other| other.bearer.made_with().contains(&token.hash)).collect();
        // Before it: who dies in between finds it here when the call is made again. What is made meanwhile is worth nothing without it.
        for some in made_with_it.chunks(FORGOTTEN_AT_ONCE) {
            self.forget_tokens(some.iter().copied()).await?;
        }
        self.forget_tokens([token]).await
    }

    async fn forget_tokens(&self, tokens: impl IntoIterator<Item = &Versioned<Token>>) -> Result<(), ControlError> {
        let mut commit = Commit::new();
        for token in tokens {
            commit.forget(&token.value);
        }
        self.store.commit(commit).await.map_err(unopposed)
    }

    /// Removes an enrolment token.
    ///
    /// # Errors
    /// [`ControlError::NotFound`].
    pub async fn delete_enrolment_token(&self, id: TokenId) -> Result<(), ControlError> {
        let mut after = None;
        loop {
            let page = self.store.enrolment_tokens(PAGE, after.as_ref()).await?;
            if let Some(token) = page.items.iter().find(|token| token.id == id) {
                return self.forget_tokens([token]).await;
            }
            after = Some(page.next.ok_or_else(|| ControlError::not_found("enrolment token", id))?);
        }
    }
}
