//! `kraken ui`.
//!
//! The address carries a code, never the token, behind a `#`: browsers do not send that part, and the code is worth nothing once it was used.

use clap::Args;
use kraken_protocol::api::SignInCode;
use serde_json::json;

use crate::{failure::Outcome, session::Session};

/// Show an address that opens the web UI, signed in; it works once, within ten minutes
#[derive(Debug, Args)]
pub struct UiArgs {
    /// The page to open, such as /queue or /flows/FLOW
    #[arg(default_value = "/", value_parser = page)]
    page: String,
}

/// Does it.
pub async fn run(args: &UiArgs, session: &mut Session) -> Outcome {
    let client = session.client()?;
    let made: SignInCode = client.post("/api/sign-in-codes", &json!({})).await?;
    let url = format!("{}#sign-in={}", client.server().join(&args.page), made.code);
    session.screen.answer(&json!({"url": url, "expires_at": made.expires_at}), |_| format!("{url}\n"))
}

/// A path of the UI; perhaps with a query, never with a fragment, which is the code's place.
fn page(text: &str) -> Result<String, String> {
    let fits = text.starts_with('/') && !text.starts_with("//") && text.chars().all(|c| c.is_ascii_graphic() && c != '#');
    if fits { Ok(text.to_owned()) } else { Err("expected a page such as /queue, encoded as in an address, without #".to_owned()) }
}
