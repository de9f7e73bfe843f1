//! `photo-gate-broken`: the gate does not do what it says.
//!
//! Comes in: guards. Goes out: a finding for each mistake, with its direction: open (strangers come in), shut (those who are meant
//! to come in do not), no start (httpd refuses the line), or another answer than the one that is written. Where a request
//! shows it, the finding names the request.
//!
//! | file | mistakes |
//! |---|---|
//! | [`lines`] | in one line: a trailing `[OR]`, flags without a blank before them, a lost target, what httpd refuses |
//! | [`order`] | between lines: conditions that belong to another rule or to none, a rule that nobody comes to, a loop |
//! | [`scope`] | where it stands: hosts without the gate, `RewriteEngine`, a slash too many or too few |
//! | [`sense`] | what it asks: the inside instead of the outside, a network as a pattern, numbers compared as text |
//! | [`whole`] | none of these, and yet strangers come in, or nobody does |

mod lines;
mod order;
mod scope;
mod sense;
mod whole;

#[cfg(test)]
mod tests;

use casebook_plugin_configs::Severity;

use super::decides::{Ruling, stranger, welcome_stranger};
use super::{Check, Fate, Guard, Inquiry, Report};
use crate::Place;

pub(super) static CHECK: Check = Check {
    name: "photo-gate-broken",
    run,
};

/// Which way it is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    /// Strangers come in.
    Open,
    /// Those who are meant to come in are turned away.
    Shut,
    /// httpd does not start.
    NoStart,
    /// It answers something else than what is written.
    Other,
    /// It changes nothing.
    Nothing,
}

/// A mistake.
#[derive(Debug)]
struct Fault {
    /// What kind, in a word or two with hyphens.
    kind: &'static str,
    direction: Direction,
    /// The line that is wrong first, then those that it spoils.
    places: Vec<Place>,
    /// What is wrong, in sentences.
    what: String,
    found: String,
    wanted: String,
}

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    for guard in inquiry.guards {
        for fault in faults(inquiry, guard) {
            enter(inquiry, guard, fault, report);
        }
    }
    for (guard, fault) in scope::not_inherited(inquiry)
        .into_iter()
        .chain(scope::ways_around(inquiry))
    {
        enter(inquiry, &guard, fault, report);
    }
}

/// Whether a mistake was found in a guard.
pub(super) fn is_broken(inquiry: &Inquiry<'_>, guard: &Guard<'_>) -> bool {
    let mut faults = faults(inquiry, guard).into_iter();
    faults.any(|fault| fault.direction != Direction::Nothing)
}

fn faults(inquiry: &Inquiry<'_>, guard: &Guard<'_>) -> Vec<Fault> {
    let mut faults = lines::faults(guard);
    faults.extend(order::faults(inquiry, guard));
    faults.extend(scope::faults(guard));
    faults.extend(sense::faults(inquiry, guard));
    let is_sound = faults.iter().all(|fault| fault.direction == Direction::Nothing);
    if is_sound && guard.has_gate() {
        faults.extend(whole::fault(inquiry, guard));
    }
    faults.extend(guard.has_more.then(|| more(guard)));
    faults
}

/// That not all of a gate was looked at.
fn more(guard: &Guard<'_>) -> Fault {
    let looked_at = guard.gates().len();
    Fault {
        kind: "too-many",
        direction: Direction::Nothing,
        places: vec![guard.place()],
        what: format!(
            "{} has more conditions about who may see photos than are looked at: {looked_at} rules were, no more.",
            guard.subject()
        ),
        found: format!("more than {looked_at} rules"),
        wanted: "a gate that somebody can read".to_owned(),
    }
}

fn enter(inquiry: &Inquiry<'_>, guard: &Guard<'_>, mut fault: Fault, report: &mut Report) {
    let shown = shown(inquiry, guard, &mut fault);
    let (direction, severity) = match fault.direction {
        Direction::Open => ("open", Severity::High),
        Direction::Shut => ("shut", Severity::Medium),
        Direction::NoStart => ("httpd does not start", Severity::High),
        Direction::Other => ("another answer", Severity::Medium),
        Direction::Nothing => ("none", Severity::Info),
    };
    let first = fault.places.first().map_or(0, |place| place.node);
    let document = fault.places.first().map_or(0, |place| place.document);
    report
        .finding(
            format!("{} {document}:{first}", fault.kind),
            format!("{}{shown}", fault.what),
        )
        .severity(severity)
        .all(fault.places)
        .field("host", guard.name())
        .field("kind", fault.kind)
        .field("direction", direction)
        .values(fault.found, fault.wanted)
        .enter();
}

/// What a request shows of it, as a sentence; that a stranger is held back all the same makes an open gate another answer.
fn shown(inquiry: &Inquiry<'_>, guard: &Guard<'_>, fault: &mut Fault) -> String {
    let says = |address, ruling: &Ruling, what: &str| {
        let uri = guard.uri();
        format!(
            " A request for {uri} from {address}, without a cookie, {what} (status {}).",
            ruling.status
        )
    };
    match fault.direction {
        Direction::Open => {
            if let Some((address, ruling)) = welcome_stranger(guard, inquiry.decides) {
                return says(address, &ruling, "is let in");
            }
            if let Some((address, ruling)) = stranger(guard, inquiry.decides) {
                fault.direction = Direction::Other;
                return says(address, &ruling, "is turned away all the same, by another rule");
            }
            String::new()
        }
        // It is let in to a file that is not there: that shows nothing.
        Direction::Other if matches!(fault.kind, "target-lost" | "flags-glued") => String::new(),
        Direction::Other => {
            let address = std::net::Ipv4Addr::new(203, 0, 113, 77);
            let request = super::decides::request(guard, address, &[]);
            match inquiry.decides.decide(guard, &request) {
                Some(ruling) if ruling.fate == Fate::LetIn => {
                    fault.direction = Direction::Open;
                    says(address, &ruling, "is let in")
                }
                Some(ruling) if ruling.fate == Fate::TurnedAway => says(address, &ruling, "is turned away"),
                _ => String::new(),
            }
        }
        Direction::Shut | Direction::NoStart | Direction::Nothing => String::new(),
    }
}
