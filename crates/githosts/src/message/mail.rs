//! E-mail: a subject, a plain text and an HTML of the same.
//!
//! Invariants: the subject is one line without control characters, so that it cannot begin another header; in the HTML everything that others wrote is
//! escaped, and addresses are links only if a person can follow them.

use super::{RunNews, words};
use crate::text::{one_line, shorten, web_link};

/// A mail without its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// One line of at most 200 characters.
    pub subject: String,
    /// Plain text, lines ended by `\n`.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// The mail that tells of a run.
pub fn mail(news: &RunNews) -> Mail {
    let headline = words::headline(news);
    Mail { subject: shorten(&one_line(&format!("[Kraken] {headline}")), 200), text: text(news, &headline), html: html(news, &headline) }
}

fn text(news: &RunNews, headline: &str) -> String {
    let mut lines = vec![headline.to_owned(), words::place(news), String::new()];
    lines.extend(words::note(news).map(|note| format!("{note}\n")));
    lines.extend(words::counts(news).into_iter().map(|(name, text)| format!("{name}: {text}")));
    let (changes, more) = words::changes(news);
    if !changes.is_empty() {
        lines.push("\nChanges:".to_owned());
        lines.extend(changes.iter().map(|change| format!("  {} {} ({})", change.id, change.title, change.author)));
    }
    if more > 0 {
        lines.push(format!("  and {more} more"));
    }
    lines.extend(web_link(&news.url).map(|url| format!("\n{url}")));
    lines.push(String::new());
    lines.join("\n")
}

fn html(news: &RunNews, headline: &str) -> String {
    let link = |url: Option<&str>, text: &str| match url {
        Some(url) => format!("<a href=\"{}\">{}</a>", escaped(url), escaped(text)),
        None => escaped(text),
    };
    let mut out =
        format!("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{0}</title></head><body>\n<h2>{0}</h2>\n", escaped(headline));
    out.push_str(&format!("<p>{}</p>\n", link(web_link(&news.url), &words::place(news))));
    if let Some(note) = words::note(news) {
        out.push_str(&format!("<p>{}</p>\n", escaped(&note)));
    }
    out.push_str("<table>\n");
    for (name, text) in words::counts(news) {
        out.push_str(&format!("<tr><th align=\"left\">{name}</th><td>{}</td></tr>\n", escaped(&text)));
    }
    out.push_str("</table>\n");
    let (changes, more) = words::changes(news);
    if !changes.is_empty() {
        out.push_str("<h3>Changes</h3>\n<ul>\n");
        for change in &changes {
            let id = link(change.url.as_deref(), &change.id);
            out.push_str(&format!("<li>{id} {} ({})</li>\n", escaped(&change.title), escaped(&change.author)));
        }
        if more > 0 {
            out.push_str(&format!("<li>and {more} more</li>\n"));
        }
        out.push_str("</ul>\n");
    }
    out.push_str("</body></html>\n");
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}
