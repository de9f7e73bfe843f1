//! Foreign text made harmless: masked, without control characters, and no longer than a limit.
//!
//! Comes in: text of a log, a configuration file or a plugin, of any length and content. Goes out: text that a terminal
//! prints and does not obey, cut at a character's border, and how many bytes were left out. Never here: escaping for a
//! format (JSON, SARIF and HTML do their own).
//!
//! The order is the point. Masking comes first, because a secret that is cut in the middle is no longer recognised but
//! still half readable. It does not need the whole text, though: no pattern of the mask needs the *end* of a secret to
//! match, so the text is first cut to the limit and a margin, then masked, then made printable, then cut to the limit.
//! A record of 100 MB costs as much as one of 20 KiB.
//!
//! What is made visible, as `\x1b` or `\u{202e}`: the C0 and C1 control characters except line feed and tab (a carriage
//! return before a line feed is dropped: it is a line end), the characters that turn the direction of text around, and
//! the separators that some viewers take for line ends. Backslashes of the text stay single, so that Windows paths look
//! like Windows paths; the text is for reading, not for decoding.

use std::borrow::Cow;
use std::fmt;

use super::mask::mask;

/// A text and how much of it was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    text: String,
    /// Bytes left out at the end.
    omitted: u64,
}

/// How far beyond the limit the text is masked: longer than anything that must be seen whole to be recognised (the fixed
/// beginnings of tokens, a key's name and its separator), and room for what masking takes away.
const MARGIN: usize = 16 * 1024;

impl Excerpt {
    /// Limit of an evidence text in bytes: a record with a stack trace, without its last third of container frames.
    pub const EVIDENCE: usize = 4 * 1024;
    /// Limit of a message in bytes.
    pub const MESSAGE: usize = 4 * 1024;
    /// Limit of a field's value in bytes, and of a group key as it is shown.
    pub const FIELD: usize = 1024;
    /// Limit of a field's name in bytes: names are words.
    pub const NAME: usize = 128;
    /// Limit of a rule's title, and of one of its references, in bytes.
    pub const TITLE: usize = 1024;
    /// Limit of a rule's symptom, cause, or remedy in bytes: several pages.
    pub const EXPLANATION: usize = 16 * 1024;

    /// `text` masked, printable, and cut to `limit` bytes.
    pub fn of(text: &str, limit: usize) -> Self {
        Self::masked_by(text, limit, mask)
    }

    /// `text` printable and cut to `limit` bytes, but not masked: for texts that are no customer's.
    pub fn plain(text: &str, limit: usize) -> Self {
        Self::masked_by(text, limit, |window| Cow::Borrowed(window))
    }

    /// The same with a mask of the caller's, which sees the text before anything is cut off within `limit`.
    pub(super) fn masked_by(text: &str, limit: usize, mask: impl FnOnce(&str) -> Cow<'_, str>) -> Self {
        let window = up_to(text, limit.saturating_add(MARGIN));
        let beyond = text.len() - window.len();
        let visible = printable(&mask(window)).into_owned();
        Self {
            text: visible,
            omitted: beyond as u64,
        }
        .shortened(limit)
    }

    /// The excerpt cut to `limit` bytes; what was left out before still counts.
    pub(super) fn shortened(mut self, limit: usize) -> Self {
        let kept = up_to(&self.text, limit).len();
        self.omitted += (self.text.len() - kept) as u64;
        self.text.truncate(kept);
        // Ten thousand of these are kept; what was cut must not be kept with them.
        self.text.shrink_to_fit();
        self
    }

    /// Bytes that are kept.
    pub(super) fn len(&self) -> usize {
        self.text.len()
    }
}

/// The text, and, where it was cut, a marker that says how much is missing.
impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.omitted {
            0 => f.write_str(&self.text),
            omitted => write!(f, "{} [... {omitted} more bytes]", self.text),
        }
    }
}

/// The longest beginning of `text` that has at most `limit` bytes and ends at a character's border.
fn up_to(text: &str, limit: usize) -> &str {
    let (beginning, _) = text.split_at(text.floor_char_boundary(limit));
    beginning
}

/// `text` with everything visible that a terminal or a viewer would obey instead of showing. Line feeds and tabs stay.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|character| character != '\n' && obeyed(character)) {
        return Cow::Borrowed(text);
    }
    let mut visible = String::with_capacity(text.len() + 16);
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\r' if rest.peek() == Some(&'\n') => {}
            '\n' => visible.push('\n'),
            control if obeyed(control) && u32::from(control) < 0x100 => {
                visible.push_str(&format!("\\x{:02x}", u32::from(control)));
            }
            control if obeyed(control) => visible.push_str(&format!("\\u{{{:x}}}", u32::from(control))),
            plain => visible.push(plain),
        }
    }
    Cow::Owned(visible)
}

/// Whether a character acts on a terminal or in a viewer instead of showing itself, line feeds included. (Joiners, U+200C and U+200D, stay: Persian and Hindi need them.)
pub fn obeyed(character: char) -> bool {
    match character {
        '\t' => false,
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => true,
        '\u{2028}' | '\u{2029}' | '\u{feff}' => true,
        other => other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hostile_line_cannot_paint_the_terminal() {
        let shown = printable("user=\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}gpj.exe\0");
        assert_eq!(shown, r"user=\x1b[2J\x1b]0;owned\x07\x9b31m\u{202e}gpj.exe\x00");
    }

    #[test]
    fn line_ends_of_windows_are_line_ends_and_other_returns_are_shown() {
        assert_eq!(printable("a\r\nb\rc\r\n"), "a\nb\\x0dc\n");
    }

    #[test]
    fn paths_names_and_scripts_stay_as_they_are() {
        for text in [
            "c:\\IBM\\x1b",
            "CN=J\u{f6}rg M\u{fc}ller/O=ACME",
            "\u{645}\u{6cc}\u{200c}\u{62e}",
            "tab\there",
        ] {
            assert_eq!(printable(text), text);
        }
    }

    #[test]
    fn a_cut_says_how_much_is_missing_and_two_cuts_add_up() {
        let excerpt = Excerpt::of(&"x".repeat(100), 10);
        assert_eq!(excerpt.to_string(), "xxxxxxxxxx [... 90 more bytes]");
        assert_eq!(excerpt.shortened(4).to_string(), "xxxx [... 96 more bytes]");
        assert_eq!(Excerpt::of("xxxx", 4).to_string(), "xxxx");
    }

    #[test]
    fn a_secret_on_the_border_of_the_cut_is_masked_whole() {
        for before in 0..64 {
            let text = format!(
                "{}LtpaToken2=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789+/== rest",
                "y".repeat(before)
            );
            let shown = Excerpt::of(&text, 48).to_string();
            assert!(!shown.contains("AbCd"), "{shown}");
        }
        let enormous = format!("password={}", "k".repeat(1 << 20));
        assert!(!Excerpt::of(&enormous, 64).to_string().contains("kk"));
    }

    proptest! {
        #[test]
        fn nothing_obeyed_is_left_and_the_limit_holds(text in any::<String>(), limit in 0_usize..40) {
            let excerpt = Excerpt::of(&text, limit);
            prop_assert!(excerpt.text.len() <= limit);
            prop_assert!(excerpt.text.chars().all(|character| character == '\n' || !obeyed(character)));
        }

        #[test]
        fn printable_text_is_printable(text in any::<String>()) {
            let once = printable(&text).into_owned();
            prop_assert_eq!(printable(&once), once.as_str());
        }
    }
}
