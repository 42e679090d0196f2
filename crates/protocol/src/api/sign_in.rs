//! Who calls, and how a browser signs in without anybody copying a token.

use jiff::Timestamp;
use kraken_domain::TokenId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::GrantView;

/// Who calls, and what they may do. `GET /api/me`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// The token that was shown.
    #[schema(value_type = String)]
    pub token: TokenId,
    /// What it is called.
    pub name: String,
    /// What may be done.
    pub grants: Vec<GrantView>,
    /// When the token ends, if ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// A code with which one browser can sign in, once. The answer to `POST /api/sign-in-codes`.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SignInCode {
    /// The code; it belongs behind the `#` of an address (`#sign-in=<code>`), which no browser ever sends.
    pub code: String,
    /// From then on it is worth nothing.
    pub expires_at: Timestamp,
}

/// `POST /api/sign-in`: takes a code, and gives a token for it.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The code.
    pub code: String,
}
