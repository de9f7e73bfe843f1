//! Secrets go, their names stay.
//!
//! Comes in: text of logs and configuration. Goes out: the same text with the values of passwords, tokens, cookies and
//! private keys replaced by `[masked]`. Never here: cutting, escaping, and any attempt to find a secret that nothing names
//! or marks; a lone word may be anything.
//!
//! A list of regular expressions, each with a group `secret`, is gone through in order. Before that, one expression over
//! the words that they all need tells whether any can match; for most lines none can. Everything is linear in the text.
//!
//! What a reader needs to judge a problem must survive:
//!
//! - sentences about tokens (`token verification failed. [4098]`, `by a single token`): a name counts only with a
//!   separator and a value behind it;
//! - values that say that there is none (`LtpaToken="undefined"`, `password=null`): that *is* the evidence;
//! - names of users, hosts and files (`PWD=/opt/IBM` is a folder);
//! - patterns in place of values (`RewriteCond %{HTTP_COOKIE} !LtpaToken2=.*$`): a cookie's value is taken for one from six
//!   characters of a token's alphabet on.
//!
//! No pattern needs the end of a secret, so that a text may be cut behind it before it is masked; and what is masked stays
//! as it is when it is masked again.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// What stands in place of a secret.
pub const MASKED: &str = "[masked]";

/// A kind of secret.
struct Pattern {
    /// Group `secret` is what goes.
    regex: &'static str,
    /// Which part of it goes, in bytes of the group's text; none: it is no secret after all.
    judge: fn(&Captures<'_>, &str) -> Option<Range<usize>>,
}

const PATTERNS: &[Pattern] = &[
    // Private keys in PEM, to their end or that of the text.
    Pattern {
        regex: r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?<secret>[^-]+)",
        judge: whole,
    },
    // Encoded and hashed passwords of WebSphere and LDAP: {xor}Lz4sLChvLTs=
    Pattern {
        regex: r"(?i)\{(?:xor|aes|des|hash|custom|crypt|md5|s?sha(?:256|384|512)?)\}(?<secret>[a-z0-9+/=$.:_-]+)",
        judge: whole,
    },
    // Headers with credentials. Basic, Bearer and Negotiate carry one word, Digest a list.
    Pattern {
        regex: r#"(?i)authorization["']?\s*[:=]\s*["']?(?:basic|bearer|negotiate|ntlm|token|ltpatoken2?|apikey)\s+(?<secret>[^\s"',;]+)"#,
        judge: value,
    },
    Pattern {
        regex: r#"(?i)authorization["']?\s*[:=]\s*["']?digest\s+(?<secret>[^\r\n]+)"#,
        judge: whole,
    },
    Pattern {
        regex: r#"(?i)authorization["']?\s*[:=]\s*["']?(?<secret>[a-z0-9+/=._~-]{16,})"#,
        judge: token,
    },
    Pattern {
        regex: r"(?-u:\b)(?:Basic|Bearer|bearer|BASIC) (?<secret>[A-Za-z0-9+/=._~-]{12,})",
        judge: token,
    },
    // Cookies that open a session, wherever they stand: in access logs, URLs, traces, JSON and XML.
    Pattern {
        regex: r#"(?i)(?:ltpatoken2?|jsessionid|domauthsess(?:ion)?id|(?:asp|php|asp\.net_)sess(?:ion)?id\w*|smsession|pd-[hs]-session-id|connect\.sid|[cx]srf[-_]?token|(?-u:\b)session[-_]?id|(?-u:\b)sid)["']?\s*=\s*["']?(?<secret>[a-z0-9+/=%._:~-]{6,})"#,
        judge: value,
    },
    Pattern {
        regex: r#"(?i)(?:ltpatoken2?|jsessionid|domauthsess(?:ion)?id|smsession|pd-[hs]-session-id|[cx]srf[-_]?token|session[-_]?id)(?:["']?\s*:|>)\s*["']?(?<secret>[a-z0-9+/=%._:~-]{6,})"#,
        judge: token,
    },
    // A named property with its value beside it: name="…password" value="…", {"name":"password","value":"…"}.
    Pattern {
        regex: r#"(?i)(?-u:\b)name["']?\s*[=:]\s*["'][^"'<>]*(?:password|passwd|passphrase|secret|api[-_]?key|private[-_]?key|3deskey)["'][\s,]+["']?value["']?\s*[=:]\s*["'](?<secret>[^"'\r\n]+)"#,
        judge: value,
    },
    // The same in a Domino export: <item name='LTPA_DominoSecret'><text>…
    Pattern {
        regex: r#"(?i)(?-u:\b)name\s*=\s*["'][^"'<>]*(?:password|passwd|secret|private[-_]?key|3deskey)["'][^<>]*>\s*(?:<(?:text|value|rawitemdata)[^<>]*>)?(?<secret>[^<\s][^<]*)"#,
        judge: value,
    },
    // Passwords and keys: name=value, name: value, "name":"value", <name>value.
    Pattern {
        // A closing tag and the file of a Unix system have no value behind them: the first alternative takes them away.
        regex: r#"(?i)/(?:password|passwd|passphrase|pwd|secret)(?:>|:(?:\s|$))|(?<name>password|passwd|passphrase|pwd|secret|secret[-_]?key|api[-_]?key|access[-_]?key|private[-_]?key|3deskey)(?:\\?["'])?\s*(?:=|:|>)\s*(?:\\?"(?<secret>[^"\r\n]+)|'(?<secret_quoted>[^'\r\n]+)|(?<secret_bare>[^\s"'&;,<>]+))"#,
        judge: password,
    },
    // The same in short, where it cannot be a word of a sentence: ?pass=…, DB_PASS=…, "pass":"…".
    Pattern {
        regex: r#"(?i)(?:(?-u:\b)|[_.-]|db|user|bind|key|store)pass\s*=\s*["']?(?<secret>[^\s"'&;,<>]{3,})"#,
        judge: value,
    },
    Pattern {
        regex: r#"(?i)["'][a-z_.-]*pass["']\s*:\s*["'](?<secret>[^"'\r\n]+)"#,
        judge: value,
    },
    // A named property whose value stands before its name.
    Pattern {
        regex: r#"(?i)(?-u:\b)value\s*=\s*["'](?<secret>[^"'<>\r\n]+)["']\s+name\s*=\s*["'][^"'<>]*(?:password|passwd|passphrase|secret|secret[-_]?key|api[-_]?key|private[-_]?key|3deskey)["']"#,
        judge: value,
    },
    // Passwords of command lines, behind a blank: wsadmin.sh -username ann -password …
    Pattern {
        regex: r#"(?i)(?:^|[\s"'=])--?[a-z0-9_.-]*(?:password|passwd|pwd)\s+["']?(?<secret>[^\s"';&|<>]+)"#,
        judge: whole,
    },
    // Tokens, where the name is a word of its own or says of what kind it is.
    Pattern {
        regex: r#"(?i)(?:(?-u:\b)|access[-_]?|auth[-_]?|refresh[-_]?|id[-_]?|bearer[-_]?|session[-_]?|security[-_]?)token["']?\s*=\s*["']?(?<secret>[^\s"'&;,<>]{6,})"#,
        judge: value,
    },
    Pattern {
        regex: r#"(?i)(?:(?-u:\b)|access[-_]?|auth[-_]?|refresh[-_]?|id[-_]?|bearer[-_]?|session[-_]?|security[-_]?)token(?:["']?\s*:|>)\s*["']?(?<secret>[^\s"'&;,<>]{8,})"#,
        judge: token,
    },
    // Credentials in a URL.
    Pattern {
        regex: r"://[^\s/:@]+:(?<secret>[^\s/@]+)@",
        judge: value,
    },
    // Keys with a fixed beginning: AWS, GitHub, Slack, JSON web tokens.
    Pattern {
        regex: r"(?-u:\b)(?:AKIA|ASIA)(?<secret>[A-Z0-9]{16})(?-u:\b)",
        judge: whole,
    },
    Pattern {
        regex: r"(?-u:\b)(?:gh[pousr]_|github_pat_|xox[abprs]-)(?<secret>[A-Za-z0-9_-]{16,})",
        judge: whole,
    },
    Pattern {
        regex: r"(?-u:\b)eyJ(?<secret>[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,4})",
        judge: whole,
    },
];

/// The cookies of a header, to the end of its line.
const COOKIE_HEADER: &str = r"(?i)(?-u:\b)(?:set-)?cookie2?[ \t]*:[ \t]*(?<cookies>[^\r\n]+)";

/// One cookie, or one attribute of it.
const COOKIE: &str = r#"(?<name>[^\s=;,"']+)\s*=\s*(?:"(?<secret>[^"]+)|(?<secret_bare>[^\s;,"]+))"#;

/// Attributes of `Set-Cookie`: no secrets, and often the evidence.
const COOKIE_ATTRIBUTES: [&str; 7] = ["path", "domain", "expires", "max-age", "samesite", "version", "comment"];

/// Values that say that there is no value.
const NO_SECRET: [&str; 12] = [
    "undefined",
    "null",
    "nil",
    "none",
    "empty",
    "true",
    "false",
    "unset",
    "default",
    "required",
    "deleted",
    "expired",
];

/// What a text must contain for any pattern to match: a name, a scheme, a fixed beginning. `passw`, `passp` and `pwd`
/// rather than `pass`, which is in every other class name of a stack trace; so are `key` and `sid`, which need more.
const TRIGGERS: &str = r#"(?i)passw|passp|pwd|pass["']?\s*[=:]|secret|token|cookie|authorization|basic |bearer |sess|sid["']?\s*=|connect\.sid|api[-_]?key|(?:access|private|3des)[-_]?key|PRIVATE KEY|\{(?:xor|aes|des|hash|custom|crypt|md5|s?sha)|://[^\s/:@]+:[^\s/@]+@|AKIA|ASIA|gh[pousr]_|github_pat_|xox[abprs]-|eyJ|pd-[hs]-"#;

struct Mask {
    triggers: Regex,
    patterns: Vec<Regex>,
    cookie_header: Regex,
    cookie: Regex,
}

#[allow(
    clippy::expect_used,
    reason = "the patterns are constants, and every test of this module compiles them"
)]
static MASK: LazyLock<Mask> = LazyLock::new(|| {
    let compile = |regex| Regex::new(regex).expect("a constant pattern compiles");
    Mask {
        triggers: compile(TRIGGERS),
        patterns: PATTERNS.iter().map(|pattern| compile(pattern.regex)).collect(),
        cookie_header: compile(COOKIE_HEADER),
        cookie: compile(COOKIE),
    }
});

/// What the mask takes out of `text`, in order: the parts that stand between the parts that stay.
pub fn secrets_in(text: &str) -> Vec<&str> {
    let Cow::Owned(masked) = mask(text) else {
        return Vec::new();
    };
    let mut secrets = Vec::new();
    let mut rest = text;
    let mut kept = masked.split(MASKED);
    if let Some(first) = kept.next() {
        rest = rest.strip_prefix(first).unwrap_or(rest);
    }
    for part in kept {
        // A secret goes on to the next part that stayed; behind the last one, to the end.
        let end = if part.is_empty() {
            Some(rest.len())
        } else {
            rest.find(part)
        };
        let Some((secret, behind)) = end.and_then(|end| rest.split_at_checked(end)) else {
            break;
        };
        secrets.push(secret);
        rest = behind.strip_prefix(part).unwrap_or(behind);
    }
    secrets
}

/// `text` without its secrets. `mask(&mask(text)) == mask(text)`.
pub fn mask(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !MASK.triggers.is_match(text) {
        return Cow::Borrowed(text);
    }
    let mut masked = Cow::Borrowed(text);
    for _ in 0..ROUNDS {
        match round(&masked) {
            Some(changed) => masked = Cow::Owned(changed),
            None => break,
        }
    }
    masked
}

/// Longest text that is looked at for whether it is plain: a value of a configuration file. A line of a log never is.
const LONGEST_PLAIN: usize = 64;

/// Whether no pattern can match a text, told without an expression: each of them needs a separator or a bracket, or begins
/// as one of the keys with a fixed beginning does. Most values of configuration are of this kind (`true`, names, numbers),
/// and there are millions of them.
fn is_plain(text: &str) -> bool {
    let mut before = [0; 2];
    text.len() <= LONGEST_PLAIN
        && text.bytes().all(|byte| {
            // AKIA, ASIA, gh?_, github_pat_, xox?-, eyJ: the third letter is enough to go the long way.
            let fixed = matches!(
                [before[0], before[1], byte],
                [b'A', b'K' | b'S', b'I']
                    | [b'g', b'h', _]
                    | [b'g', b'i', b't']
                    | [b'x', b'o', b'x']
                    | [b'e', b'y', b'J']
            );
            before = [before[1], byte];
            !fixed && (byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-' | b'$' | b'(' | b')'))
        })
}

/// How often the patterns are gone through at most. The second round finds nothing as a rule. `[masked]` is longer than
/// some secrets, though, and may make a value out of its surroundings that is long enough for another pattern; each such
/// step needs a pattern of its own around the last, so that a few rounds are enough for any text that is no riddle.
const ROUNDS: usize = 8;

/// `text` after all patterns; none if none of them found anything.
fn round(text: &str) -> Option<String> {
    let mut masked = None;
    for (regex, pattern) in MASK.patterns.iter().zip(PATTERNS) {
        let now = masked.as_deref().unwrap_or(text);
        masked = replace(regex, now, pattern.judge).or(masked);
    }
    let now = masked.as_deref().unwrap_or(text);
    mask_cookies(now).or(masked)
}

/// The value of a field without its secrets: what the field's name declares to be a password goes whole; under the name
/// of a token, what looks like one.
pub fn mask_field<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if !may_speak_of_secrets(name) {
        return mask(value);
    }
    let named = |words: &[&str]| words.iter().any(|word| ends_in(name, word));
    if ends_in(name, "cookie")
        && let Some(masked) = replace(&MASK.cookie, value, cookie)
    {
        return Cow::Owned(masked);
    }
    let secret = if named(&SECRET_NAMES) {
        is_secret(value) && !is_folder(value)
    } else if named(&TOKEN_NAMES) {
        value.len() >= 16 && !value.contains(char::is_whitespace) && looks_like_token(value) && !names_nothing(value)
    } else {
        false
    };
    if secret { Cow::Borrowed(MASKED) } else { mask(value) }
}

/// Whether a name declares its value to be a password or a key.
pub fn names_secret(name: &str) -> bool {
    may_speak_of_secrets(name) && SECRET_NAMES.iter().any(|word| ends_in(name, word))
}

/// Whether a name can end in one of the words of this module, told by its last three letters and digits. Nearly no name
/// of a configuration file can.
fn may_speak_of_secrets(name: &str) -> bool {
    let mut letters = name.bytes().rev().filter(u8::is_ascii_alphanumeric);
    let mut next = || letters.next().unwrap_or_default().to_ascii_lowercase();
    let (last, second, third) = (next(), next(), next());
    matches!(
        &[third, second, last],
        b"ord"
            | b"swd"
            | b"ase"
            | b"pwd"
            | b"ret"
            | b"key"
            | b"ken"
            | b"en2"
            | b"kie"
            | b"nid"
            | b"ion"
            | b"ial"
            | b"als"
    )
}

/// Ends of names whose values are tokens, if they look like one.
const TOKEN_NAMES: [&str; 7] = [
    "token",
    "token2",
    "cookie",
    "sessionid",
    "authorization",
    "credential",
    "credentials",
];

/// Ends of names whose values are passwords and keys; letters and digits only, in small letters.
const SECRET_NAMES: [&str; 9] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "apikey",
    "accesskey",
    "privatekey",
    "3deskey",
];

/// Whether a name ends in a word, whatever stands between its letters and digits, in any case. Asked for every value of
/// every configuration file, so nothing is copied.
fn ends_in(name: &str, word: &str) -> bool {
    let mut letters = name.bytes().rev().filter(u8::is_ascii_alphanumeric);
    word.bytes()
        .rev()
        .all(|own| letters.next().is_some_and(|letter| letter.eq_ignore_ascii_case(&own)))
}

/// `text` with what `judge` says of each match replaced; none if nothing is.
fn replace(regex: &Regex, text: &str, judge: fn(&Captures<'_>, &str) -> Option<Range<usize>>) -> Option<String> {
    let mut masked = String::new();
    let mut copied = 0;
    for captures in regex.captures_iter(text) {
        let Some(secret) = secret_of(&captures) else { continue };
        let Some(part) = judge(&captures, secret.as_str()) else {
            continue;
        };
        let (start, end) = (secret.start() + part.start, secret.start() + part.end);
        masked.push_str(text.get(copied..start)?);
        masked.push_str(MASKED);
        copied = end;
    }
    if copied == 0 {
        return None;
    }
    masked.push_str(text.get(copied..)?);
    Some(masked)
}

fn secret_of<'t>(captures: &Captures<'t>) -> Option<regex::Match<'t>> {
    ["secret", "secret_quoted", "secret_bare"]
        .into_iter()
        .find_map(|name| captures.name(name))
}

/// The cookies of every `Cookie:` and `Set-Cookie:` header in `text`, values masked, attributes kept.
fn mask_cookies(text: &str) -> Option<String> {
    let mut masked = String::new();
    let mut copied = 0;
    for header in MASK.cookie_header.captures_iter(text) {
        let Some(cookies) = header.name("cookies") else {
            continue;
        };
        if let Some(changed) = replace(&MASK.cookie, cookies.as_str(), cookie) {
            masked.push_str(text.get(copied..cookies.start())?);
            masked.push_str(&changed);
            copied = cookies.end();
        }
    }
    if copied == 0 {
        return None;
    }
    masked.push_str(text.get(copied..)?);
    Some(masked)
}

/// All of it is a secret.
fn whole(_: &Captures<'_>, secret: &str) -> Option<Range<usize>> {
    is_secret(secret).then_some(0..secret.len())
}

/// A value, perhaps with the closing brackets of what surrounds it.
fn value(_: &Captures<'_>, secret: &str) -> Option<Range<usize>> {
    let bare = secret.trim_end_matches([')', ']', '}', '\\']);
    is_secret(secret).then_some(0..if bare.is_empty() { secret.len() } else { bare.len() })
}

/// A value behind a colon or a word, where a sentence may stand as well: a secret if it has what words have not.
fn token(captures: &Captures<'_>, secret: &str) -> Option<Range<usize>> {
    if looks_like_token(secret) {
        value(captures, secret)
    } else {
        None
    }
}

/// A password; a shell's working folder is none.
fn password(captures: &Captures<'_>, secret: &str) -> Option<Range<usize>> {
    let folder = captures
        .name("name")
        .is_some_and(|name| name.as_str().eq_ignore_ascii_case("pwd"))
        && is_folder(secret);
    if folder { None } else { value(captures, secret) }
}

fn cookie(captures: &Captures<'_>, secret: &str) -> Option<Range<usize>> {
    let name = captures.name("name")?.as_str();
    let attribute = COOKIE_ATTRIBUTES
        .iter()
        .any(|attribute| attribute.eq_ignore_ascii_case(name));
    if attribute { None } else { whole(captures, secret) }
}

fn looks_like_token(text: &str) -> bool {
    text.bytes()
        .any(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'/' | b'='))
}

/// Whether a value is a name and a word that says that it has no value: `LtpaToken=undefined`.
fn names_nothing(value: &str) -> bool {
    value
        .split_once('=')
        .is_some_and(|(_, value)| !value.is_empty() && !is_secret(value))
}

fn is_folder(text: &str) -> bool {
    text.starts_with('/') || matches!(text.as_bytes(), [drive, b':', b'\\' | b'/', ..] if drive.is_ascii_alphabetic())
}

/// Whether a value is one: not a word for nothing, not starred out, and not masked already.
fn is_secret(value: &str) -> bool {
    let value =
        value.trim_matches(|character: char| character.is_whitespace() || matches!(character, '"' | '\'' | '\\'));
    let bare = value.trim_end_matches([')', ']', '}', '.', ',']);
    let nothing = NO_SECRET.iter().any(|word| word.eq_ignore_ascii_case(bare));
    let starred = bare
        .bytes()
        .all(|byte| matches!(byte, b'*' | b'.' | b'x' | b'X' | b'('));
    // The name of an encoding may stand before what is masked: {xor}[masked]
    let (_, content) = value
        .split_once('}')
        .filter(|_| value.starts_with('{'))
        .unwrap_or(("", value));
    let masked = content
        .strip_prefix(MASKED)
        .is_some_and(|rest| rest.bytes().all(|byte| b")]}".contains(&byte)));
    !nothing && !starred && !masked
}

#[cfg(test)]
mod tests;
