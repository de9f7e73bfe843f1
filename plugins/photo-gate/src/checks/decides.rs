//! What the checks ask of the decisions: what becomes of a request for a photo, and which addresses are let in.
//!
//! The checks prove what they say by having requests decided. This is all that they know of how that is done.

use std::net::{IpAddr, Ipv4Addr};

use super::gate::Guard;
use super::ranges::Ranges;
use crate::Place;
use crate::request::{Header, Request};

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is served, if what it asks for is there.
    LetIn,
    /// It is refused, or sent elsewhere.
    TurnedAway,
    /// It comes to nothing, as if the file were not there.
    Lost,
    /// It cannot be decided.
    Unknown,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ruling {
    /// What becomes of it.
    pub(crate) fate: Fate,
    /// The status that is sent; 0: not known.
    pub(crate) status: u16,
    /// The conditions that decided.
    pub(crate) deciders: Vec<Place>,
}

/// Which addresses are let in with a request that is otherwise the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Admitted {
    /// Those that are.
    pub(crate) admitted: Ranges,
    /// Those of which nobody knows.
    pub(crate) undecided: Ranges,
    /// Conditions that look at the address, and what each admits by itself.
    pub(crate) conditions: Vec<(Place, Ranges)>,
}

/// Decides.
pub(crate) trait Decides {
    /// What becomes of a request; `None`: the policy of that guard is not known.
    fn decide(&self, guard: &Guard<'_>, request: &Request) -> Option<Ruling>;

    /// Which addresses are let in with it.
    fn admitted(&self, guard: &Guard<'_>, request: &Request) -> Option<Admitted>;

    /// The addresses in whose text a pattern finds something; `None`: that cannot be told exactly.
    fn matched(&self, pattern: &str, any_case: bool) -> Option<Ranges>;
}

/// Addresses that nobody has, kept for documentation: strangers.
const STRANGERS: [Ipv4Addr; 3] = [
    Ipv4Addr::new(203, 0, 113, 77),
    Ipv4Addr::new(198, 51, 100, 77),
    Ipv4Addr::new(192, 0, 2, 77),
];

/// A request for a photo.
pub(crate) fn request(guard: &Guard<'_>, from: Ipv4Addr, headers: &[(&str, &str)]) -> Request {
    let host = guard.virtual_host().map(|host| host.name.clone()).unwrap_or_default();
    let host = host.rsplit("://").next().unwrap_or_default().to_owned();
    let name = if host.is_empty() { "photos.example.com" } else { &host };
    let header = |(name, value): (&str, &str)| Header {
        name: name.as_bytes().to_vec(),
        value: Some(value.as_bytes().to_vec()),
    };
    let own = std::iter::once(("Host", name)).chain(headers.iter().copied());
    Request {
        peer: IpAddr::V4(from),
        method: b"GET".to_vec(),
        target: guard.uri().into_bytes(),
        headers: own.map(header).collect(),
        others: crate::request::Others::Absent,
    }
}

/// A stranger who is not let in without a cookie, and what happens to him; `None` if there is none such.
pub(crate) fn stranger(guard: &Guard<'_>, decides: &dyn Decides) -> Option<(Ipv4Addr, Ruling)> {
    let turned_away = |address: Ipv4Addr| {
        let ruling = decides.decide(guard, &request(guard, address, &[]))?;
        matches!(ruling.fate, Fate::TurnedAway | Fate::Lost).then_some((address, ruling))
    };
    STRANGERS.into_iter().find_map(turned_away).or_else(|| {
        let admitted = decides.admitted(guard, &request(guard, Ipv4Addr::UNSPECIFIED, &[]))?;
        let others = Ranges::all().without(&admitted.admitted).without(&admitted.undecided);
        others.example().and_then(turned_away)
    })
}

/// A stranger who is let in without any cookie, and why.
pub(crate) fn welcome_stranger(guard: &Guard<'_>, decides: &dyn Decides) -> Option<(Ipv4Addr, Ruling)> {
    STRANGERS.into_iter().find_map(|address| {
        let ruling = decides.decide(guard, &request(guard, address, &[]))?;
        (ruling.fate == Fate::LetIn).then_some((address, ruling))
    })
}
