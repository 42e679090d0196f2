//! The settings of the whole system, for administrators.

use axum::{Json as Body, extract::State};
use kraken_control::Control;
use kraken_domain::{access::Role, settings::SystemSettings};
use kraken_protocol::api::{NewSettings, Problem, SettingsView, SlackView, SmtpView};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{auth::Auth, problem::Answer, request::SecretJson};

pub(crate) fn routes() -> OpenApiRouter<Control> {
    OpenApiRouter::new().routes(routes!(show, set))
}

/// The system's settings. Of secrets only whether they are set.
#[utoipa::path(get, path = "/api/settings", tag = "system", responses((status = 200, body = SettingsView), (status = 403, body = Problem)))]
async fn show(State(control): State<Control>, Auth(caller): Auth) -> Answer<Body<SettingsView>> {
    caller.require(None, Role::Admin)?;
    let (settings, version) = control.system_settings().await?;
    Ok(Body(view(settings, version)))
}

/// Sets all of the system's settings. Secrets that are absent stay as they are.
#[utoipa::path(put, path = "/api/settings", tag = "system", request_body = NewSettings,
    responses((status = 200, body = SettingsView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn set(State(control): State<Control>, Auth(caller): Auth, SecretJson(new): SecretJson<NewSettings>) -> Answer<Body<SettingsView>> {
    caller.require(None, Role::Admin)?;
    let (settings, version) = control.set_system_settings(new).await?;
    Ok(Body(view(settings, version)))
}

fn view(settings: SystemSettings, version: u64) -> SettingsView {
    let SystemSettings { public_url, smtp, slack } = settings;
    SettingsView {
        version,
        public_url,
        smtp: smtp.map(|smtp| SmtpView {
            server: smtp.server,
            port: smtp.port,
            security: smtp.security,
            user: smtp.user,
            password_set: smtp.password.is_some(),
            from: smtp.from,
        }),
        slack: slack.map(|slack| SlackView { api: slack.api, token_set: slack.token.is_some(), webhook_set: slack.webhook.is_some() }),
    }
}
