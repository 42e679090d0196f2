//! Badges, drawn here.

use kraken_domain::run::RunResult;

use super::{standing::Standing, xml::escaped};

/// A state in a word and its colours; those of the web UI in the light theme, white on them readable at 4.5:1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    text: &'static str,
    colour: &'static str,
}

/// How a branch stands.
pub(super) fn word(standing: &Standing) -> Word {
    match standing.result() {
        Some(RunResult::Ok) => Word { text: "passing", colour: "#1a6b58" },
        Some(RunResult::Error) => Word { text: "failing", colour: "#9a1408" },
        Some(RunResult::Cancelled) => Word { text: "cancelled", colour: "#656f7a" },
        None if standing.flows.is_empty() => Word { text: "no flows", colour: "#656f7a" },
        None => Word { text: "not finished", colour: "#656f7a" },
    }
}

/// Widths of printable ASCII in Verdana at 11 px, in tenths of a pixel, from space to tilde; wider ones count as the widest.
const WIDTHS: [u32; 95] = [
    39, 43, 50, 90, 70, 118, 80, 30, 50, 50, 70, 90, 40, 50, 40, 50, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 50, 50, 90, 90, 90, 60, 110,
    75, 75, 77, 85, 70, 63, 85, 83, 46, 50, 76, 61, 93, 82, 87, 66, 87, 76, 75, 68, 81, 75, 109, 75, 68, 75, 50, 50, 50, 90, 70, 70, 66,
    69, 57, 69, 66, 39, 69, 70, 30, 38, 65, 30, 107, 70, 67, 69, 69, 47, 57, 43, 70, 65, 90, 65, 65, 58, 70, 50, 70, 90,
];

fn width_px(text: &str) -> u32 {
    let tenths: u32 = text.chars().map(|c| WIDTHS.get((c as usize).wrapping_sub(32)).copied().unwrap_or(118)).sum();
    tenths.div_ceil(10)
}

/// A badge that says `label: word`. `textLength` keeps the text in its field whatever font shows it.
pub(super) fn svg(label: &str, word: Word) -> String {
    let (left, right) = (width_px(label), width_px(word.text));
    let (label_w, word_w) = (left + 10, right + 10);
    let total = label_w + word_w;
    let (label_x, word_x) = (label_w / 2, label_w + word_w / 2);
    let (label, text, colour) = (escaped(label), escaped(word.text), word.colour);
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="20" role="img" aria-label="{label}: {text}"><title>{label}: {text}</title><clipPath id="r"><rect width="{total}" height="20" rx="3"/></clipPath><g clip-path="url(#r)"><rect width="{label_w}" height="20" fill="#2c3440"/><rect x="{label_w}" width="{word_w}" height="20" fill="{colour}"/></g><g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11"><text x="{label_x}" y="14" textLength="{left}">{label}</text><text x="{word_x}" y="14" textLength="{right}">{text}</text></g></svg>"##
    )
}
