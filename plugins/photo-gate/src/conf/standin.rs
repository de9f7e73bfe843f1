//! Stands in for `crate::pcre` until that is there: literals, `^` at the beginning, `$` at the end, `\.`; all else is not exact.

use std::ops::Range;

#[derive(Debug)]
pub(super) enum Fault {
    #[allow(dead_code)]
    Refused(String),
    Inexact(String),
}
#[derive(Debug)]
pub(super) struct GaveUp(pub(super) String);
#[derive(Debug)]
pub(super) struct Captures(Range<usize>);
impl Captures {
    pub(super) fn get(&self, group: usize) -> Option<Range<usize>> {
        (group == 0).then(|| self.0.clone())
    }
}
#[derive(Debug)]
pub(super) struct Pattern {
    begin: bool,
    end: bool,
    literal: Vec<u8>,
    any_case: bool,
}
impl Pattern {
    pub(super) fn new(pattern: &[u8], any_case: bool) -> Result<Self, Fault> {
        let (begin, rest) = pattern.strip_prefix(b"^").map_or((false, pattern), |rest| (true, rest));
        let (end, rest) = rest.strip_suffix(b"$").map_or((false, rest), |rest| (true, rest));
        let text = String::from_utf8_lossy(rest).replace("\\.", "\u{1}");
        if text
            .bytes()
            .any(|byte| !(byte.is_ascii_alphanumeric() || b"/_-\x01".contains(&byte)))
        {
            return Err(Fault::Inexact(text));
        }
        Ok(Self {
            begin,
            end,
            literal: text.replace('\u{1}', ".").into_bytes(),
            any_case,
        })
    }
    pub(super) fn captures(&self, subject: &[u8]) -> Result<Option<Captures>, GaveUp> {
        let length = self.literal.len();
        let last = subject.len().checked_sub(length);
        let found = last.and_then(|last| {
            (0..=last).find(|at| {
                let here = subject.get(*at..at + length).unwrap_or_default();
                let same = if self.any_case {
                    here.eq_ignore_ascii_case(&self.literal)
                } else {
                    here == self.literal
                };
                same && (!self.begin || *at == 0) && (!self.end || at + length == subject.len())
            })
        });
        Ok(found.map(|at| Captures(at..at + length)))
    }
    pub(super) fn is_match(&self, subject: &[u8]) -> Result<bool, GaveUp> {
        Ok(self.captures(subject)?.is_some())
    }
}
