//! Whether a delivery comes from who knows the secret: judged on the bytes, before any of them is read as JSON.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    GitHost, Headers, Refusal,
    sign::{is_hmac_sha256, same_secret},
};

/// The longest body that is looked at: GitHub's cap, the largest of all hosts
/// (<https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap>).
pub const BODY_BYTES_MAX: usize = 25 * 1024 * 1024;

/// Whether a delivery comes from who knows the secret.
///
/// * GitHub: `X-Hub-Signature-256: sha256=<hex>`, HMAC-SHA256 of the body; the older SHA-1 header is not looked at
///   (<https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>).
/// * GitLab: `webhook-signature: v1,<base64>`, HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{body}` where the hook has a signing token
///   (<https://gitlab.com/gitlab-org/gitlab/-/merge_requests/230944>, after <https://www.standardwebhooks.com>), and `X-Gitlab-Token`, the secret
///   itself (<https://docs.gitlab.com/user/project/integrations/webhooks/>). Either shows that the sender knows the secret, so either will do.
/// * Gitea, Forgejo: `X-Gitea-Signature`, `X-Forgejo-Signature`: bare hex, HMAC-SHA256 of the body
///   (<https://docs.gitea.com/usage/webhooks>, <https://forgejo.org/docs/latest/user/webhooks/>).
/// * Bitbucket: `X-Hub-Signature: sha256=<hex>`
///   (<https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/>, <https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html>).
///
/// # Errors
/// [`Refusal::NoSecret`], [`Refusal::TooLarge`], [`Refusal::Unsigned`], [`Refusal::BadSignature`].
pub fn verify(host: GitHost, headers: &Headers<'_>, body: &[u8], secret: &str) -> Result<(), Refusal> {
    if secret.is_empty() {
        return Err(Refusal::NoSecret);
    }
    if body.len() > BODY_BYTES_MAX {
        return Err(Refusal::TooLarge { bytes: body.len(), max: BODY_BYTES_MAX });
    }
    let names: &[&'static str] = match host {
        GitHost::GitLab => return verify_gitlab(headers, body, secret),
        GitHost::GitHub => &["X-Hub-Signature-256"],
        GitHost::Gitea => &["X-Gitea-Signature", "X-Forgejo-Signature"],
        GitHost::Forgejo => &["X-Forgejo-Signature", "X-Gitea-Signature"],
        GitHost::BitbucketCloud | GitHost::BitbucketServer => &["X-Hub-Signature"],
    };
    // The first that is there is the one that counts: a bad one is not made good by another.
    let Some((header, value)) = names.iter().find_map(|name| Some((*name, headers.text(name)?))) else {
        return Err(Refusal::Unsigned { header: names[0] });
    };
    let digits = match host {
        GitHost::Gitea | GitHost::Forgejo => Some(value),
        _ => value.strip_prefix("sha256="),
    };
    let fits = digits.and_then(|digits| hex::decode(digits).ok()).is_some_and(|guess| is_hmac_sha256(secret.as_bytes(), &[body], &guess));
    if fits { Ok(()) } else { Err(Refusal::BadSignature { header }) }
}

fn verify_gitlab(headers: &Headers<'_>, body: &[u8], secret: &str) -> Result<(), Refusal> {
    let signature = headers.text("webhook-signature");
    let token = headers.text("x-gitlab-token");
    let signed = signature.is_some_and(|signature| fits_standard_webhook(headers, signature, body, secret));
    let told = token.is_some_and(|token| same_secret(secret.as_bytes(), token.as_bytes()));
    match (signature, token) {
        _ if signed | told => Ok(()),
        (None, None) => Err(Refusal::Unsigned { header: "X-Gitlab-Token" }),
        (Some(_), _) => Err(Refusal::BadSignature { header: "webhook-signature" }),
        (None, Some(_)) => Err(Refusal::BadSignature { header: "X-Gitlab-Token" }),
    }
}

/// The scheme of Standard Webhooks: several signatures may stand in one header, parted by spaces, while a secret is being changed. A secret that
/// is written `whsec_<base64>` stands for the decoded bytes.
fn fits_standard_webhook(headers: &Headers<'_>, signatures: &str, body: &[u8], secret: &str) -> bool {
    let (Some(id), Some(time)) = (headers.text("webhook-id"), headers.text("webhook-timestamp")) else { return false };
    let decoded = secret.strip_prefix("whsec_").and_then(|secret| STANDARD.decode(secret).ok());
    let parts: [&[u8]; 5] = [id.as_bytes(), b".", time.as_bytes(), b".", body];
    let guesses = signatures.split(' ').filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok());
    let fits = |guess: Vec<u8>| {
        is_hmac_sha256(secret.as_bytes(), &parts, &guess) | decoded.as_ref().is_some_and(|key| is_hmac_sha256(key, &parts, &guess))
    };
    // Nobody sends more than a few; a thousand would be somebody's attempt to keep us busy.
    guesses.take(8).any(fits)
}

#[cfg(test)]
mod tests;
