//! The flags in square brackets.
//!
//! Comes in: the text with its brackets. Goes out: what they ask for, or why httpd does not start. Names count without case;
//! each has a short and a long form.

use super::escape::BackReferences;
use super::words::is_blank;
use crate::conf::Version;

/// Rounds of `[N]` after which httpd gives up: 32,000.
pub(super) const MOST_ROUNDS: i32 = 32_000;

/// The flags of a `RewriteRule`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flags {
    /// `[R]`, `[R=301]`: the client is sent elsewhere.
    pub redirect: bool,
    /// `[F]`, `[G]`, `[R=404]`: the request ends with [`Flags::status`], and there is no substitution.
    pub answers: bool,
    /// The status of a redirect, or of an answer: 302 if nothing else is said. A word that means nothing is 0, which redirects
    /// with 302.
    pub status: u16,
    /// `[L]`
    pub last: bool,
    /// `[END]`
    pub end: bool,
    /// `[N]`
    pub next: bool,
    /// `[N=…]`: rounds after which httpd gives up.
    pub most_rounds: i32,
    /// `[C]`
    pub chain: bool,
    /// `[S=…]`: so many of the rules that follow are skipped.
    pub skip: i32,
    /// `[NC]`
    pub any_case: bool,
    /// `[NE]`
    pub no_escape: bool,
    /// `[NS]`
    pub no_subrequest: bool,
    /// `[P]`
    pub proxy: bool,
    /// `[PT]`
    pub pass_through: bool,
    /// `[QSA]`
    pub query_append: bool,
    /// `[QSD]`
    pub query_discard: bool,
    /// `[QSL]`
    pub query_last: bool,
    /// `[DPI]`
    pub discard_path_info: bool,
    /// `[UnsafePrefixStat]`
    pub unsafe_prefix_stat: bool,
    /// `[UnsafeAllow3F]`
    pub unsafe_allow_3f: bool,
    /// `[UNC]`
    pub unc: bool,
    /// `[B]` and its kind.
    pub back_references: BackReferences,
    /// `[E=…]`: `NAME:value`, `NAME`, `!NAME`, with back references.
    pub environment: Vec<String>,
    /// `[CO=…]`
    pub cookies: Vec<String>,
    /// `[T=…]`
    pub kind: Option<String>,
    /// `[H=…]`
    pub handler: Option<String>,
}

impl Default for Flags {
    fn default() -> Self {
        Self {
            redirect: false,
            answers: false,
            status: 302,
            last: false,
            end: false,
            next: false,
            most_rounds: MOST_ROUNDS,
            chain: false,
            skip: 0,
            any_case: false,
            no_escape: false,
            no_subrequest: false,
            proxy: false,
            pass_through: false,
            query_append: false,
            query_discard: false,
            query_last: false,
            discard_path_info: false,
            unsafe_prefix_stat: false,
            unsafe_allow_3f: false,
            unc: false,
            back_references: BackReferences::default(),
            environment: Vec::new(),
            cookies: Vec::new(),
            kind: None,
            handler: None,
        }
    }
}

/// The flags of a `RewriteCond`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ConditionFlags {
    /// `[NC]`
    pub any_case: bool,
    /// `[OR]`
    pub or_next: bool,
    /// `[NV]`
    pub no_vary: bool,
}

impl ConditionFlags {
    /// Reads them.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let mut flags = Self::default();
        for (name, _) in fields(text)? {
            match name.to_ascii_lowercase().as_str() {
                "nc" | "nocase" => flags.any_case = true,
                "or" | "ornext" => flags.or_next = true,
                "nv" | "novary" => flags.no_vary = true,
                _ => return Err(unknown(name)),
            }
        }
        Ok(flags)
    }
}

impl Flags {
    /// Reads them.
    pub(super) fn read(text: &str, version: Version) -> Result<Self, String> {
        let mut flags = Self::default();
        for (name, value) in fields(text)? {
            if !flags.common(name, value)? && (version == Version::V22 || !flags.newer(name, value)?) {
                return Err(unknown(name));
            }
        }
        Ok(flags)
    }

    /// Those of 2.2 and 2.4; whether it is one.
    fn common(&mut self, name: &str, value: &str) -> Result<bool, String> {
        match name.to_ascii_lowercase().as_str() {
            "b" | "backrefescaping" => self.back_references.escaped = true,
            "c" | "chain" => self.chain = true,
            "co" | "cookie" => self.cookies.push(value.to_owned()),
            "dpi" | "discardpath" => self.discard_path_info = true,
            "e" | "env" => self.environment.push(value.to_owned()),
            "f" | "forbidden" => self.answer(403),
            "g" | "gone" => self.answer(410),
            "h" | "handler" => self.handler = Some(value.to_owned()),
            "l" | "last" => self.last = true,
            "ne" | "noescape" => self.no_escape = true,
            "n" | "next" => self.next = true,
            "ns" | "nosubreq" => self.no_subrequest = true,
            "nc" | "nocase" => self.any_case = true,
            "p" | "proxy" => self.proxy = true,
            "pt" | "passthrough" => self.pass_through = true,
            "qsa" | "qsappend" => self.query_append = true,
            "r" | "redirect" => self.redirected(value)?,
            "s" | "skip" => self.skip = number(value.as_bytes()),
            "t" | "type" => self.kind = Some(value.to_owned()),
            _ => return Ok(false),
        }
        let escapes = ["b", "backrefescaping"]
            .iter()
            .any(|flag| name.eq_ignore_ascii_case(flag));
        if escapes && !value.is_empty() {
            self.back_references.only = Some(value.as_bytes().to_vec());
        } else if matches!(name.to_ascii_lowercase().as_str(), "n" | "next") && !value.is_empty() {
            self.most_rounds = number(value.as_bytes());
        }
        Ok(true)
    }

    /// Those of 2.4 alone; whether it is one.
    fn newer(&mut self, name: &str, value: &str) -> Result<bool, String> {
        match name.to_ascii_lowercase().as_str() {
            "bne" if value.is_empty() => return Err("the flag `BNE` without its characters".to_owned()),
            "bne" => self.back_references.except = Some(value.as_bytes().to_vec()),
            "bnp" | "backrefernoplus" => self.back_references.no_plus = true,
            "bctls" => {
                self.back_references.controls = true;
                self.back_references.escaped = true;
            }
            "end" => self.end = true,
            "qsd" | "qsdiscard" => self.query_discard = true,
            "qsl" | "qslast" => self.query_last = true,
            "unsafeprefixstat" => self.unsafe_prefix_stat = true,
            "unsafeallow3f" => self.unsafe_allow_3f = true,
            "unc" => self.unc = true,
            // Every other flag that begins with a D counts for nothing.
            "d" => self.discard_path_info = true,
            other => return Ok(other.starts_with('d')),
        }
        Ok(true)
    }

    fn answer(&mut self, status: u16) {
        self.answers = true;
        self.status = status;
    }

    fn redirected(&mut self, value: &str) -> Result<(), String> {
        self.redirect = true;
        if value.is_empty() {
            return Ok(());
        }
        self.status = match value.to_ascii_lowercase().as_str() {
            "permanent" => 301,
            "temp" => 302,
            "seeother" => 303,
            digits if digits.starts_with(|c: char| c.is_ascii_digit()) => {
                let status = u16::try_from(number(digits.as_bytes())).ok();
                let Some(status) = status.filter(|status| is_status(*status)) else {
                    return Err(format!("the flag `R` with `{value}`, which is no status"));
                };
                self.answers |= !is_redirect(status);
                status
            }
            _ => 0,
        };
        Ok(())
    }
}

/// Whether a status sends the client elsewhere.
pub(super) fn is_redirect(status: u16) -> bool {
    (300..400).contains(&status)
}

/// Whether httpd knows a status.
fn is_status(status: u16) -> bool {
    matches!(
        status,
        100..=102 | 200..=208 | 226 | 300..=305 | 307 | 308 | 400..=417 | 421..=424 | 426 | 428 | 429 | 431 | 451 | 500..=508 | 510 | 511
    )
}

/// C's `atoi`.
pub(super) fn number(text: &[u8]) -> i32 {
    let text = text.trim_ascii_start();
    let (negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    let read = |value: i64, byte: &u8| {
        let digit = i64::from(byte - b'0');
        let value = value.saturating_mul(10);
        if negative {
            value.saturating_sub(digit)
        } else {
            value.saturating_add(digit)
        }
    };
    // Beyond 64 bits it stays at the end of the range; of what is there, the lower half counts.
    #[allow(clippy::cast_possible_truncation, reason = "that is what C does")]
    let value = digits.fold(0, read) as i32;
    value
}

fn unknown(name: &str) -> String {
    format!("the flag `{name}`, which httpd does not know")
}

/// Names and values. Each ends with a comma, the last one with the bracket; an empty one is a flag without a name.
fn fields(text: &str) -> Result<Vec<(&str, &str)>, String> {
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let Some(inner) = inner else {
        return Err("flags without square brackets around them".to_owned());
    };
    let blank = |c: char| u8::try_from(c).is_ok_and(is_blank);
    let fields = inner.split(',').map(|field| {
        let field = field.trim_matches(blank);
        field.split_once('=').unwrap_or((field, ""))
    });
    Ok(fields.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Flags {
        Flags::read(text, Version::V24).expect(text)
    }

    #[test]
    fn flags_have_short_and_long_names_in_any_case() {
        for (short, long) in [
            ("[R=301,L]", "[redirect=permanent , LAST]"),
            ("[F]", "[Forbidden]"),
            ("[B=?, BNP,BNE=/]", "[backrefescaping=?,backrefernoplus,bne=/]"),
            ("[E=a:b,CO=c:d:e,T=f,H=g]", "[env=a:b,cookie=c:d:e,type=f,handler=g]"),
            (
                "[S=2,N=3,C,QSA,QSD,QSL]",
                "[skip=2,next=3,chain,qsappend,qsdiscard,qslast]",
            ),
            ("[NC,NE,NS,P,PT]", "[nocase,noescape,nosubreq,proxy,passthrough]"),
        ] {
            assert_eq!(read(short), read(long));
        }
        assert_eq!(read("[DPI]"), read("[D]"));
        assert_eq!(read("[doesnotmatter]"), Flags::default());
    }

    #[test]
    fn a_redirect_that_is_none_is_an_answer() {
        let of = |text| {
            let flags = read(text);
            (flags.status, flags.redirect, flags.answers)
        };
        assert_eq!(of("[R]"), (302, true, false));
        assert_eq!(of("[R=seeother]"), (303, true, false));
        assert_eq!(of("[R=404]"), (404, true, true));
        assert_eq!(of("[R=200]"), (200, true, true));
        assert_eq!(of("[R=whatever]"), (0, true, false));
        assert_eq!(of("[G]"), (410, false, true));
    }

    #[test]
    fn what_httpd_refuses_is_refused() {
        for text in [
            "R", "[R", "[]", "[R,]", "[R=999]", "[R=306]", "[X]", "[BNE]", "[R =301]", "", "[",
        ] {
            assert!(Flags::read(text, Version::V24).is_err(), "{text}");
        }
        for text in ["[END]", "[QSD]", "[BNP]"] {
            assert!(Flags::read(text, Version::V22).is_err(), "{text}");
        }
        assert!(ConditionFlags::read("[NC, ornext,nv]").is_ok());
        assert!(ConditionFlags::read("[L]").is_err());
    }

    #[test]
    fn numbers_are_read_as_c_does() {
        for (text, value) in [
            ("12x", 12),
            (" -3", -3),
            ("", 0),
            ("x", 0),
            ("4294967297", 1),
            ("99999999999999999999", -1),
        ] {
            assert_eq!(number(text.as_bytes()), value, "{text}");
        }
    }
}
