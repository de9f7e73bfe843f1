//! The rules about access logs: what the log shows, beside what the gate as it is configured would have done.
//!
//! Comes in: the status of a record, and what the gate decides about its request. Goes out: which rule that concerns, and the
//! words of the finding. Never here: reading records and deciding them; a request that cannot be decided concerns no rule.
//!
//! A log is written under the configuration of its day. Whoever compares it with the configuration of today finds its
//! changes too: the rules say so.

use std::collections::BTreeMap;

use super::decides::Fate;
use crate::Place;
use crate::trace::Subject;

/// A rule about access logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Logged {
    /// A photo was served to somebody whom the gate turns away.
    ServedStranger,
    /// Somebody whom the gate lets in was turned away.
    RefusedMember,
    /// Through which conditions requests came in.
    Doors,
}

/// All of them, with the names by which packs ask for them.
pub(crate) const ALL: [(&str, Logged); 3] = [
    ("photo-gate-served-stranger", Logged::ServedStranger),
    ("photo-gate-refused-member", Logged::RefusedMember),
    ("photo-gate-doors", Logged::Doors),
];

/// What a status says of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answered {
    /// A photo was sent, or would have been: the browser has it already.
    Served,
    /// Somebody was refused or sent elsewhere.
    TurnedAway,
    /// Neither can be told: nothing is there, the server was in trouble.
    Neither,
}

impl Answered {
    /// What a status says.
    pub(crate) fn of(status: u16) -> Self {
        match status {
            200 | 206 | 304 => Self::Served,
            301..=303 | 307 | 308 | 401 | 403 => Self::TurnedAway,
            _ => Self::Neither,
        }
    }
}

/// Whether a photo was sent.
pub(crate) fn is_served(status: u16) -> bool {
    Answered::of(status) == Answered::Served
}

impl Logged {
    /// The rule of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        ALL.iter().find(|(known, _)| *known == name).map(|(_, logged)| *logged)
    }

    /// Whether a record concerns the rule.
    pub(crate) fn concerns(self, status: u16, fate: Fate) -> bool {
        match (self, Answered::of(status), fate) {
            (Self::ServedStranger, Answered::Served, Fate::TurnedAway)
            | (Self::RefusedMember, Answered::TurnedAway, Fate::LetIn)
            | (Self::Doors, Answered::Served, Fate::LetIn) => true,
            (Self::ServedStranger | Self::RefusedMember | Self::Doors, ..) => false,
        }
    }
}

/// The sentence about a photo that was served to a stranger: `decided` is the rule that turns him away, with file and line.
pub(crate) fn served_stranger(client: &str, target: &str, status: u16, decided: &str) -> String {
    format!(
        "{client} was sent {target} (status {status}), and the gate as it is configured turns this request away: {decided}."
    )
}

/// The sentence about a member who was turned away: `decided` is the condition that lets him in.
pub(crate) fn refused_member(client: &str, target: &str, status: u16, decided: &str) -> String {
    format!(
        "{client} asked for {target} and got status {status}, and the gate as it is configured lets this request in: {decided}."
    )
}

/// Counts through which conditions requests came in.
#[derive(Debug, Default)]
pub(crate) struct Doors {
    counts: BTreeMap<(Place, Subject), u64>,
    /// Requests that no condition of the gate let in: the gate does not judge them.
    unguarded: u64,
    /// Requests that could not be decided.
    undecided: u64,
}

impl Doors {
    /// Notes a request that was served: the condition that let it in, if one did.
    pub(crate) fn note(&mut self, fate: Fate, door: Option<(Place, Subject)>) {
        match (fate, door) {
            (Fate::LetIn, Some(door)) => *self.counts.entry(door).or_default() += 1,
            (Fate::LetIn, None) => self.unguarded += 1,
            (Fate::Unknown, _) => self.undecided += 1,
            (Fate::TurnedAway | Fate::Lost, _) => {}
        }
    }

    /// Whether nothing was noted.
    pub(crate) fn is_empty(&self) -> bool {
        self.counts.is_empty() && self.unguarded == 0 && self.undecided == 0
    }

    /// The conditions, those that most came through first.
    pub(crate) fn busiest(&self) -> Vec<(Place, &Subject, u64)> {
        let mut doors: Vec<_> = self
            .counts
            .iter()
            .map(|((place, subject), count)| (*place, subject, *count))
            .collect();
        doors.sort_by(|one, other| other.2.cmp(&one.2).then(one.0.cmp(&other.0)));
        doors
    }

    /// The counts by kind of condition, as fields of the finding.
    pub(crate) fn fields(&self) -> [(&'static str, u64); 5] {
        let of = |is_it: fn(&Subject) -> bool| {
            let counts = self.counts.iter().filter(|((_, subject), _)| is_it(subject));
            counts.map(|(_, count)| count).sum()
        };
        [
            ("address", of(|subject| *subject == Subject::Address)),
            ("cookie", of(|subject| *subject == Subject::Cookie)),
            (
                "other",
                of(|subject| matches!(subject, Subject::Header(_) | Subject::Other)),
            ),
            ("unguarded", self.unguarded),
            ("undecided", self.undecided),
        ]
    }

    /// The summary: `line` says where a condition stands, such as `conf/photos.conf line 12`.
    pub(crate) fn summary(&self, line: impl Fn(Place) -> String) -> String {
        let kind = |subject: &Subject| match subject {
            Subject::Address => "by address".to_owned(),
            Subject::Cookie => "by cookie".to_owned(),
            Subject::Header(name) => format!("by the header {name}"),
            Subject::Other => "by something else".to_owned(),
        };
        let doors = self.busiest();
        let mut parts: Vec<String> = doors
            .iter()
            .map(|(place, subject, count)| format!("{count} {} ({})", kind(subject), line(*place)))
            .collect();
        if self.unguarded > 0 {
            parts.push(format!("{} without any condition", self.unguarded));
        }
        if self.undecided > 0 {
            parts.push(format!(
                "{} of which it cannot be decided, because the log lacks what decides",
                self.undecided
            ));
        }
        format!(
            "Requests for photos that were served came in as follows: {}.",
            parts.join(", ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_concerns_what_the_log_and_the_gate_disagree_about() {
        for (status, fate, rule) in [
            (200, Fate::TurnedAway, Some(Logged::ServedStranger)),
            (304, Fate::TurnedAway, Some(Logged::ServedStranger)),
            (302, Fate::LetIn, Some(Logged::RefusedMember)),
            (403, Fate::LetIn, Some(Logged::RefusedMember)),
            (200, Fate::LetIn, Some(Logged::Doors)),
            (404, Fate::LetIn, None),
            (302, Fate::TurnedAway, None),
            (200, Fate::Unknown, None),
            (500, Fate::LetIn, None),
        ] {
            let concerned = ALL.iter().find(|(_, logged)| logged.concerns(status, fate));
            assert_eq!(concerned.map(|(_, logged)| *logged), rule, "{status} {fate:?}");
        }
    }

    #[test]
    fn doors_are_counted() {
        let mut doors = Doors::default();
        assert!(doors.is_empty());
        let place = |node| Place { document: 0, node };
        for _ in 0..3 {
            doors.note(Fate::LetIn, Some((place(4), Subject::Cookie)));
        }
        doors.note(Fate::LetIn, Some((place(5), Subject::Address)));
        doors.note(Fate::LetIn, None);
        doors.note(Fate::Unknown, None);
        doors.note(Fate::TurnedAway, None);
        let fields = doors.fields().map(|(_, count)| count);
        assert_eq!(fields, [1, 3, 0, 1, 1]);
        assert_eq!(
            doors.summary(|place| format!("line {}", place.node)),
            "Requests for photos that were served came in as follows: 3 by cookie (line 4), 1 by address (line 5), 1 without \
             any condition, 1 of which it cannot be decided, because the log lacks what decides."
        );
    }
}
