//! Texts that a pattern finds something in.
//!
//! Comes in: a regular expression. Goes out: a short text that it probably finds, or none. Nothing is claimed: whoever uses a
//! sample has it decided first, and one that does not pass is dropped. Of alternatives the first is taken, of repetitions the
//! fewest, of a class its first character.

/// Groups within groups: 32. No pattern of a gate comes near.
const MOST_LEVELS: usize = 32;

/// Characters of a sample, and repetitions of one part: 512. A token is as long.
const MOST: usize = 512;

/// A text that a pattern probably finds; `None` where it has parts that are not sampled, such as look-around.
pub(crate) fn sample(pattern: &str) -> Option<String> {
    let characters: Vec<char> = pattern.chars().collect();
    let mut reader = Reader {
        characters: &characters,
        at: 0,
    };
    let text = reader.alternatives(0)?;
    (reader.at == characters.len() && text.len() <= MOST).then_some(text)
}

struct Reader<'p> {
    characters: &'p [char],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    fn eat(&mut self, wanted: char) -> bool {
        let is_next = self.peek() == Some(wanted);
        self.at += usize::from(is_next);
        is_next
    }

    /// The first of several alternatives; the others are read and dropped.
    fn alternatives(&mut self, level: usize) -> Option<String> {
        let first = self.sequence(level)?;
        while self.eat('|') {
            self.sequence(level)?;
        }
        Some(first)
    }

    fn sequence(&mut self, level: usize) -> Option<String> {
        let mut text = String::new();
        while let Some(next) = self.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            let part = self.part(level)?;
            let times = self.repetitions()?;
            if part.len().saturating_mul(times) + text.len() > MOST {
                return None;
            }
            text.push_str(&part.repeat(times));
        }
        Some(text)
    }

    fn part(&mut self, level: usize) -> Option<String> {
        let one = |c: char| Some(c.to_string());
        match self.next()? {
            '^' | '$' => Some(String::new()),
            '.' => one('x'),
            '[' => self.class(),
            '(' if level < MOST_LEVELS => {
                if self.eat('?') && !self.eat(':') {
                    return None;
                }
                let inner = self.alternatives(level + 1)?;
                self.eat(')').then_some(inner)
            }
            '\\' => match self.next()? {
                'b' | 'B' | 'A' | 'z' | 'Z' | 'G' => Some(String::new()),
                'd' => one('1'),
                'w' | 'D' | 'S' | 'W' => one(if self.characters.get(self.at - 1) == Some(&'W') {
                    '-'
                } else {
                    'x'
                }),
                's' | 'h' => one(' '),
                c if c.is_ascii_alphanumeric() => None,
                c => one(c),
            },
            '(' | '*' | '+' | '?' => None,
            c => one(c),
        }
    }

    /// A character of a class.
    fn class(&mut self) -> Option<String> {
        let negated = self.eat('^');
        let mut members: Vec<(char, char)> = Vec::new();
        let mut is_first = true;
        loop {
            let mut c = self.next()?;
            if c == ']' && !is_first {
                break;
            }
            is_first = false;
            if c == '[' && matches!(self.peek(), Some(':' | '.' | '=')) {
                return None;
            }
            if c == '\\' {
                c = self.next()?;
                match c {
                    'd' => members.push(('0', '9')),
                    'w' => members.extend([('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')]),
                    's' => members.extend([(' ', ' '), ('\t', '\t')]),
                    _ if c.is_ascii_alphanumeric() => return None,
                    _ => members.push((c, c)),
                }
                continue;
            }
            let is_range = self.peek() == Some('-') && self.characters.get(self.at + 1).is_some_and(|end| *end != ']');
            if is_range {
                self.at += 1;
                let end = self.next()?;
                members.push((c, end));
            } else {
                members.push((c, c));
            }
        }
        let is_member = |c: char| members.iter().any(|(first, last)| (*first..=*last).contains(&c));
        if negated {
            let found = ['x', '1', '-', '_', '~', 'Q'].into_iter().find(|c| !is_member(*c));
            return found.map(|c| c.to_string());
        }
        members.first().map(|(first, _)| first.to_string())
    }

    /// How often the part before is repeated at least.
    fn repetitions(&mut self) -> Option<usize> {
        let times = match self.peek() {
            Some('*' | '?') => 0,
            Some('+') => 1,
            Some('{') => match self.counted() {
                Some((times, end)) => {
                    self.at = end;
                    return self.lazily(times);
                }
                None => return Some(1),
            },
            _ => return Some(1),
        };
        self.at += 1;
        self.lazily(times)
    }

    fn lazily(&mut self, times: usize) -> Option<usize> {
        if matches!(self.peek(), Some('?' | '+')) {
            self.at += 1;
        }
        (times <= MOST).then_some(times)
    }

    /// `{n}`, `{n,}`, `{n,m}`: n, and where it ends; anything else in braces is a text.
    fn counted(&self) -> Option<(usize, usize)> {
        let rest = self.characters.get(self.at + 1..)?;
        let length = rest.iter().take(16).position(|c| *c == '}')?;
        let inner: String = rest.get(..length)?.iter().collect();
        let fewest = inner.split(',').next()?;
        let most = inner.split_once(',').map_or("", |(_, most)| most);
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if fewest.is_empty() || !is_number(fewest) || !is_number(most) {
            return None;
        }
        Some((fewest.parse().ok()?, self.at + 1 + length + 1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::sample;

    #[test]
    fn a_sample_is_short() {
        for (pattern, expected) in [
            ("LtpaToken2=.*$", "LtpaToken2="),
            (r"(^|;\s*)LtpaToken2=[^;]+", "LtpaToken2=x"),
            (r"^10\.20\.([0-9]|[1-9][0-9])\.(1[0-9]{2})$", "10.20.0.100"),
            ("a{2,3}b{x}c?d+?", "aab{x}d"),
            (r"(?:LtpaToken|STPlugin)\w+\d", "LtpaTokenx1"),
            ("[]a]", "]"),
        ] {
            assert_eq!(sample(pattern).as_deref(), Some(expected), "{pattern}");
        }
        for pattern in [
            "(?=a)b",
            "(a",
            "a)",
            "[a",
            r"\p{L}",
            "[[:alpha:]]",
            "a{900}",
            "(*UTF8)a",
        ] {
            assert_eq!(sample(pattern), None, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn a_sample_is_found(pattern in r"(\^|a|\.|\[b-d\]|\(e\|f\)|g\*|h\+|\\d|\[\^x\]|i\{2\}|\\\.){0,8}\$?") {
            let sampled = sample(&pattern);
            // A `^` in the middle finds nothing, and is the one thing that a sample may be wrong about here.
            if let Some(text) = sampled.filter(|_| !pattern.get(1..).unwrap_or_default().contains('^') || pattern.contains("[^")) {
                let regex = regex::Regex::new(&pattern).unwrap();
                let has_late_start = pattern.replace("[^", "[").get(1..).unwrap_or_default().contains('^');
                prop_assert!(has_late_start || regex.is_match(&text), "{} {}", pattern, text);
            }
        }

        #[test]
        fn no_pattern_panics(pattern in "[\\[\\](){}|?*+.^$\\\\a-c0-9:,-]{0,40}") {
            prop_assert!(sample(&pattern).is_none_or(|text| text.len() <= 512));
        }
    }
}
