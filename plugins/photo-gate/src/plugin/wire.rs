//! From the shapes of the rooms to those of the interface, and back.

use std::collections::BTreeMap;

use casebook_plugin_access::{
    AddressCondition, AddressSet, Condition, ConditionVerdict, Decisions, Explanation as Explained, Failure, Outcome,
    Place as WirePlace, Policy as Listed, RequestLines,
};

use crate::Place;
use crate::address::Set;
use crate::decide::{Addresses, Decision, Explanation, Fate, Policy};
use crate::place::Lines;
use crate::request::{Header, Others, Request};
use crate::trace::{Step, Verdict};

/// What stands for "no condition decided".
const NONE: u32 = u32::MAX;

/// Ranges that are handed over: 1,000,000, 8 MB.
const MOST_RANGES: usize = 1_000_000;

/// The longest value that is shown of what a condition compared: 1,000 bytes. A cookie may have a megabyte.
const MOST_SHOWN: usize = 1_000;

/// A policy in the list.
pub(super) fn listed(policy: &Policy) -> Listed {
    let server = policy.server();
    let mut attributes = vec![
        ("server".to_owned(), server.file.clone()),
        ("httpd".to_owned(), server.version.number().to_owned()),
        ("httpd-because".to_owned(), server.version_because.clone()),
    ];
    if policy.host().is_none() {
        attributes.push(("outside".to_owned(), "true".to_owned()));
    }
    attributes.extend(
        server
            .remarks
            .iter()
            .map(|(_, remark)| ("remark".to_owned(), remark.clone())),
    );
    Listed {
        name: policy.name(),
        place: place(policy.place()),
        attributes,
    }
}

/// A request as it crosses the border.
pub(super) fn request(lines: &RequestLines<'_>) -> Result<Request, Failure> {
    let peer = lines
        .address
        .parse()
        .map_err(|_| Failure::BadInput(format!("`{}` is no IP address", lines.address)))?;
    let header = |(name, value): (&[u8], Option<&[u8]>)| Header {
        name: name.to_vec(),
        value: value.map(<[u8]>::to_vec),
    };
    Ok(Request {
        peer,
        method: lines.method.to_vec(),
        target: lines.target.to_vec(),
        headers: lines
            .headers()
            .filter(|(name, value)| !is_any(name, value.as_ref()))
            .map(header)
            .collect(),
        others: if lines.headers().any(|(name, value)| is_any(name, value.as_ref())) {
            Others::Unknown(Vec::new())
        } else {
            Others::Absent
        },
    })
}

/// Whether it is the line that says that nobody knows which other headers were sent.
fn is_any(name: &[u8], value: Option<&&[u8]>) -> bool {
    name == b"*" && value.is_none()
}

/// Decides requests, one after the other.
pub(super) fn decisions(
    requests: &[RequestLines<'_>],
    decide: impl Fn(&Request) -> Decision,
) -> Result<Decisions, Failure> {
    let mut places = Vec::new();
    let mut known: BTreeMap<Place, u32> = BTreeMap::new();
    let mut all = Decisions {
        outcomes: Vec::with_capacity(requests.len()),
        statuses: Vec::with_capacity(requests.len()),
        deciders: Vec::with_capacity(requests.len()),
        places: Vec::new(),
    };
    for lines in requests {
        let decision = decide(&request(lines)?);
        let decider = decision.decider().map(|decider| {
            *known.entry(decider.place).or_insert_with(|| {
                places.push(place(decider.place));
                u32::try_from(places.len() - 1).unwrap_or(NONE)
            })
        });
        all.outcomes.push(outcome(decision.fate));
        all.statuses.push(u32::from(decision.status));
        all.deciders.push(decider.unwrap_or(NONE));
    }
    all.places = places;
    Ok(all)
}

/// What happened with a request.
pub(super) fn explanation(explanation: Explanation, lines: &Lines) -> Explained {
    let Explanation { decision, steps } = explanation;
    Explained {
        outcome: outcome(decision.fate),
        status: u32::from(decision.status),
        location: String::from_utf8_lossy(&decision.location).into_owned(),
        conditions: steps.into_iter().map(condition).collect(),
        summary: summary(&decision, lines),
        attributes: Vec::new(),
    }
}

fn condition(step: Step) -> Condition {
    let Step {
        place: at,
        text,
        value,
        verdict,
        note,
    } = step;
    Condition {
        place: place(at),
        text,
        value: shown(&value),
        verdict: match verdict {
            Verdict::Held => ConditionVerdict::Held,
            Verdict::Failed => ConditionVerdict::Failed,
            Verdict::Unknown => ConditionVerdict::Unknown,
            Verdict::PassedOver => ConditionVerdict::PassedOver,
        },
        note,
    }
}

fn shown(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}… ({} bytes)", text.get(..end).unwrap_or_default(), value.len()),
        None => text.into_owned(),
    }
}

/// Why, in a sentence.
fn summary(decision: &Decision, lines: &Lines) -> String {
    let decided = decision.decider().map(|decider| lines.at(decider.place));
    let location = String::from_utf8_lossy(&decision.location);
    let what = match decision.fate {
        Fate::Undecided => {
            let Some(why) = &decision.why else {
                return "It cannot be decided.".to_owned();
            };
            return format!("It cannot be decided: {} ({}).", why.why, lines.at(why.place));
        }
        Fate::Allow => "The request is let in".to_owned(),
        Fate::Redirect if location.is_empty() => {
            format!("The client is sent elsewhere, with status {}", decision.status)
        }
        Fate::Redirect => format!("The client is sent to {location}, with status {}", decision.status),
        Fate::Forbid => format!("The request is refused with status {}", decision.status),
        Fate::NotFound => format!("The request comes to nothing: status {}", decision.status),
    };
    match decided {
        Some(place) => format!("{what}. What decided stands in {place}."),
        None => format!("{what}. No condition of a gate decided."),
    }
}

/// Which addresses are let in.
pub(super) fn addresses(addresses: Addresses, lines: &Lines) -> AddressSet {
    let count = |set: &Set| {
        #[allow(clippy::cast_precision_loss, reason = "2^32 is exact")]
        let count = set.count() as f64;
        count
    };
    let condition = |condition: &crate::decide::AddressCondition| AddressCondition {
        place: place(condition.place),
        text: lines.text(condition.place).to_owned(),
        ranges: ranges(&condition.admits),
    };
    AddressSet {
        admitted: ranges(&addresses.admitted),
        undecided: ranges(&addresses.undecided),
        admitted_count: count(&addresses.admitted),
        undecided_count: count(&addresses.undecided),
        conditions: addresses.conditions.iter().map(condition).collect(),
        ipv6: addresses.ipv6.clone(),
        notes: addresses
            .notes
            .iter()
            .map(|(place, note)| format!("{note} ({})", lines.at(*place)))
            .collect(),
    }
}

fn ranges(set: &Set) -> Vec<u32> {
    set.ranges()
        .take(MOST_RANGES)
        .flat_map(|(first, last)| [first, last])
        .collect()
}

fn outcome(fate: Fate) -> Outcome {
    match fate {
        Fate::Allow => Outcome::Allow,
        Fate::Redirect => Outcome::Redirect,
        Fate::Forbid => Outcome::Forbid,
        Fate::NotFound => Outcome::NotFound,
        Fate::Undecided => Outcome::Undecided,
    }
}

fn place(place: Place) -> WirePlace {
    WirePlace {
        document: place.document,
        node: place.node,
    }
}
