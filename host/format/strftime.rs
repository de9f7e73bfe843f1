//! Times as `%t` of a `LogFormat` writes them: Apache's own, `strftime`'s, and numbers since 1970.
//!
//! Comes in: what stands in the braces of `%{…}t`. Goes out: an expression, with the groups of [`super::stamp`] where
//! they are wanted. Never here: other directives.

/// Apache's own form: `[10/Oct/2000:13:55:36 -0700]`.
const APACHE: &str = "[%d/%b/%Y:%H:%M:%S %z]";

/// The expression for `%t` or `%{argument}t`. `groups` holds the groups that the whole expression already has, and takes
/// those that are added: several `%t` may share one time (`%{%F %T}t.%{msec_frac}t`). Without it, no group is named.
///
/// # Errors
/// A conversion that is not known.
pub(super) fn time_expression(
    argument: Option<&str>,
    mut groups: Option<&mut Vec<&'static str>>,
) -> Result<String, String> {
    let format = argument.unwrap_or(APACHE);
    let format = format
        .strip_prefix("begin:")
        .or_else(|| format.strip_prefix("end:"))
        .unwrap_or(format);
    let mut pattern = String::new();
    let mut push = |pattern: &mut String, name: &'static str, value: &str| match groups.as_deref_mut() {
        Some(groups) if !name.is_empty() && !groups.contains(&name) => {
            groups.push(name);
            pattern.extend(["(?<", name, ">", value, ")"]);
        }
        _ => pattern.extend(["(?:", value, ")"]),
    };
    match format {
        "sec" => push(&mut pattern, "epoch", r"\d+"),
        "msec" => push(&mut pattern, "epoch_ms", r"\d+"),
        "usec" => push(&mut pattern, "epoch_us", r"\d+"),
        "msec_frac" => push(&mut pattern, "fraction", r"\d{3}"),
        "usec_frac" => push(&mut pattern, "fraction", r"\d{6}"),
        _ => {
            for piece in pieces(format)? {
                match piece {
                    Piece::Text(text) => push_literal(&mut pattern, &text),
                    Piece::Group(name, value) => push(&mut pattern, name, value),
                    Piece::Blanked(name) => {
                        pattern.push_str(" ?");
                        push(&mut pattern, name, r"\d{1,2}");
                    }
                }
            }
        }
    }
    Ok(pattern)
}

enum Piece {
    Text(String),
    /// A group's name (empty for what nobody needs) and its expression.
    Group(&'static str, &'static str),
    /// A group of one or two digits, filled up with a blank before it.
    Blanked(&'static str),
}

fn pieces(format: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            pieces.push(Piece::Text(c.to_string()));
            continue;
        }
        // E and O only ask for other digits, - and _ for other padding.
        let conversion = rest.find(|c| !matches!(c, 'E' | 'O' | '-' | '_')).unwrap_or('\0');
        match long_form(conversion) {
            Some(longer) => pieces.extend(self::pieces(longer)?),
            None => pieces.push(conversion_piece(conversion)?),
        }
    }
    Ok(pieces)
}

/// What conversions that stand for several mean.
fn long_form(conversion: char) -> Option<&'static str> {
    Some(match conversion {
        'T' => "%H:%M:%S",
        'R' => "%H:%M",
        'r' => "%I:%M:%S %p",
        'F' => "%Y-%m-%d",
        'D' => "%m/%d/%y",
        'c' => "%a %b %e %H:%M:%S %Y",
        _ => return None,
    })
}

fn conversion_piece(conversion: char) -> Result<Piece, String> {
    let (name, value) = match conversion {
        'Y' => ("year", r"\d{4}"),
        'y' => ("year", r"\d{2}"),
        'm' => ("month", r"\d{1,2}"),
        'b' | 'h' | 'B' => ("month", "[A-Za-z]{3,9}"),
        'd' => ("day", r"\d{1,2}"),
        // Padded with a blank, which then stands before the digits.
        'e' => return Ok(Piece::Blanked("day")),
        'k' | 'l' => return Ok(Piece::Blanked("hour")),
        'H' | 'I' => ("hour", r"\d{1,2}"),
        'M' => ("minute", r"\d{2}"),
        'S' => ("second", r"\d{2}"),
        'p' | 'P' => ("meridiem", "[AaPp][Mm]"),
        'z' => ("zone", r"[-+]\d{4}"),
        'Z' => ("zone", "[-+A-Za-z0-9:]+"),
        's' => ("epoch", r"\d+"),
        'a' | 'A' => ("", "[A-Za-z]{3,9}"),
        'j' => ("", r"\d{3}"),
        'u' | 'w' => ("", r"\d"),
        'n' | 't' => ("", r"\s"),
        '%' => return Ok(Piece::Text("%".to_owned())),
        '\0' => return Err("a time format ends in a bare %".to_owned()),
        other => {
            return Err(format!(
                "%{other} is not a conversion of strftime that can be read back"
            ));
        }
    };
    Ok(Piece::Group(name, value))
}

/// Appends text that stands for itself. Bytes that are no ASCII letter or digit are written as numbers, so that nothing
/// of them means anything to the compiler.
pub(super) fn push_literal(pattern: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b' ' {
            pattern.push(char::from(byte));
        } else if byte.is_ascii_punctuation() {
            pattern.extend(['\\', char::from(byte)]);
        } else {
            pattern.push_str(&format!(r"\x{byte:02x}"));
        }
    }
}
