//! What people read of the gate's answers.

use std::fmt::Write;
use std::net::Ipv4Addr;

use anstyle::{AnsiColor, Color, Style};

use crate::finding::printable;
use crate::gate::space::AddressSpace;
use crate::gate::{AddressConditionTold, AddressesTold, ConditionTold, Drawn, ExplanationTold, Part, Request};
use crate::report::Look;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Green))).bold();
const BAD: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Red))).bold();
const UNSURE: Style = Style::new().fg_color(Some(Color::Ansi(AnsiColor::Yellow))).bold();

/// Networks that are listed of a set: 24, a screen. JSON has them all.
const MOST_LISTED: usize = 24;

/// Writes text in a style, or plain.
struct Page {
    text: String,
    look: Look,
}

impl Page {
    fn new(look: Look) -> Self {
        Self {
            text: String::new(),
            look,
        }
    }

    fn styled(&mut self, style: Style, text: &str) -> &mut Self {
        let text = printable(text);
        // Writing to a string does not fail.
        let _ = if self.look.colour {
            write!(self.text, "{style}{text}{style:#}")
        } else {
            write!(self.text, "{text}")
        };
        self
    }

    fn plain(&mut self, text: &str) -> &mut Self {
        self.text.push_str(&printable(text));
        self
    }

    fn end(&mut self) {
        self.text.push('\n');
    }
}

/// What happens with a request.
pub(super) fn explanation(told: &ExplanationTold, asked: &Request, look: Look) -> String {
    let mut page = Page::new(look);
    page.styled(BOLD, &request(asked)).end();
    heading(&mut page, &told.policy, &told.file, told.line);
    page.styled(DIM, &format!("read as httpd {}: {}", told.httpd, told.httpd_because))
        .end();
    page.end();
    for told in &told.conditions {
        condition(&mut page, told);
    }
    if told.conditions.is_empty() {
        page.styled(DIM, "No condition was looked at.").end();
    }
    page.end();
    let (style, word) = match told.decision {
        "allow" => (GOOD, "ALLOW".to_owned()),
        "undecided" => (UNSURE, "UNDECIDED".to_owned()),
        decision => (BAD, format!("{} {}", decision.to_uppercase(), told.status)),
    };
    page.styled(style, &word).plain("  ").plain(&told.summary).end();
    for remark in &told.remarks {
        page.styled(DIM, &format!("note: {remark}")).end();
    }
    page.text
}

/// The request in a line.
pub(super) fn request(asked: &Request) -> String {
    let target = String::from_utf8_lossy(&asked.target);
    let mut line = format!("{} {target}", asked.method);
    if !asked.address.is_unspecified() {
        let _ = write!(line, " from {}", asked.address);
    }
    for (name, value) in asked.headers.iter().filter(|(name, _)| name != "Host") {
        let _ = write!(line, ", {name}: {}", String::from_utf8_lossy(value));
    }
    for name in &asked.unknown {
        let _ = write!(line, ", {name} unknown");
    }
    line
}

fn heading(page: &mut Page, policy: &str, file: &str, line: u32) {
    page.plain(policy)
        .plain("  ")
        .styled(DIM, &format!("{file}:{line}"))
        .end();
}

fn condition(page: &mut Page, told: &ConditionTold) {
    let (style, mark) = match (
        told.verdict,
        page.look.colour || page.look.glyphs == crate::report::Glyphs::UNICODE,
    ) {
        ("held", true) => (GOOD, "✓"),
        ("held", false) => (GOOD, "+"),
        ("failed", true) => (BAD, "✗"),
        ("failed", false) => (BAD, "x"),
        ("unknown", _) => (UNSURE, "?"),
        _ => (DIM, "-"),
    };
    page.styled(style, mark)
        .plain(" ")
        .styled(DIM, &format!("{}:{}", told.file, told.line))
        .end();
    page.plain("    ").styled(BOLD, &told.text).end();
    if !told.value.is_empty() {
        page.plain("    compared with  ").plain(&told.value).end();
    }
    page.plain("    ").plain(&told.note).end();
}

/// Which addresses are let in.
pub(super) fn addresses(told: &AddressesTold, drawn: &Drawn, asked: &Request, look: Look) -> String {
    let mut page = Page::new(look);
    page.styled(BOLD, &request(asked)).end();
    heading(&mut page, &told.policy, &told.file, told.line);
    page.end();
    set(&mut page, BOLD, "let in", told.count, &drawn.admitted);
    if let (Some(part), Some(intended)) = (&told.intended, &drawn.intended) {
        set(&mut page, DIM, "intended", part.count, intended);
        let too_many = drawn.admitted.without(intended);
        let missing = intended.without(&drawn.admitted).without(&drawn.undecided);
        let style = |part: &Option<Part>| {
            if part.as_ref().is_some_and(|part| part.count > 0) {
                BAD
            } else {
                GOOD
            }
        };
        let count = |part: &Option<Part>| part.as_ref().map_or(0, |part| part.count);
        set(
            &mut page,
            style(&told.too_many),
            "too many",
            count(&told.too_many),
            &too_many,
        );
        set(
            &mut page,
            style(&told.missing),
            "missing",
            count(&told.missing),
            &missing,
        );
    } else {
        page.styled(
            DIM,
            "Say with --intended which networks are meant, and they are compared.",
        )
        .end();
    }
    if told.undecided.count > 0 {
        set(&mut page, UNSURE, "undecided", told.undecided.count, &drawn.undecided);
    }
    if !told.conditions.is_empty() {
        page.end();
        page.styled(BOLD, "Conditions on addresses, and what each finds by itself")
            .end();
    }
    for condition in &told.conditions {
        address_condition(&mut page, condition);
    }
    if !told.ipv6.is_empty() {
        page.plain("IPv6, decided one by one: ")
            .plain(&told.ipv6.join(", "))
            .end();
    }
    for note in &told.notes {
        page.styled(DIM, &format!("note: {note}")).end();
    }
    page.text
}

fn set(page: &mut Page, style: Style, name: &str, count: u64, space: &AddressSpace) {
    page.styled(style, &format!("{name:<10}"))
        .plain(" ")
        .plain(&grouped(count));
    page.plain(if count == 1 { " address" } else { " addresses" }).end();
    for &(first, last) in space.ranges().iter().take(MOST_LISTED) {
        let range = match first == last {
            true => Ipv4Addr::from(first).to_string(),
            false => format!("{} – {}", Ipv4Addr::from(first), Ipv4Addr::from(last)),
        };
        page.plain("           ")
            .plain(&format!("{range:<33} "))
            .styled(DIM, &first_networks(AddressSpace::of([(first, last)]).networks()))
            .end();
    }
    let beyond = space.ranges().len().saturating_sub(MOST_LISTED);
    if beyond > 0 {
        let beyond = format!("{} ranges more; --format json lists them", grouped(beyond as u64));
        page.plain("           ").styled(DIM, &beyond).end();
    }
}

/// Networks in a line, the first few of them.
fn first_networks<N: ToString>(networks: impl Iterator<Item = N>) -> String {
    let mut listed: Vec<String> = networks.take(7).map(|network| network.to_string()).collect();
    if let Some(seventh) = listed.get_mut(6) {
        "…".clone_into(seventh);
    }
    listed.join(", ")
}

fn address_condition(page: &mut Page, condition: &AddressConditionTold) {
    page.styled(DIM, &format!("{}:{}", condition.file, condition.line))
        .plain("  ")
        .plain(&condition.text)
        .end();
    let networks = match condition.networks.is_empty() {
        true => String::new(),
        false => format!(": {}", first_networks(condition.networks.iter())),
    };
    page.plain("    ")
        .plain(&grouped(condition.count))
        .plain(&networks)
        .end();
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
