//! Numbers and names in a pattern.

use super::super::Fault;
use super::{Mention, Parser, inexact, refused};

/// The highest number of a group.
const HIGHEST_GROUP: u32 = 65535;
/// The longest name that PCRE2 10.42 takes; later ones take longer.
const LONGEST_NAME: usize = 32;

impl Parser<'_> {
    /// Digits as a number; past any limit of PCRE it stays there.
    pub(super) fn digits(&mut self) -> Option<u32> {
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = self.rest().get(..digits)?;
        self.at += digits;
        (digits > 0).then(|| {
            text.iter().fold(0_u32, |number, digit| {
                number.saturating_mul(10).saturating_add(u32::from(digit - b'0'))
            })
        })
    }

    /// The number of a group, maybe relative to here.
    pub(super) fn group_number(&mut self) -> Result<Option<u32>, Fault> {
        let sign = self.peek(0).filter(|byte| matches!(byte, b'+' | b'-'));
        if sign.is_some() {
            if !self.peek(1).is_some_and(|byte| byte.is_ascii_digit()) {
                return Ok(None);
            }
            self.at += 1;
        }
        let Some(number) = self.digits() else { return Ok(None) };
        if number > HIGHEST_GROUP || sign.is_some() && number == 0 {
            return Err(self.refused_by_new("a group's number is out of range"));
        }
        match sign {
            Some(b'-') if number > self.groups => Err(refused("a reference goes back before the first group")),
            Some(b'-') => Ok(Some(self.groups + 1 - number)),
            Some(_) => Ok(Some(self.groups + number)),
            None => Ok(Some(number)),
        }
    }

    /// A group's name up to its terminator.
    pub(super) fn name(&mut self, terminator: u8) -> Result<Vec<u8>, Fault> {
        let rest = self.rest();
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .count();
        let name = rest.get(..length).unwrap_or_default();
        if terminator == b'}' && (rest.first().is_some_and(|byte| b" \t".contains(byte)) || self.blank(length)) {
            return Err(inexact("blanks around a name, which only later versions of PCRE2 take"));
        }
        if name.first().is_none_or(u8::is_ascii_digit) {
            return Err(self.refused_by_new("a group's name is missing or begins with a digit"));
        }
        if length > LONGEST_NAME {
            return Err(inexact("a group's name is longer than 32 bytes"));
        }
        if rest.get(length) != Some(&terminator) {
            return Err(self.refused_by_new("a group's name is not closed"));
        }
        self.at += length + 1;
        Ok(name.to_vec())
    }

    fn blank(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), Some(b' ' | b'\t'))
    }

    /// The group of a name; 0 for one that is not known yet. Two groups of one name: which one is meant depends on what
    /// took part in the match.
    pub(super) fn group_of_name(&mut self, name: Vec<u8>) -> u32 {
        let mut named = self.names.iter().chain(&self.known).filter(|(known, _)| *known == name);
        let group = named.next().map_or(0, |(_, number)| *number);
        self.looks_ahead |= group == 0;
        self.mentions.push(Mention::Name(name));
        group
    }

    /// Whether the groups exist that are referred to.
    pub(super) fn check_mentions(&self) -> Result<(), Fault> {
        for mention in &self.mentions {
            match mention {
                Mention::Number(number) if *number > self.groups => {
                    return Err(refused("a reference to a group that does not exist"));
                }
                Mention::Number(_) => {}
                Mention::Name(name) => match self.names.iter().filter(|(known, _)| known == name).count() {
                    0 => return Err(refused("a reference to a name that no group has")),
                    1 => {}
                    _ => return Err(inexact("a reference to a name that several groups have")),
                },
            }
        }
        Ok(())
    }
}
