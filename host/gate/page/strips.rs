//! The drawings.
//!
//! A part of the space is a cell. What there is of a layer in it is drawn as wide as its share, and never narrower than a mark.

use std::net::Ipv4Addr;

use maud::{Markup, PreEscaped, html};

use super::layers::{Layer, Layers};

/// Strips that are drawn: 48, some screens. Those with too many or missing addresses come first.
const MOST_STRIPS: usize = 48;

/// Width and height of a cell of the overview.
const CELL: u32 = 40;

/// Width of a part of a strip, and height of a strip.
const PART: u32 = 4;
const HEIGHT: u32 = 34;

/// The narrowest mark that an eye finds.
const MARK: u64 = 3;

/// The hatching of too many and the dots of undecided, once for the whole page: colour alone does not tell them apart.
pub(super) fn patterns() -> Markup {
    PreEscaped(
        r#"<svg width="0" height="0" aria-hidden="true"><defs><pattern id="hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="4" height="4" class="over-ground"/><rect width="1.4" height="4" class="over-line"/></pattern><pattern id="dots" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" class="unsure-ground"/><circle cx="2" cy="2" r="0.9" class="unsure-dot"/></pattern></defs></svg>"#
            .to_owned(),
    )
}

/// A square in the colour of a layer.
pub(super) fn swatch(layer: Layer) -> Markup {
    html! {
        svg width="14" height="14" aria-hidden="true" { rect x="1" y="1" width="12" height="12" class=(layer.class()) {} }
    }
}

/// The 256 networks /8.
pub(super) fn overview(layers: &Layers) -> Markup {
    let side = 16 * CELL;
    html! {
        svg.overview viewBox=(format!("0 0 {side} {side}")) role="img" aria-labelledby="overview-title" {
            title id="overview-title" { "The address space by first octet: " (summary(layers, 0, u32::MAX)) }
            @for octet in 0..256_u32 {
                @let (x, y) = (octet % 16 * CELL, octet / 16 * CELL);
                @let (first, last) = (octet << 24, octet << 24 | 0x00ff_ffff);
                g {
                    title { (octet) ".0.0.0/8: " (summary(layers, first, last)) }
                    rect.cell x=(x + 1) y=(y + 1) width=(CELL - 2) height=(CELL - 2) {}
                    (cell(layers, first, last, x + 1, y + 1, u64::from(CELL - 2), CELL - 2))
                    text.octet x=(x + CELL / 2) y=(y + CELL / 2 + 4) { (octet) }
                }
            }
        }
    }
}

/// What there is in a cell, side by side.
fn cell(layers: &Layers, first: u32, last: u32, x: u32, y: u32, width: u64, height: u32) -> Markup {
    let size = u64::from(last) - u64::from(first) + 1;
    let mut at = 0;
    let parts: Vec<(Layer, u64, u64)> = Layer::ALL
        .into_iter()
        .filter_map(|layer| {
            let count = layers.within(layer, first, last);
            let wide = (count * width / size)
                .max(if count > 0 { MARK.min(width) } else { 0 })
                .min(width - at.min(width));
            let from = at;
            at += wide;
            (wide > 0).then_some((layer, from, wide))
        })
        .collect();
    html! {
        @for (layer, from, wide) in parts {
            rect class=(layer.class()) x=(u64::from(x) + from) y=(y) width=(wide) height=(height) {}
        }
    }
}

/// What there is from the first to the last address, in words.
fn summary(layers: &Layers, first: u32, last: u32) -> String {
    let parts: Vec<String> = Layer::ALL
        .into_iter()
        .filter_map(|layer| {
            let count = layers.within(layer, first, last);
            let what = match layer {
                Layer::In => "let in",
                Layer::Over => "too many",
                Layer::Gap => "missing",
                Layer::Unsure => "undecided",
            };
            (count > 0).then(|| format!("{} {what}", super::grouped(count)))
        })
        .collect();
    if parts.is_empty() {
        "nothing".to_owned()
    } else {
        parts.join(", ")
    }
}

/// A network in 256 parts.
#[derive(Clone, Copy)]
struct Strip {
    first: u32,
    /// 8, 16 or 24.
    bits: u32,
}

impl Strip {
    fn last(self) -> u32 {
        self.first | u32::MAX >> self.bits
    }

    /// Whether all of it is the same, so that nobody needs to see its parts.
    fn is_plain(self, layers: &Layers) -> bool {
        let size = 1_u64 << (32 - self.bits);
        let counts = Layer::ALL.map(|layer| layers.within(layer, self.first, self.last()));
        counts.iter().all(|count| *count == 0) || counts.contains(&size)
    }

    fn is_amiss(self, layers: &Layers) -> bool {
        [Layer::Over, Layer::Gap]
            .iter()
            .any(|layer| layers.within(*layer, self.first, self.last()) > 0)
    }
}

/// The networks in which there is something, from large to small.
pub(super) fn strips(layers: &Layers) -> Markup {
    let (shown, left_out) = chosen(layers);
    if shown.is_empty() {
        return html! {};
    }
    html! {
        section {
            h2 { "Where there is something" }
            p { "Each strip is a network in 256 parts, from its first address on the left to its last on the right." }
            @for strip in shown { (draw(layers, strip)) }
            @if left_out > 0 {
                p.where { (super::grouped(left_out)) " more networks are not drawn; the lists below have them." }
            }
        }
    }
}

/// Those that are drawn, in order, and how many are not.
fn chosen(layers: &Layers) -> (Vec<Strip>, u64) {
    let mut found: Vec<Strip> = Vec::new();
    let mut left_out = 0;
    let mut level: Vec<Strip> = (0..256)
        .map(|octet| Strip {
            first: octet << 24,
            bits: 8,
        })
        .collect();
    for bits in [8, 16, 24] {
        let (mut amiss, others): (Vec<Strip>, Vec<Strip>) = level
            .into_iter()
            .filter(|strip| !strip.is_plain(layers))
            .partition(|strip| strip.is_amiss(layers));
        let total = amiss.len() + others.len();
        amiss.extend(others);
        amiss.truncate(MOST_STRIPS / 3);
        left_out += (total - amiss.len()) as u64;
        amiss.sort_by_key(|strip| strip.first);
        found.extend(&amiss);
        // The parts of what is not drawn are not looked at either: there may be millions.
        let parts = |strip: Strip| {
            (0..256_u32).map(move |part| Strip {
                first: strip.first | part << (24 - bits),
                bits: bits + 8,
            })
        };
        level = if bits == 24 {
            Vec::new()
        } else {
            amiss.into_iter().flat_map(parts).collect()
        };
    }
    found.sort_by_key(|strip| (strip.first, strip.bits));
    (found, left_out)
}

fn draw(layers: &Layers, strip: Strip) -> Markup {
    let width = 256 * PART;
    let (first, last) = (Ipv4Addr::from(strip.first), Ipv4Addr::from(strip.last()));
    let below = 24 - strip.bits;
    html! {
        figure class=(format!("level{}", strip.bits)) {
            figcaption { strong { (first) "/" (strip.bits) } " " span.where { (summary(layers, strip.first, strip.last())) } }
            svg.strip viewBox=(format!("0 0 {width} {HEIGHT}")) preserveAspectRatio="none" role="img" {
                title { (first) " to " (last) ": " (summary(layers, strip.first, strip.last())) }
                rect.cell x="0" y="0" width=(width) height=(HEIGHT) {}
                @for part in 0..256_u32 {
                    @let from = strip.first | part << below;
                    @let to = from | (if below == 0 { 0 } else { u32::MAX >> (32 - below) });
                    @if Layer::ALL.iter().any(|layer| layers.within(*layer, from, to) > 0) {
                        (stacked(layers, from, to, part * PART))
                    }
                }
            }
            p.ends { span { (first) } span { (last) } }
        }
    }
}

/// A part of a strip, its layers above each other: too many on top, where it is seen first.
fn stacked(layers: &Layers, first: u32, last: u32, x: u32) -> Markup {
    let size = u64::from(last) - u64::from(first) + 1;
    let height = u64::from(HEIGHT);
    let mut at = 0;
    let parts: Vec<(Layer, u64, u64)> = [Layer::Over, Layer::Gap, Layer::Unsure, Layer::In]
        .into_iter()
        .filter_map(|layer| {
            let count = layers.within(layer, first, last);
            let least = match layer {
                // What is amiss must be seen.
                Layer::Over | Layer::Gap => height / 2,
                Layer::In | Layer::Unsure => 2 * MARK,
            };
            let high = (count * height / size)
                .max(if count > 0 { least } else { 0 })
                .min(height - at.min(height));
            let from = at;
            at += high;
            (high > 0).then_some((layer, from, high))
        })
        .collect();
    html! {
        @for (layer, from, high) in parts { rect class=(layer.class()) x=(x) y=(from) width=(PART) height=(high) {} }
    }
}
