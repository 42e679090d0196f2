//! Mails, by SMTP (RFC 5321).

use std::time::Duration;

use kraken_control::notices::MailServer;
use kraken_domain::{notice::Answer, settings::SmtpSecurity};
use kraken_githosts::message::Mail;
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
    },
};

/// How long each exchange with the server may take.
const EXCHANGE_WITHIN: Duration = Duration::from_secs(10);
/// How long a whole mail may take.
const WITHIN: Duration = Duration::from_secs(30);

/// Sends a mail once.
pub(super) async fn send(server: &MailServer, to: &[String], key: &str, mail: Mail) -> Answer {
    let message = match letter(&server.from, to, key, mail) {
        Ok(message) => message,
        Err(why) => return Answer::Never(why),
    };
    let transport = match transport(server) {
        Ok(transport) => transport,
        Err(why) => return Answer::Never(why),
    };
    match tokio::time::timeout(WITHIN, transport.send(message)).await {
        Err(_) => Answer::Later { after_s: None, why: format!("the mail server did not take it within {} s", WITHIN.as_secs()) },
        Ok(Ok(taken)) => {
            let said = taken.message().collect::<Vec<_>>().join(" ");
            Answer::Taken(format!("{} {said}", taken.code()).trim().to_owned())
        }
        Ok(Err(error)) if error.is_permanent() => Answer::Never(format!("the mail server does not take it: {error}")),
        Ok(Err(error)) => Answer::Later { after_s: None, why: format!("the mail server: {error}") },
    }
}

fn transport(server: &MailServer) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let encrypted = || TlsParameters::new(server.server.clone()).map_err(|error| format!("no TLS to the mail server can be made: {error}"));
    let tls = match server.security {
        SmtpSecurity::Tls => Tls::Wrapper(encrypted()?),
        SmtpSecurity::Starttls => Tls::Required(encrypted()?),
        SmtpSecurity::None => Tls::None,
    };
    let builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.server);
    let mut builder = builder.port(server.port).tls(tls).timeout(Some(EXCHANGE_WITHIN));
    if let Some((user, password)) = &server.login {
        builder = builder.credentials(Credentials::new(user.clone(), password.to_string()));
    }
    Ok(builder.build())
}

fn letter(from: &str, to: &[String], key: &str, mail: Mail) -> Result<Message, String> {
    // The text is not shown: whoever reads why need not know whom else the mail was for.
    let mailbox = |text: &str, which: &str| {
        text.parse::<Mailbox>().map_err(|error| format!("{which} is no mailbox ({error}): expected name@example.com"))
    };
    let from = mailbox(from, "the sender in the system's settings")?;
    // The same each time, so that a mailbox that gets it twice can show it once.
    let id = format!("<{}@{}>", key.replace(':', "."), from.email.domain());
    let mut letter = Message::builder().from(from).subject(mail.subject).message_id(Some(id));
    for (one, number) in to.iter().zip(1..) {
        letter = letter.to(mailbox(one, &format!("recipient {number} of {}", to.len()))?);
    }
    // No program is to answer it (RFC 3834).
    letter = letter.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    letter
        .multipart(MultiPart::alternative_plain_html(mail.text, mail.html))
        .map_err(|error| format!("the mail cannot be written: {error}"))
}

#[cfg(test)]
mod tests;
