//! `photo-gate-address-overreach` and `photo-gate-address-gap`: whom the gate lets in by address, beside whom it should.
//!
//! Comes in: guards, and the fact `photos.networks`. Goes out: the addresses that are let in without a cookie and are in none of the
//! networks, and those of the networks that are not let in, exactly. The site's own machines may fetch photos too: theirs
//! are not too many; and the Sametime Proxy must, it fetches photos for the web client. Addresses that cannot be decided
//! are in neither.

use std::net::Ipv4Addr;

use super::decides::request;
use super::gate::Guard;
use super::ranges::addresses;
use super::{Admitted, Check, Inquiry, Ranges, Report, broken};
use crate::Place;

pub(super) static OVERREACH: Check = Check {
    name: "photo-gate-address-overreach",
    run: overreach,
};

pub(super) static GAP: Check = Check {
    name: "photo-gate-address-gap",
    run: gap,
};

/// Machines that fetch photos for others.
const FETCHING: &[&str] = &["sametime-proxy"];

fn overreach(inquiry: &Inquiry<'_>, report: &mut Report) {
    for guard in inquiry.guards.iter().filter(|guard| guard.has_gate()) {
        let Some(admitted) = admitted(inquiry, guard, report) else {
            continue;
        };
        let own = inquiry.facts.hosts.iter().flat_map(|host| &host.addresses);
        let own = Ranges::of(own.map(|address| (u32::from(*address), u32::from(*address))));
        let meant = intended(inquiry)
            .union(&own)
            .union(&Ranges::of([(0x7f00_0000, 0x7fff_ffff)]));
        let beyond = admitted.admitted.without(&meant);
        // A gate that holds nobody back is broken, which is said there.
        let is_open = admitted.admitted.union(&admitted.undecided) == Ranges::all();
        if beyond.is_empty() || (is_open && broken::is_broken(inquiry, guard)) {
            continue;
        }
        let responsible = admitted.conditions.iter().filter(|(_, by_itself)| {
            let too_many = by_itself.intersection(&beyond);
            // What a condition of a gate excludes is not what it lets in.
            !too_many.is_empty() && *by_itself != Ranges::all()
        });
        let places: Vec<Place> = responsible.map(|(place, _)| *place).collect();
        let count = beyond.count();
        let example = beyond.example().unwrap_or(Ipv4Addr::UNSPECIFIED);
        let message = format!(
            "{} lets in {} that {} in none of the networks meant for photos ({}), such as {example}: {}.",
            guard.subject(),
            addresses(count),
            if count == 1 { "is" } else { "are" },
            networks(inquiry),
            beyond.listed(),
        );
        report
            .finding(guard.name(), message)
            .all(or_host(places, guard))
            .field("host", guard.name())
            .field("count", count.to_string())
            .field("ranges", beyond.listed())
            .field("example", example.to_string())
            .values(admitted.admitted.listed(), networks(inquiry))
            .enter();
    }
}

fn gap(inquiry: &Inquiry<'_>, report: &mut Report) {
    for guard in inquiry.guards.iter().filter(|guard| guard.has_gate()) {
        let Some(admitted) = admitted(inquiry, guard, report) else {
            continue;
        };
        let places: Vec<Place> = admitted.conditions.iter().map(|(place, _)| *place).collect();
        let in_or_unknown = admitted.admitted.union(&admitted.undecided);
        let missing = intended(inquiry).without(&in_or_unknown);
        if !missing.is_empty() {
            let count = missing.count();
            let example = missing.example().unwrap_or(Ipv4Addr::UNSPECIFIED);
            let message = format!(
                "{} does not let in {} of the networks meant for photos ({}), such as {example}: {}.",
                guard.subject(),
                addresses(count),
                networks(inquiry),
                missing.listed(),
            );
            report
                .finding(guard.name(), message)
                .all(or_host(places.clone(), guard))
                .field("host", guard.name())
                .field("count", count.to_string())
                .field("ranges", missing.listed())
                .field("example", example.to_string())
                .values(
                    admitted.admitted.intersection(&intended(inquiry)).listed(),
                    networks(inquiry),
                )
                .enter();
        }
        for host in inquiry.facts.with_role(FETCHING) {
            let is_in = |address: &Ipv4Addr| in_or_unknown.contains(*address);
            let is_told = host.addresses.iter().any(|address| missing.contains(*address));
            if host.addresses.is_empty() || is_told || host.addresses.iter().any(is_in) {
                continue;
            }
            let own: Vec<String> = host.addresses.iter().map(ToString::to_string).collect();
            let message = format!(
                "{} lets in no address of {} ({}), a Sametime Proxy: it fetches photos for the web client, which then has none.",
                guard.subject(),
                host.name,
                own.join(", "),
            );
            report
                .finding(format!("{} {}", guard.name(), host.name), message)
                .all(or_host(places.clone(), guard))
                .field("host", guard.name())
                .field("machine", host.name.as_str())
                .values("turned away", own.join(", "))
                .enter();
        }
    }
}

/// Who is let in without a cookie; `None` where that is not known, or nobody says who should be.
fn admitted(inquiry: &Inquiry<'_>, guard: &Guard<'_>, report: &mut Report) -> Option<Admitted> {
    let request = request(guard, Ipv4Addr::UNSPECIFIED, &[]);
    let admitted = inquiry.decides.admitted(guard, &request)?;
    if inquiry.facts.networks.is_empty() {
        if !admitted.conditions.is_empty() {
            let sentence = format!(
                "{} lets people in by their addresses, and nobody says which networks are meant to see photos.",
                guard.subject()
            );
            report.lacks(
                "photos.networks",
                &sentence,
                admitted.conditions.iter().map(|(place, _)| *place),
            );
        }
        return None;
    }
    Some(admitted)
}

fn intended(inquiry: &Inquiry<'_>) -> Ranges {
    Ranges::of_networks(&inquiry.facts.networks)
}

fn networks(inquiry: &Inquiry<'_>) -> String {
    let written: Vec<&str> = inquiry
        .facts
        .networks
        .iter()
        .map(|network| network.written.as_str())
        .collect();
    written.join(", ")
}

/// The places of conditions; where there are none, the host's.
fn or_host(mut places: Vec<Place>, guard: &Guard<'_>) -> Vec<Place> {
    if places.is_empty() {
        places.extend(guard.gates().first().map(|gate| gate.rule.directive.place));
    }
    if places.is_empty() {
        places.extend(guard.access_doors().next().map(|rule| rule.place));
    }
    if places.is_empty() {
        places.push(guard.place());
    }
    places
}

#[cfg(test)]
mod tests {
    use super::super::trial::{field, judged, place_count};
    use super::*;

    const FACTS: &str = r#"{"photos": {"networks": ["10.20.0.0/16"]},
        "hosts": [{"name": "stp1", "addresses": ["10.21.1.5"], "roles": ["sametime-proxy"]}]}"#;

    fn host(address: &str) -> String {
        format!(
            "Listen 80\n<VirtualHost *:80>\nServerName photos.acme.example\nRewriteEngine On\n\
             RewriteCond %{{REMOTE_ADDR}} !{address}\nRewriteRule ^ - [F]\n</VirtualHost>"
        )
    }

    #[test]
    fn addresses_too_many_are_counted_and_listed() {
        let findings = judged(&OVERREACH, &host(r"^10\.2[01]\.(1|2)\."), FACTS);
        assert_eq!(findings.len(), 1);
        assert_eq!(
            field(&findings[0], "ranges"),
            "10.21.1.0-10.21.1.4, 10.21.1.6-10.21.2.255"
        );
        assert_eq!(field(&findings[0], "count"), "511");
        assert_eq!(place_count(&findings[0]), 1);
        assert!(judged(&OVERREACH, &host(r"^10\.20\."), FACTS).is_empty());
    }

    #[test]
    fn addresses_too_few_are_counted_and_listed() {
        let findings = judged(&GAP, &host(r"^10\.20\.([0-9]|[1-5][0-9])\."), FACTS);
        assert_eq!(field(&findings[0], "ranges"), "10.20.60.0-10.20.255.255");
        assert_eq!(field(&findings[0], "count"), "50176");
        assert_eq!(field(&findings[1], "machine"), "stp1");
        let all = host(r"^10\.(20\.|21\.1\.5$)");
        assert!(judged(&GAP, &all, FACTS).is_empty());
    }

    #[test]
    fn without_the_fact_the_fact_is_asked_for() {
        for check in [&OVERREACH, &GAP] {
            let findings = judged(check, &host(r"^10\.20\."), "{}");
            assert_eq!(field(&findings[0], "lacks"), "photos.networks");
        }
        let by_cookie = host(r"^10").replace("REMOTE_ADDR", "HTTP_COOKIE");
        assert!(judged(&GAP, &by_cookie, "{}").is_empty());
    }
}
