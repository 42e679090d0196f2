//! The policies of the deployed roles, and what each of their statements allows.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::aws::{Aws, Denial};

/// The policy of one role.
#[derive(Debug)]
pub(crate) struct Policy {
    /// The function whose role it is, or `agents`.
    pub(crate) of: String,
    role: String,
    name: String,
    document: Value,
}

/// One statement.
#[derive(Debug)]
pub(crate) struct Right<'a> {
    pub(crate) sid: &'a str,
    actions: Vec<&'a str>,
    resources: Vec<&'a str>,
}

impl Policy {
    /// Those of all functions, and of the role behind agents' credentials.
    pub(crate) async fn all(account: &Aws) -> Result<Vec<Self>> {
        let mut roles = Vec::new();
        for function in account.functions().await? {
            let configuration = account.function(&function).await?;
            roles.push((function, configuration["Role"].clone()));
            if let role @ Value::String(_) = &configuration["Environment"]["Variables"]["KRAKEN_AGENT_ROLE"] {
                roles.push(("agents".to_owned(), role.clone()));
            }
        }
        let mut policies = Vec::new();
        for (of, arn) in roles {
            let role = arn.as_str().and_then(|arn| arn.rsplit('/').next()).context("a function has a role")?.to_owned();
            let names = account.iam("ListRolePolicies", &[("RoleName", &role)]).await?;
            for name in between(&names, "<member>", "</member>") {
                let given = account.iam("GetRolePolicy", &[("RoleName", &role), ("PolicyName", name)]).await?;
                let document = between(&given, "<PolicyDocument>", "</PolicyDocument>").next().context("a policy has a document")?;
                let document = serde_json::from_str(&unescaped(document)?)?;
                policies.push(Self { of: of.clone(), role: role.clone(), name: name.to_owned(), document });
            }
        }
        Ok(policies)
    }

    /// Its statements. One without a name is called so.
    pub(crate) fn rights(&self) -> impl Iterator<Item = Right<'_>> {
        self.document["Statement"].as_array().into_iter().flatten().map(|statement| Right {
            sid: statement["Sid"].as_str().unwrap_or("a statement without a name"),
            actions: texts(&statement["Action"]),
            resources: texts(&statement["Resource"]),
        })
    }

    /// Whether it is the policy of who was refused something.
    pub(crate) fn is_of(&self, denial: &Denial) -> bool {
        denial.principal.split('/').any(|part| part == self.role)
    }

    /// Puts it back as it was deployed.
    pub(crate) async fn restore(&self, account: &Aws) -> Result<()> {
        self.put(account, &self.document).await
    }

    /// Puts it back without one statement.
    pub(crate) async fn restore_without(&self, account: &Aws, sid: &str) -> Result<()> {
        let mut document = self.document.clone();
        document["Statement"].as_array_mut().context("a policy has statements")?.retain(|statement| statement["Sid"] != sid);
        self.put(account, &document).await
    }

    async fn put(&self, account: &Aws, document: &Value) -> Result<()> {
        let document = document.to_string();
        let parameters = [("RoleName", self.role.as_str()), ("PolicyName", &self.name), ("PolicyDocument", &document)];
        account.iam("PutRolePolicy", &parameters).await.map(drop)
    }
}

impl Right<'_> {
    /// Whether it would have allowed what was refused.
    pub(crate) fn allows(&self, denial: &Denial) -> bool {
        let matches = |pattern: &str, text: &str| match pattern.split_once('*') {
            // The deployment's wildcards stand at the end.
            Some((beginning, _)) => text.starts_with(beginning),
            None => pattern == text,
        };
        let action = self.actions.iter().any(|action| action.eq_ignore_ascii_case(&denial.action));
        action && self.resources.iter().any(|resource| matches(resource, &denial.resource))
    }
}

/// A policy says one thing as a text and several as a list.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        several => several.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
    }
}

fn between<'a>(text: &'a str, begin: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(begin).skip(1).filter_map(move |part| part.split(end).next())
}

/// Undoes the escapes of an address, in which the service gives documents.
fn unescaped(text: &str) -> Result<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, tail @ ..] = rest {
        match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&[*high, *low])?, 16)?);
                rest = tail;
            }
            _ => {
                bytes.push(if *first == b'+' { b' ' } else { *first });
                rest = tail;
            }
        }
    }
    Ok(String::from_utf8(bytes)?)
}
