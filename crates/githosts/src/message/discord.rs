//! Discord: one embed, as <https://discord.com/developers/docs/resources/webhook#execute-webhook> has it.
//!
//! Limits (<https://discord.com/developers/docs/resources/message#embed-object-embed-limits>): 256 characters in a title, 4,096 in a description, 25
//! fields of 256 and 1,024, 6,000 in all. Nobody is called, whatever a commit's message says: `allowed_mentions` is empty.

use serde_json::json;

use super::{RunNews, RunResult, words};
use crate::{
    Auth, Request,
    text::{shorten, web_link},
};

/// Characters of the description: with title and fields, below what an embed may have in all.
const DESCRIPTION_MAX: usize = 3_500;

/// The message for a Discord webhook. Its address is the secret: it becomes the request's.
pub fn discord(news: &RunNews, webhook: &str) -> Request {
    let place = escaped(&words::place(news));
    let mut lines = vec![place];
    lines.extend(words::note(news).map(|note| escaped(&note)));
    let (changes, more) = words::changes(news);
    for change in &changes {
        let id = match &change.url {
            Some(url) => format!("[{}](<{url}>)", escaped(&change.id)),
            None => format!("`{}`", change.id.replace('`', "'")),
        };
        lines.push(format!("{id} {} ({})", escaped(&change.title), escaped(&change.author)));
    }
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    let fields = words::counts(news).into_iter().map(|(name, text)| json!({"name": name, "value": shorten(&text, 1_024), "inline": true}));
    let mut embed = json!({
        "title": shorten(&escaped(&words::headline(news)), 256),
        "description": description(&lines),
        "color": color(news.result),
        "fields": fields.collect::<Vec<_>>(),
    });
    if let Some(url) = web_link(&news.url) {
        embed["url"] = url.into();
    }
    let body = json!({"username": "Kraken", "allowed_mentions": {"parse": []}, "embeds": [embed]});
    Request::post(webhook.to_owned(), Auth::None, body.to_string())
}

/// As many whole lines as fit.
fn description(lines: &[String]) -> String {
    let mut text = String::new();
    for line in lines {
        if text.encode_utf16().count() + line.encode_utf16().count() + 1 > DESCRIPTION_MAX {
            break;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(line);
    }
    text
}

fn color(result: RunResult) -> u32 {
    match result {
        RunResult::Running => 0x3b_82_f6,
        RunResult::Passed => 0x16_a3_4a,
        RunResult::NewFailures | RunResult::JobErrors => 0xdc_26_26,
        RunResult::Broken => 0x9f_12_39,
        RunResult::Cancelled => 0x6b_72_80,
    }
}

/// Discord's Markdown: <https://support.discord.com/hc/en-us/articles/210298617>. A backslash makes any sign a plain one.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if "\\*_~`|>#[]()<@-+:".contains(character) {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
