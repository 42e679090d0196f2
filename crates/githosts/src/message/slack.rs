//! Slack: blocks, as <https://docs.slack.dev/reference/block-kit/blocks/> has them.
//!
//! Limits: 150 characters in a header, 3,000 in a section's text, 2,000 in each of its at most 10 fields, 50 blocks. In `mrkdwn`, `&`, `<` and `>`
//! are what calls people and makes links, so those of others are escaped
//! (<https://docs.slack.dev/messaging/formatting-message-text/#escaping>).

use serde_json::{Value, json};

use super::{RunNews, words};
use crate::{
    Auth, Request,
    text::{shorten, web_link},
};

/// Where a message goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SlackTarget<'a> {
    /// A channel, with a bot's token as credentials: <https://docs.slack.dev/reference/methods/chat.postMessage>.
    Channel(&'a str),
    /// An incoming webhook. Its address is the secret: it becomes the request's.
    Webhook(&'a str),
}

/// The message for Slack. `api`: the API's address, `https://slack.com/api` where it is Slack's own.
pub fn slack(news: &RunNews, api: &str, target: SlackTarget<'_>) -> Request {
    let mut body = json!({
        "text": shorten(&escaped(&words::headline(news)), 3_000),
        "blocks": blocks(news),
        "unfurl_links": false,
        "unfurl_media": false,
    });
    match target {
        SlackTarget::Webhook(url) => Request::post(url.to_owned(), Auth::None, body.to_string()),
        SlackTarget::Channel(channel) => {
            body["channel"] = channel.into();
            Request::post(format!("{}/chat.postMessage", api.trim_end_matches('/')), Auth::Bearer, body.to_string())
        }
    }
}

fn blocks(news: &RunNews) -> Vec<Value> {
    let section = |text: String| json!({"type": "section", "text": {"type": "mrkdwn", "text": cut(&text, 3_000)}});
    let header = json!({"type": "header", "text": {"type": "plain_text", "text": shorten(&words::headline(news), 150), "emoji": false}});
    let place = escaped(&words::place(news));
    let place = match web_link(&news.url) {
        Some(url) => format!("<{}|{}>", linked(url), place.replace('|', "/")),
        None => place,
    };
    let fields =
        words::counts(news).into_iter().map(|(name, text)| json!({"type": "mrkdwn", "text": format!("*{name}*\n{}", escaped(&text))}));
    let mut blocks = vec![header, section(place), json!({"type": "section", "fields": fields.collect::<Vec<_>>()})];
    if let Some(note) = words::note(news) {
        blocks.push(section(escaped(&note)));
    }
    let (changes, more) = words::changes(news);
    if !changes.is_empty() {
        let line = |change: &words::Line| {
            let id = match &change.url {
                Some(url) => format!("<{}|{}>", linked(url), escaped(&change.id)),
                None => escaped(&change.id),
            };
            format!("• {id} {} ({})", escaped(&change.title), escaped(&change.author))
        };
        let mut text = changes.iter().map(line).collect::<Vec<_>>();
        if more > 0 {
            text.push(format!("and {more} more"));
        }
        blocks.push(section(lines_within(&text, 3_000)));
    }
    blocks
}

/// As many whole lines as fit: a line that is cut in a link would show its insides.
fn lines_within(lines: &[String], max: usize) -> String {
    let mut text = String::new();
    for line in lines {
        if text.encode_utf16().count() + line.encode_utf16().count() + 1 > max {
            break;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
    text
}

/// Cut, and not in the middle of an escaped character.
fn cut(text: &str, max: usize) -> String {
    let short = shorten(text, max);
    if short == text {
        return short;
    }
    match (short.rfind('&'), short.rfind(';')) {
        (Some(start), end) if end.is_none_or(|end| end < start) && short.len() - start < 8 => format!("{}…", &short[..start]),
        _ => short,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// An address inside of `<…|…>`.
fn linked(url: &str) -> String {
    escaped(url).replace('|', "%7C")
}
