//! The rules about access logs: what the log shows, beside what the gate as it is configured would have done.
//!
//! Comes in: the status of a record, and what the gate decides about its request. Goes out: which rule that concerns, and the
//! words of the finding. Never here: reading records and deciding them; a request that cannot be decided concerns no rule.
//!
//! A log is written under the configuration of its day. Whoever compares it with the configuration of today finds its
//! changes too: the rules say so.

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

impl Logged {
    /// The rule of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        ALL.iter().find(|(known, _)| *known == name).map(|(_, logged)| *logged)
    }

    /// Whether a record concerns the rule.
    pub(crate) fn concerns(self, status: u16, fate: Fate) -> bool {
        match (self, Answered::of(status), fate) {
            (Self::ServedStranger, Answered::Served, Fate::TurnedAway)
            | (Self::RefusedMember, Answered::TurnedAway, Fate::LetIn) => true,
            (Self::Doors, _, fate) => fate != Fate::Lost,
            (Self::ServedStranger | Self::RefusedMember, ..) => false,
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

/// Through what a request came in, or why it did not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Door {
    /// This condition let it in.
    Condition(Place, Subject),
    /// It was let in, and by no condition: the gate does not judge it.
    Unguarded,
    /// None: it is turned away.
    Closed,
    /// It could not be decided.
    Undecided,
}

impl Door {
    /// The door of a request, by what becomes of it and what decided; `None` where it came to nothing.
    pub(crate) fn of(fate: Fate, decider: Option<&(Place, Subject)>) -> Option<Self> {
        Some(match (fate, decider) {
            (Fate::LetIn, Some((place, subject))) => Self::Condition(*place, subject.clone()),
            (Fate::LetIn, None) => Self::Unguarded,
            (Fate::Unknown, _) => Self::Undecided,
            (Fate::TurnedAway, _) => Self::Closed,
            (Fate::Lost, _) => return None,
        })
    }

    /// What it is called: a field of the finding.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Condition(_, Subject::Address) => "address",
            Self::Condition(_, Subject::Cookie) => "cookie",
            Self::Condition(_, Subject::Header(_)) => "header",
            Self::Condition(_, Subject::Other) => "other",
            Self::Unguarded => "unguarded",
            Self::Closed => "none",
            Self::Undecided => "undecided",
        }
    }

    /// The sentence: `condition` is the directive as it is written, `at` says where it stands, such as `conf/photos.conf line 12`.
    pub(crate) fn sentence(&self, condition: &str, at: &str) -> String {
        match self {
            Self::Condition(_, subject) => {
                let by = match subject {
                    Subject::Address => "address".to_owned(),
                    Subject::Cookie => "cookie".to_owned(),
                    Subject::Header(name) => format!("the header {name}"),
                    Subject::Other => "something else".to_owned(),
                };
                format!("Requests for photos are let in by {by}: {condition} ({at}).")
            }
            Self::Unguarded => "Requests for photos are let in without any condition of the gate.".to_owned(),
            Self::Closed => "Requests for photos come through no door: the gate turns them away.".to_owned(),
            Self::Undecided => {
                "Of these requests for photos it cannot be decided whether the gate lets them in, because the \
                                log lacks what decides."
                    .to_owned()
            }
        }
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
            (200, Fate::LetIn, None),
            (404, Fate::LetIn, None),
            (302, Fate::TurnedAway, None),
            (200, Fate::Unknown, None),
            (500, Fate::LetIn, None),
        ] {
            let mut disagree = ALL.iter().filter(|(_, logged)| *logged != Logged::Doors);
            let concerned = disagree.find(|(_, logged)| logged.concerns(status, fate));
            assert_eq!(concerned.map(|(_, logged)| *logged), rule, "{status} {fate:?}");
        }
    }

    #[test]
    fn a_door_says_through_what_a_request_came() {
        let place = Place { document: 0, node: 4 };
        let said = |fate, subject: Option<Subject>| {
            let decider = subject.map(|subject| (place, subject));
            let door = Door::of(fate, decider.as_ref())?;
            Some((door.name(), door.sentence("RewriteCond a", "x line 4")))
        };
        let (name, sentence) = said(Fate::LetIn, Some(Subject::Header("x-a".to_owned()))).expect("a door");
        assert_eq!(
            (name, sentence.as_str()),
            (
                "header",
                "Requests for photos are let in by the header x-a: RewriteCond a (x line 4)."
            )
        );
        for (fate, subject, expected) in [
            (Fate::LetIn, Some(Subject::Address), Some("address")),
            (Fate::LetIn, Some(Subject::Cookie), Some("cookie")),
            (Fate::LetIn, None, Some("unguarded")),
            (Fate::TurnedAway, Some(Subject::Cookie), Some("none")),
            (Fate::Unknown, None, Some("undecided")),
            (Fate::Lost, None, None),
        ] {
            assert_eq!(said(fate, subject).map(|(name, _)| name), expected, "{fate:?}");
        }
    }
}
