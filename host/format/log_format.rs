//! Apache's `LogFormat` strings, compiled to regular expressions.
//!
//! Comes in: a string such as `%h %l %u %t "%r" %>s %b`, as it stands in httpd.conf, with or without the backslashes
//! before its quotes. Goes out: an expression for a whole line whose groups are the directives' values, the names of
//! those groups, and expressions for the time alone. Never here: a line.
//!
//! What a value may hold depends on where its directive stands. Between quotes, Apache writes `"` as `\"`, `\` as `\\`
//! and whatever cannot be printed as `\xhh`, so a value ends at the first bare quote, whatever a client sent. Outside,
//! numbers and words end at a blank, and the few values that may hold blanks (a user's name, a header) end where the
//! rest of the line first makes sense.
//!
//! The time has expressions of its own, which stop behind it: a line whose request is damaged still has a time. They
//! reach up to the text that follows the time, because a user's name can be chosen by a stranger and hold `[…]`, but
//! not the quote that comes next.

use super::strftime;

/// A directive of a `LogFormat` string.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Directive {
    /// `<`: of the request as it came, before internal redirects; `>`: as it ended.
    redirect: Option<char>,
    /// What stands in braces.
    argument: Option<String>,
    /// The letters that name it: one, or `^ti` and `^to`.
    letters: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Element {
    Text(String),
    Directive(Directive),
    /// `%*`: whatever follows.
    Rest,
}

/// A compiled `LogFormat` string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledLogFormat {
    /// Match a whole line: the fast one first, in which no bare value holds blanks, then the one in which it may. The
    /// second is left out where it would be the same.
    pub lines: Vec<String>,
    /// The name of each group of each of `lines`, in their order; `None` for a second value of the same name.
    pub names: Vec<Option<String>>,
    /// Expressions for the time, with the groups of [`super::stamp`], the fast one first; none where the format has no
    /// time.
    pub times: Vec<String>,
}

/// Compiles a `LogFormat` string.
///
/// # Errors
/// What is wrong with it, and where.
pub fn compile(format: &str) -> Result<CompiledLogFormat, String> {
    let elements = parse(format)?;
    if !elements.iter().any(|element| matches!(element, Element::Directive(_))) {
        return Err(
            "a LogFormat needs at least one directive such as %h; `combined` and its like are names".to_owned(),
        );
    }
    let mut names = Vec::new();
    let plain = expression(&elements, Purpose::Fields(&mut names), Blanks::Never)?;
    let blanks = expression(&elements, Purpose::Fields(&mut Vec::new()), Blanks::Allowed)?;
    let lines = both(plain, blanks);
    let last_time = elements
        .iter()
        .rposition(|element| matches!(element, Element::Directive(d) if d.letters == "t"));
    let times = match last_time {
        None => Vec::new(),
        Some(last) => {
            let until = (last + 2).min(elements.len());
            let stamped = elements.get(..until).unwrap_or(&elements);
            let plain = expression(stamped, Purpose::Time, Blanks::Never)?;
            both(plain, expression(stamped, Purpose::Time, Blanks::Allowed)?)
        }
    };
    Ok(CompiledLogFormat { lines, names, times })
}

/// Two expressions, or one if they are the same.
fn both(plain: String, blanks: String) -> Vec<String> {
    if plain == blanks {
        vec![plain]
    } else {
        vec![plain, blanks]
    }
}

/// What an expression is for.
enum Purpose<'a> {
    /// All values of a line; their names are collected.
    Fields(&'a mut Vec<Option<String>>),
    /// The time alone.
    Time,
}

/// Whether bare values such as a user's name may hold blanks: rare, and the slow expression, because every blank may end
/// the value or not. Without them a line can be read in one pass.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Blanks {
    Never,
    Allowed,
}

fn parse(format: &str) -> Result<Vec<Element>, String> {
    let mut elements = Vec::new();
    let mut text = String::new();
    let mut rest = format.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('n') => return Err("a LogFormat with line breaks (\\n) is not supported".to_owned()),
                Some('t') => text.push('\t'),
                Some(escaped) => text.push(escaped),
                None => text.push('\\'),
            },
            '%' if rest.next_if_eq(&'%').is_some() => text.push('%'),
            '%' => {
                if !text.is_empty() {
                    elements.push(Element::Text(std::mem::take(&mut text)));
                }
                elements.push(if rest.next_if_eq(&'*').is_some() {
                    Element::Rest
                } else {
                    Element::Directive(directive(&mut rest)?)
                });
            }
            other => text.push(other),
        }
    }
    if !text.is_empty() {
        elements.push(Element::Text(text));
    }
    match elements.iter().position(|element| *element == Element::Rest) {
        Some(at) if at + 1 < elements.len() => {
            Err("%* stands for the rest of the line: nothing can follow it".to_owned())
        }
        _ => Ok(elements),
    }
}

/// Reads a directive behind its `%`. Conditions on the status (`!200,304`) only replace values by `-`, which every value
/// may be anyway.
fn directive(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Directive, String> {
    let mut redirect = None;
    let mut argument = None;
    loop {
        let Some(c) = rest.next() else {
            return Err("the LogFormat ends in the middle of a directive".to_owned());
        };
        match c {
            '!' | ',' | '0'..='9' => {}
            '<' | '>' => redirect = Some(c),
            '{' => {
                let mut name = String::new();
                loop {
                    match rest.next() {
                        Some('}') => break,
                        Some(c) => name.push(c),
                        None => return Err(format!("`{{{name}` has no closing brace")),
                    }
                }
                argument = Some(name);
            }
            '^' => {
                let letters: String = ['^'].into_iter().chain(rest.by_ref().take(2)).collect();
                return Ok(Directive {
                    redirect,
                    argument,
                    letters,
                });
            }
            letter => {
                return Ok(Directive {
                    redirect,
                    argument,
                    letters: letter.to_string(),
                });
            }
        }
    }
}

/// A run of bytes between quotes: anything but a bare quote.
const QUOTED: &str = r#"(?:[^"\\]|\\.)*"#;

fn expression(elements: &[Element], mut purpose: Purpose<'_>, blanks: Blanks) -> Result<String, String> {
    let mut pattern = String::from("^");
    let mut quoted = false;
    let mut stamp_groups = Vec::new();
    let has_address = elements
        .iter()
        .any(|e| matches!(e, Element::Directive(d) if d.letters == "a" && d.argument.is_none()));
    for (at, element) in elements.iter().enumerate() {
        match element {
            Element::Text(text) => {
                quoted ^= text.matches('"').count() % 2 == 1;
                strftime::push_literal(&mut pattern, text);
            }
            Element::Rest => pattern.push_str(".*"),
            Element::Directive(directive) => {
                let followed_by_quote =
                    matches!(elements.get(at + 1), Some(Element::Text(text)) if text.starts_with('"'));
                let value = if directive.letters == "t" {
                    let groups = match purpose {
                        Purpose::Time => Some(&mut stamp_groups),
                        Purpose::Fields(_) => None,
                    };
                    strftime::time_expression(directive.argument.as_deref(), groups)?
                } else if directive.letters == "q" {
                    query(quoted)
                } else if quoted && followed_by_quote {
                    QUOTED.to_owned()
                } else if quoted {
                    format!("{QUOTED}?")
                } else {
                    let port_follows =
                        matches!(elements.get(at + 1), Some(Element::Text(text)) if text.starts_with(':'));
                    bare(directive, blanks, port_follows)?
                };
                match &mut purpose {
                    Purpose::Fields(names) => {
                        let name = name(directive, has_address)?;
                        let taken = names.iter().flatten().any(|other| *other == name);
                        names.push((!taken).then_some(name));
                        push_field(&mut pattern, directive, &value);
                    }
                    Purpose::Time => pattern.push_str(&value),
                }
            }
        }
    }
    if matches!(purpose, Purpose::Fields(_)) {
        pattern.push('$');
    }
    Ok(pattern)
}

/// A group around a value. Apache's own time stands in brackets, which are no part of it.
fn push_field(pattern: &mut String, directive: &Directive, value: &str) {
    let bracketed = (directive.letters == "t")
        .then(|| value.strip_prefix(r"\[")?.strip_suffix(r"\]"))
        .flatten();
    match bracketed {
        Some(inner) => pattern.extend([r"\[(", inner, r")\]"]),
        None => pattern.extend(["(", value, ")"]),
    }
}

/// A query string is empty or begins with its question mark: else nobody could tell where the path before it ends.
fn query(quoted: bool) -> String {
    if quoted {
        format!(r"(?:\?{QUOTED}?)?")
    } else {
        r"(?:\?\S*)?".to_owned()
    }
}

/// What a value outside quotes looks like. A server's name before its port has no colon: the address of a client that
/// speaks IPv6 is not taken for one.
fn bare(directive: &Directive, blanks: Blanks, port_follows: bool) -> Result<String, String> {
    let pattern = match directive.letters.as_str() {
        "s" => r"\d{3}|-",
        // Thread numbers may be hexadecimal.
        "P" => r"-|[0-9a-fA-Fx]+",
        "b" | "B" | "O" | "I" | "S" | "D" | "p" | "k" => r"-\d*|\d+",
        "T" => r"-[\d.]*|[\d.]+",
        "X" => "[-+X]",
        "v" | "V" if port_follows => "[^ :]+",
        "h" | "a" | "A" | "l" | "m" | "H" | "L" | "v" | "V" | "C" | "n" | "e" | "x" => r"\S+",
        "u" | "r" | "U" | "f" | "R" | "i" | "o" | "^ti" | "^to" if blanks == Blanks::Allowed => ".*?",
        // The query string may follow at once.
        "U" => "[^ ?]+",
        "u" | "r" | "f" | "R" | "i" | "o" | "^ti" | "^to" => r"\S+",
        other => return Err(unknown(other)),
    };
    Ok(if pattern.contains('|') {
        format!("(?:{pattern})")
    } else {
        pattern.to_owned()
    })
}

fn unknown(letters: &str) -> String {
    format!(
        "there is no directive %{letters}; known are the letters of mod_log_config and %X, and %{{NAME}}x of mod_ssl"
    )
}

/// The name of a directive's field.
fn name(directive: &Directive, has_address: bool) -> Result<String, String> {
    let argument = directive.argument.as_deref();
    let plain = match (directive.letters.as_str(), argument) {
        ("h", _) if has_address => "host",
        ("h", _) => "address",
        ("a", Some("c")) => "peer",
        ("a", _) => "address",
        ("A", _) => "local_address",
        ("l", _) => "ident",
        ("u", _) => "user",
        ("t", _) => "time",
        ("r", _) => "request",
        ("m", _) => "method",
        ("U", _) => "path",
        ("q", _) => "query",
        ("H", _) => "protocol",
        ("s", _) if directive.redirect == Some('<') => "original_status",
        ("s", _) => "status",
        ("b" | "B", _) => "bytes",
        ("O", _) => "bytes_sent",
        ("I", _) => "bytes_received",
        ("S", _) => "bytes_transferred",
        ("D", _) => "duration_us",
        ("T", Some("ms")) => "duration_ms",
        ("T", Some("us")) => "duration_us",
        ("T", _) => "duration_s",
        ("v", _) => "server",
        ("V", _) => "canonical_server",
        ("p", Some("remote")) => "remote_port",
        ("p", Some("local")) => "local_port",
        ("p", _) => "port",
        ("P", Some("tid" | "hextid")) => "thread",
        ("P", _) => "process",
        ("X", _) => "connection",
        ("k", _) => "keepalive",
        ("f", _) => "file",
        ("R", _) => "handler",
        ("L", _) => "log_id",
        (letters @ ("i" | "o" | "C" | "e" | "n" | "x" | "^ti" | "^to"), Some(argument)) => {
            return Ok(named(letters, argument));
        }
        (letters @ ("i" | "o" | "C" | "e" | "n" | "x" | "^ti" | "^to"), None) => {
            return Err(format!("%{letters} needs a name in braces, such as %{{Referer}}i"));
        }
        (other, _) => return Err(unknown(other)),
    };
    Ok(plain.to_owned())
}

/// The name of a header, cookie, variable or note. Headers of the request are what most people mean: they stand alone.
fn named(letters: &str, argument: &str) -> String {
    let header = || argument.to_ascii_lowercase().replace('-', "_");
    match letters {
        "i" => header(),
        "o" => format!("response.{}", header()),
        "C" => format!("cookie.{argument}"),
        "e" => format!("env.{argument}"),
        "n" => format!("note.{argument}"),
        "x" => format!("ssl.{argument}"),
        _ => format!("trailer.{}", header()),
    }
}

#[cfg(test)]
#[path = "tests/log_format.rs"]
mod tests;
