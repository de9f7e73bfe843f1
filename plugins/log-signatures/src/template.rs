//! Templates: `The token of {user} was rejected (reason {reason})`.
//!
//! A name in braces is a field computed before, else a capture: of any pattern that has one of that name, or of one
//! pattern (`{login.user}`). `{count}` is the number of matches that the sighting took, `{facts.meetings.host}` the meeting
//! server that the environment's facts name. `{{` and `}}` stand for braces. Names are resolved when the pack is loaded, so
//! that a misspelt one is a problem of the pack and not an empty text in a finding.

use crate::event::{Sighting, Slots};
use crate::facts::Facts;

/// A text with places for values.
#[derive(Debug, Clone, Default)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Text(String),
    Field(usize),
    Capture(Slots),
    Count,
    MeetingHost,
}

/// The names that a template can use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'a> {
    /// The rule's patterns: their names, and the names of their groups.
    pub(crate) patterns: &'a [(String, Vec<String>)],
    /// The fields computed so far.
    pub(crate) fields: &'a [String],
}

/// The values that a template takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Values<'a> {
    pub(crate) fields: &'a [String],
    pub(crate) sighting: &'a Sighting<'a>,
    pub(crate) facts: &'a Facts,
}

impl Scope<'_> {
    /// Where the captures of a name stand, in any pattern or in one; none if there is no such capture.
    pub(crate) fn slots(&self, pattern: Option<&str>, capture: &str) -> Option<Slots> {
        let slots = self.patterns.iter().map(|(name, groups)| {
            let meant = pattern.is_none_or(|pattern| pattern == name);
            groups.iter().position(|group| group == capture).filter(|_| meant)
        });
        let slots: Vec<_> = slots.collect();
        slots.iter().any(Option::is_some).then_some(Slots(slots))
    }

    fn resolve(&self, name: &str) -> Result<Piece, String> {
        if let Some(field) = self.fields.iter().position(|field| field == name) {
            return Ok(Piece::Field(field));
        }
        let slots = match name.split_once('.') {
            Some((pattern, capture)) => self.slots(Some(pattern), capture),
            None => self.slots(None, name),
        };
        match (slots, name) {
            (Some(slots), _) => Ok(Piece::Capture(slots)),
            (None, "count") => Ok(Piece::Count),
            (None, "facts.meetings.host") => Ok(Piece::MeetingHost),
            (None, _) => Err(format!(
                "`{{{name}}}` is neither a field computed before nor a capture; {}",
                self.known()
            )),
        }
    }

    /// A sentence that lists what there is.
    pub(crate) fn known(&self) -> String {
        let captures = self.patterns.iter().flat_map(|(_, groups)| groups).map(String::as_str);
        let mut names: Vec<&str> = self.fields.iter().map(String::as_str).chain(captures).collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            "no pattern of this rule captures anything".to_owned()
        } else {
            format!("expected one of: {}", names.join(", "))
        }
    }
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    ///
    /// A sentence about a brace without its partner, or a name that means nothing.
    pub(crate) fn read(text: &str, scope: Scope<'_>) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '{' | '}' if chars.peek() == Some(&c) => {
                    chars.next();
                    plain.push(c);
                }
                '{' => {
                    let mut name = String::new();
                    loop {
                        match chars.next() {
                            Some('}') => break,
                            Some(c) => name.push(c),
                            None => {
                                return Err(format!(
                                    "`{{{name}` is not closed; expected `}}`, or `{{{{` for a brace"
                                ));
                            }
                        }
                    }
                    if !plain.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    pieces.push(scope.resolve(name.trim())?);
                }
                '}' => return Err("`}` closes nothing; expected `}}` for a brace".to_owned()),
                c => plain.push(c),
            }
        }
        if !plain.is_empty() {
            pieces.push(Piece::Text(plain));
        }
        Ok(Self(pieces))
    }

    /// The text with its values.
    pub(crate) fn render(&self, values: Values<'_>) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Field(field) => text.push_str(values.fields.get(*field).map(String::as_str).unwrap_or_default()),
                Piece::Capture(slots) => {
                    let mut captured = values.sighting.events.iter().map(|event| slots.value(event));
                    text.push_str(captured.find(|value| !value.is_empty()).unwrap_or_default());
                }
                Piece::Count => text.push_str(&values.sighting.count.to_string()),
                Piece::MeetingHost => text.push_str(values.facts.meeting_host()),
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Event;

    fn patterns() -> Vec<(String, Vec<String>)> {
        vec![
            ("login".into(), vec!["user".into()]),
            ("end".into(), vec!["reason".into(), "user".into()]),
        ]
    }

    fn render(text: &str) -> Result<String, String> {
        let patterns = patterns();
        let fields = ["who".to_owned()];
        let template = Template::read(
            text,
            Scope {
                patterns: &patterns,
                fields: &fields,
            },
        )?;
        let mut sighting = Sighting::of(Event::new(0, None, 0, [Some("Ben")].into_iter()));
        sighting
            .events
            .push(Event::new(1, None, 1, [Some("7"), Some("Ann")].into_iter()));
        let facts = Facts::read(r#"{"meetings": {"host": "m.example"}}"#);
        Ok(template.render(Values {
            fields: &["BEN".to_owned()],
            sighting: &sighting,
            facts: &facts,
        }))
    }

    #[test]
    fn names_stand_for_fields_and_captures() {
        assert_eq!(
            render("{who}: {user}, {end.user} ({reason}), {count}").as_deref(),
            Ok("BEN: Ben, Ann (7), 1")
        );
        assert_eq!(render("{{{facts.meetings.host}}}").as_deref(), Ok("{m.example}"));
    }

    #[test]
    fn what_means_nothing_is_said() {
        for (text, expected) in [
            (
                "{usr}",
                "`{usr}` is neither a field computed before nor a capture; expected one of: reason, user, who",
            ),
            ("{login.reason}", "`{login.reason}` is neither"),
            ("{user", "is not closed"),
            ("user}", "closes nothing"),
        ] {
            assert!(render(text).is_err_and(|reason| reason.contains(expected)), "{text}");
        }
    }
}
