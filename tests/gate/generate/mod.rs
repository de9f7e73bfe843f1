//! Gates, and requests to them, made up from a seed.
//!
//! Comes in: a family and a seed. Goes out: the directives of a gate, and as many requests as are wanted; the same for the
//! same seed, everywhere. What httpd makes of them is its own business: some it refuses.

mod access;
mod article;
mod broken;
mod composed;
mod condition;
mod draw;
mod environment;
mod expression;
mod families;
mod login;
mod pattern;
mod requests;
mod rule;
mod surroundings;
mod world;
mod written;

pub use families::Family;
pub use requests::{Asked, request};

use draw::Draw;
use world::World;

/// A virtual host of a gate.
#[derive(Debug, Clone)]
pub struct Host {
    /// Its `ServerName`.
    pub name: String,
    /// Whether requests to names that nobody has reach it.
    pub is_first: bool,
}

/// A gate.
#[derive(Debug, Clone)]
pub struct Gate {
    pub family: Family,
    pub seed: u64,
    /// Modules beside those that every gate loads.
    pub modules: Vec<&'static str>,
    /// Its directives. `@documents@` is the root of the documents, `@port@` where httpd listens.
    pub lines: Vec<String>,
    /// Files beside it, below the server's root.
    pub files: Vec<(String, String)>,
    /// The virtual hosts in it.
    pub hosts: Vec<Host>,
    /// Whether it reads headers of a megabyte.
    pub reads_long: bool,
    world: World,
}

impl Gate {
    /// The gate of a seed.
    pub fn of(family: Family, seed: u64) -> Self {
        families::gate(family, seed, &mut Draw::new(seed ^ family.salt()))
    }

    /// Its directives as one text.
    pub fn text(&self) -> String {
        self.lines.join("\n") + "\n"
    }

    /// Requests to it.
    pub fn requests(&self, many: usize) -> Vec<Asked> {
        let mut draw = Draw::new(!self.seed ^ self.family.salt());
        (0..many).map(|_| request(&mut draw, self)).collect()
    }
}

/// An argument, in quotes where it needs them, and now and then where it does not.
fn word(draw: &mut Draw, text: &str) -> String {
    let needs = text.is_empty() || text.contains([' ', '"', '\'', '\t']);
    if needs || draw.chance(12) {
        quoted(text)
    } else {
        text.to_owned()
    }
}

/// An argument of mod_rewrite, which takes a line apart by itself: within quotes nothing is escaped.
fn rewrite_word(draw: &mut Draw, text: &str) -> String {
    let text = if text.contains('\'') {
        text.replace('"', "'")
    } else {
        text.to_owned()
    };
    let needs = text.is_empty() || text.contains([' ', '\t']) || text.starts_with(['"', '\'']);
    match text.contains('"') {
        _ if !needs && !draw.chance(12) => text,
        true => format!("'{text}'"),
        false => format!("\"{text}\""),
    }
}

/// An argument in quotes.
fn quoted(text: &str) -> String {
    // A backslash stands for itself, but before a quote, before another one and at the end.
    let mut quoted = String::from("\"");
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        let ambiguous = letter == '\\' && matches!(rest.peek(), None | Some('"' | '\\'));
        if letter == '"' || ambiguous {
            quoted.push('\\');
        }
        quoted.push(letter);
    }
    quoted.push('"');
    quoted
}

/// Lines one step further in.
fn within(opening: &str, lines: Vec<String>) -> Vec<String> {
    let name = opening
        .trim_start_matches('<')
        .split([' ', '>'])
        .next()
        .unwrap_or_default();
    let mut all = vec![opening.to_owned()];
    all.extend(
        lines
            .iter()
            .flat_map(|line| line.lines())
            .map(|line| format!("    {line}")),
    );
    all.push(format!("</{name}>"));
    all
}
