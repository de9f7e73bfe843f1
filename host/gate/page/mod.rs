//! A page that draws the address space: what a gate lets in beside what was intended.
//!
//! Comes in: an answer about addresses with the sets behind it. Goes out: one file of HTML that needs nothing else: no script, no
//! picture, no font from elsewhere. Never here: deciding.
//!
//! ```text
//!   sets ─► layers: as intended, too many, missing, undecided ─┬─► overview: the 256 networks /8
//!                                                              └─► strips: where there is something, /16, /24, addresses
//! ```
//!
//! A leak of sixteen addresses is a hundred-millionth of the space and must be seen: every part that has some of a layer shows at
//! least a mark of it. HTML is put together by the crate `maud`, which escapes what stands in it.

mod layers;
mod strips;
mod style;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{AddressesTold, Drawn};
use layers::{Layer, Layers};

/// Ranges that are listed of a layer: 200. JSON has them all.
const MOST_LISTED: usize = 200;

/// Why a page cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the page would be larger than {0} MiB")]
pub struct PageError(usize);

/// The largest page: 8 MiB, which a browser still opens at once.
const LARGEST: usize = 8 << 20;

/// The page of one policy; `asked` is the request in words.
///
/// # Errors
///
/// If it becomes too large, which its limits do not let it.
pub fn render(told: &AddressesTold, drawn: &Drawn, asked: &str) -> Result<String, PageError> {
    let layers = Layers::of(drawn);
    let title = format!("Who gets in: {}", told.policy);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(style::CSS)) }
            }
            body {
                header {
                    h1 { (told.policy) }
                    p.where { (told.file) ":" (told.line) }
                    p { "Addresses from which " code { (asked) } " is let in." }
                }
                main {
                    (counts(told))
                    (verdict(told))
                    section {
                        h2 { "The whole of IPv4" }
                        p { "Each square is one network /8, from 0.0.0.0 to 255.255.255.255, sixteen in a row." }
                        (strips::patterns())
                        (strips::overview(&layers))
                        (legend(&layers))
                    }
                    (strips::strips(&layers))
                    (conditions(told))
                    (lists(&layers))
                    (notes(told))
                }
            }
        }
    };
    let page = page.into_string();
    if page.len() > LARGEST {
        return Err(PageError(LARGEST >> 20));
    }
    Ok(page)
}

fn counts(told: &AddressesTold) -> Markup {
    let cards = [
        ("let in", told.count, "in", true),
        (
            "intended",
            told.intended.as_ref().map_or(0, |part| part.count),
            "plain",
            told.intended.is_some(),
        ),
        (
            "too many",
            told.too_many.as_ref().map_or(0, |part| part.count),
            "over",
            told.too_many.is_some(),
        ),
        (
            "missing",
            told.missing.as_ref().map_or(0, |part| part.count),
            "gap",
            told.missing.is_some(),
        ),
        ("undecided", told.undecided.count, "unsure", told.undecided.count > 0),
    ];
    html! {
        ul.counts {
            @for (name, count, class, _) in cards.iter().filter(|card| card.3) {
                li class=(class) { span.number { (grouped(*count)) } " " span.name { (name) } }
            }
        }
    }
}

/// What there is to see, in a sentence.
fn verdict(told: &AddressesTold) -> Markup {
    let over = told.too_many.as_ref().map_or(0, |part| part.count);
    let gap = told.missing.as_ref().map_or(0, |part| part.count);
    let sentence = match (told.intended.is_some(), over, gap) {
        (false, ..) => "Nobody said which networks are meant: give --intended, and the two are compared.".to_owned(),
        (true, 0, 0) if told.undecided.count == 0 => "Exactly the intended addresses are let in.".to_owned(),
        (true, 0, 0) => "As far as it can be decided, the intended addresses are let in and no others.".to_owned(),
        (true, over, 0) => format!("{} addresses are let in that nobody intended.", grouped(over)),
        (true, 0, gap) => format!("{} intended addresses are not let in.", grouped(gap)),
        (true, over, gap) => format!(
            "{} addresses are let in that nobody intended, and {} intended ones are not.",
            grouped(over),
            grouped(gap)
        ),
    };
    html! { p.verdict { (sentence) } }
}

fn legend(layers: &Layers) -> Markup {
    html! {
        ul.legend {
            @for layer in layers.shown() {
                li { (strips::swatch(layer)) " " (layer.name(layers.is_compared)) }
            }
        }
    }
}

fn conditions(told: &AddressesTold) -> Markup {
    if told.conditions.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Conditions on addresses" }
            p { "What each finds by itself; a " code { "!" } " before a pattern turns it around." }
            div.wide {
                table {
                    thead { tr { th { "Where" } th { "Condition" } th.right { "Addresses" } th { "Networks" } } }
                    tbody {
                        @for condition in &told.conditions {
                            tr {
                                td { (condition.file) ":" (condition.line) }
                                td { code { (condition.text) } }
                                td.right { (grouped(condition.count)) }
                                td {
                                    (condition.networks.iter().take(8).cloned().collect::<Vec<_>>().join(", "))
                                    @if condition.networks.len() > 8 { ", …" }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn lists(layers: &Layers) -> Markup {
    html! {
        @for layer in layers.shown() {
            @let space = layers.space(layer);
            @if !space.is_empty() {
                section {
                    h2 { (layer.name(layers.is_compared)) ": " (grouped(space.count())) " addresses" }
                    details open[layer == Layer::Over || layer == Layer::Gap] {
                        summary { "As networks" }
                        p.networks {
                            @for network in space.networks().take(MOST_LISTED) { span { (network) } " " }
                        }
                        @if space.networks().nth(MOST_LISTED).is_some() {
                            p.where { "More than " (MOST_LISTED) " networks; casebook gate addresses --format json lists them." }
                        }
                    }
                }
            }
        }
    }
}

fn notes(told: &AddressesTold) -> Markup {
    if told.notes.is_empty() && told.ipv6.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Notes" }
            ul {
                @if !told.ipv6.is_empty() { li { "IPv6, decided address by address: " (told.ipv6.join(", ")) } }
                @for note in &told.notes { li { (note) } }
            }
        }
    }
}

/// A number with commas.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests;
