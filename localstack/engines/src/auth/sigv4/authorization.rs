//! Takes the `Authorization` header apart:
//! `AWS4-HMAC-SHA256 Credential=<key id>/<day>/<region>/<service>/aws4_request, SignedHeaders=a;b, Signature=<hex>`.

use http::HeaderMap;

use crate::auth::AuthError;

pub(super) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What the sender claims. Nothing in it is proven yet.
pub(super) struct Authorization {
    pub(super) access_key_id: String,
    /// The day of the scope, `YYYYMMDD`.
    pub(super) date: String,
    pub(super) region: String,
    pub(super) service: String,
    /// Lower-case names, in the sender's order (which is sorted if the sender is right).
    pub(super) signed_headers: Vec<String>,
    /// Lower-case hex.
    pub(super) signature: String,
}

impl Authorization {
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, AuthError> {
        let value = headers.get(http::header::AUTHORIZATION).ok_or(AuthError::MissingAuthenticationToken)?;
        let fields = value
            .to_str()
            .ok()
            .and_then(|text| text.strip_prefix(ALGORITHM))
            .and_then(|rest| rest.strip_prefix(' '))
            .ok_or_else(|| incomplete("the algorithm must be AWS4-HMAC-SHA256"))?;

        let credential = field(fields, "Credential")?;
        let mut scope = credential.split('/');
        let [Some(key), Some(date), Some(region), Some(service), Some("aws4_request"), None] =
            [scope.next(), scope.next(), scope.next(), scope.next(), scope.next(), scope.next()]
        else {
            return Err(incomplete("Credential must be <key id>/<day>/<region>/<service>/aws4_request"));
        };
        if date.len() != 8 {
            return Err(incomplete("the day in Credential must have the form 20260131"));
        }
        Ok(Self {
            access_key_id: key.to_owned(),
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            signed_headers: field(fields, "SignedHeaders")?.split(';').map(str::to_owned).collect(),
            signature: field(fields, "Signature")?.to_owned(),
        })
    }
}

fn field<'a>(fields: &'a str, name: &str) -> Result<&'a str, AuthError> {
    fields
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
        .filter(|value| !value.is_empty())
        .ok_or_else(|| incomplete(&format!("{name} is missing")))
}

fn incomplete(what: &str) -> AuthError {
    AuthError::IncompleteSignature(what.to_owned())
}
