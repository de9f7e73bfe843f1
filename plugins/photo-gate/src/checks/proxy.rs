//! `photo-gate-proxy-address`: the address that is judged is not the client's, or is whatever a client says it is.
//!
//! Comes in: guards, servers, the facts `hosts`. Goes out: a finding where
//!
//! - `RemoteIPHeader` is set without a list of proxies: httpd then believes the header of every sender;
//! - a condition looks at `X-Forwarded-For` or its kind itself: every sender can write it;
//! - the gate judges addresses, the facts name a load balancer or reverse proxy, and nothing puts the client's address in place
//!   of the proxy's;
//! - the same, where only the log format hints at a proxy: as a question, not as a finding of its own weight.
//!
//! Never here: the log itself.

use std::net::Ipv4Addr;

use casebook_plugin_configs::Severity;

use super::decides::{request, stranger};
use super::gate::{Guard, everything, quoted};
use super::{Check, Fate, Inquiry, Ranges, Report};
use crate::Place;
use crate::conf::{Directive, Scope};
use crate::trace::Subject;

pub(super) static CHECK: Check = Check {
    name: "photo-gate-proxy-address",
    run,
};

/// Headers in which proxies say for whom they ask, in small letters.
const SAID: &[&str] = &[
    "x-forwarded-for",
    "forwarded",
    "x-real-ip",
    "x-client-ip",
    "client-ip",
    "true-client-ip",
    "cf-connecting-ip",
    "$wsra",
];

/// Roles of machines that stand in front of a web server.
const IN_FRONT: &[&str] = &["load-balancer", "reverse-proxy"];

/// Lists that say whom mod_remoteip believes.
const LISTS: &[&str] = &[
    "remoteipinternalproxy",
    "remoteipinternalproxylist",
    "remoteiptrustedproxy",
    "remoteiptrustedproxylist",
];

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    for guard in inquiry.guards.iter().filter(|guard| guard.has_gate()) {
        let header = last(guard, |directive| directive.name == "remoteipheader");
        let list = last(guard, |directive| LISTS.contains(&directive.name.as_str()));
        let judging = judging(guard);
        if let (Some(header), None, false) = (header, list, judging.is_empty()) {
            believed(inquiry, guard, header, &judging, report);
        }
        said(inquiry, guard, report);
        if header.is_none() && !judging.is_empty() {
            in_front(inquiry, guard, &judging, report);
        }
    }
}

/// The conditions and rules that judge the address, with their places.
fn judging(guard: &Guard<'_>) -> Vec<Place> {
    let gates = guard.gates();
    let conditions = gates.iter().flat_map(|gate| gate.rule.doors());
    let by_address = conditions.filter(|condition| condition.subject == Subject::Address);
    let mut places: Vec<Place> = by_address.map(|condition| condition.directive.place).collect();
    let access = guard.access_doors().filter(|rule| {
        let words: Vec<String> = rule.args.iter().map(|arg| arg.to_ascii_lowercase()).collect();
        let has = |word: &str| words.iter().any(|known| known == word);
        match rule.name.as_str() {
            "require" => has("ip") || has("host") || rule.value.contains("-R") || rule.value.contains("-ipmatch"),
            _ => words.get(1).is_some_and(|from| !from.starts_with("env=")),
        }
    });
    places.extend(access.map(|rule| rule.place));
    places
}

/// The last such directive of the host, else of the server.
fn last<'s>(guard: &Guard<'s>, is_it: impl Fn(&Directive) -> bool) -> Option<&'s Directive> {
    let of = |scope: &'s Scope| scope.directives().filter(|directive| is_it(directive)).last();
    of(guard.own_scope()).or_else(|| of(&guard.server.scope))
}

/// mod_remoteip believes everybody.
fn believed(inquiry: &Inquiry<'_>, guard: &Guard<'_>, header: &Directive, judging: &[Place], report: &mut Report) {
    let name = header.args.first().map_or("X-Forwarded-For", String::as_str);
    let proof = proof(inquiry, guard, name);
    let shown = proof.as_ref().map_or(String::new(), |(stranger, said)| {
        format!(" {stranger} is turned away, and let in with `{name}: {said}`.")
    });
    let found = quoted(header);
    let message = format!(
        "`{found}` stands without a list of proxies, so httpd believes that header whoever sends it: every client chooses the \
         address that the gate judges.{shown}"
    );
    let entry = report
        .finding(format!("{} {found}", guard.name()), message)
        .at(header.place)
        .all(judging.iter().copied())
        .field("host", guard.name())
        .field("header", name);
    let entry = match proof {
        Some((_, said)) => entry.field("passes", format!("{name}: {said}")),
        None => entry,
    };
    entry
        .values(
            found,
            "RemoteIPInternalProxy or RemoteIPTrustedProxy with the addresses of the proxies",
        )
        .enter();
}

/// A stranger, and what he writes into a header to be let in.
fn proof(inquiry: &Inquiry<'_>, guard: &Guard<'_>, header: &str) -> Option<(Ipv4Addr, Ipv4Addr)> {
    let (stranger, _) = stranger(guard, inquiry.decides)?;
    let mut members: Vec<Ipv4Addr> = Vec::new();
    let gates = guard.gates();
    for condition in gates.iter().flat_map(|gate| gate.rule.doors()) {
        members.extend(
            inquiry
                .decides
                .matched(&condition.pattern, false)
                .as_ref()
                .and_then(Ranges::example),
        );
    }
    members.extend(Ranges::of_networks(&inquiry.facts.networks).example());
    let admitted = inquiry.decides.admitted(guard, &request(guard, stranger, &[]));
    members.extend(admitted.and_then(|admitted| admitted.admitted.example()));
    members.into_iter().find_map(|member| {
        let said = member.to_string();
        let request = request(guard, stranger, &[(header, said.as_str())]);
        let ruling = inquiry.decides.decide(guard, &request)?;
        (ruling.fate == Fate::LetIn).then_some((stranger, member))
    })
}

/// Conditions that look at what a proxy says, and so at what anybody says.
fn said(inquiry: &Inquiry<'_>, guard: &Guard<'_>, report: &mut Report) {
    let gates = guard.gates();
    let conditions = gates.iter().flat_map(|gate| gate.rule.doors());
    let of_condition = |header: &String| SAID.contains(&header.as_str());
    let mut suspects: Vec<(&Directive, String)> = Vec::new();
    for condition in conditions {
        if let Subject::Header(header) = &condition.subject
            && of_condition(header)
        {
            suspects.push((condition.directive, header.clone()));
        }
    }
    if guard
        .access_doors()
        .any(|rule| rule.value.to_ascii_lowercase().contains("env"))
    {
        let scopes = [&guard.server.scope, guard.own_scope()];
        for directive in scopes.into_iter().flat_map(everything) {
            let header = directive
                .args
                .first()
                .map(|arg| arg.to_ascii_lowercase())
                .unwrap_or_default();
            if matches!(directive.name.as_str(), "setenvif" | "setenvifnocase") && of_condition(&header) {
                suspects.push((directive, header));
            }
        }
    }
    for (directive, header) in suspects {
        let found = quoted(directive);
        let proof = proof(inquiry, guard, &header);
        let shown = proof.as_ref().map_or(String::new(), |(stranger, said)| {
            format!(" {stranger} is turned away, and let in with `{header}: {said}`.")
        });
        let message = format!(
            "`{found}` judges by a header that every client can send, whatever a proxy in front would write into it.{shown}"
        );
        let entry = report
            .finding(format!("{} {found}", guard.name()), message)
            .at(directive.place)
            .field("host", guard.name())
            .field("header", header.as_str());
        let entry = match proof {
            Some((_, said)) => entry.field("passes", format!("{header}: {said}")),
            None => entry,
        };
        entry
            .values(
                found,
                "the client's address: %{REMOTE_ADDR}, behind a proxy with mod_remoteip and a list of proxies",
            )
            .enter();
    }
}

/// A machine stands in front, and its address is judged in place of the clients'.
fn in_front(inquiry: &Inquiry<'_>, guard: &Guard<'_>, judging: &[Place], report: &mut Report) {
    let proxies: Vec<_> = inquiry.facts.with_role(IN_FRONT).collect();
    if proxies.is_empty() {
        hinted(guard, judging, report);
        return;
    }
    let mut is_let_in = false;
    for address in proxies.iter().flat_map(|proxy| &proxy.addresses) {
        let ruling = inquiry.decides.decide(guard, &request(guard, *address, &[]));
        is_let_in |= ruling.is_some_and(|ruling| ruling.fate == Fate::LetIn);
    }
    let names: Vec<&str> = proxies.iter().map(|proxy| proxy.name.as_str()).collect();
    let follows = if is_let_in {
        "The gate admits the proxy's address, and with it everybody behind the proxy."
    } else {
        "Whoever comes through it is judged by the proxy's address, and the networks in the conditions never match."
    };
    let message = format!(
        "{} judges the address of the connection, and {} stands in front (environment.toml): without mod_remoteip that is the \
         proxy's address, not the client's. {follows}",
        guard.subject(),
        names.join(", "),
    );
    report
        .finding(format!("{} in front", guard.name()), message)
        .severity(if is_let_in { Severity::High } else { Severity::Medium })
        .all(judging.iter().copied())
        .field("host", guard.name())
        .field("proxy", names.join(", "))
        .values(
            "the proxy's address is judged",
            "RemoteIPHeader with the proxies' addresses, or the gate at the proxy",
        )
        .enter();
}

/// The log notes what a proxy says: there may be one.
fn hinted(guard: &Guard<'_>, judging: &[Place], report: &mut Report) {
    let notes = |directive: &Directive| {
        matches!(directive.name.as_str(), "logformat" | "customlog")
            && directive.value.to_ascii_lowercase().contains("%{x-forwarded-for}i")
    };
    let Some(format) = last(guard, notes) else { return };
    let sentence = format!(
        "{} judges the address of the connection, and the log format notes X-Forwarded-For, as if a proxy stood in front.",
        guard.subject()
    );
    report.lacks(
        "hosts",
        &sentence,
        std::iter::once(format.place).chain(judging.iter().copied()),
    );
}

#[cfg(test)]
mod tests {
    use super::super::trial::{field, judged};
    use super::*;

    fn host(more: &str, condition: &str) -> String {
        format!(
            "Listen 80\n{more}\n<VirtualHost *:80>\nServerName photos.acme.example\nRewriteEngine On\n\
             RewriteCond {condition}\nRewriteRule ^ - [F]\n</VirtualHost>"
        )
    }

    const BY_ADDRESS: &str = r"%{REMOTE_ADDR} !^10\.20\.";

    #[test]
    fn a_header_that_everybody_may_send_is_no_address() {
        let findings = judged(&CHECK, &host("", r"%{HTTP:X-Forwarded-For} !^10\.20\."), "{}");
        assert_eq!(findings.len(), 1);
        assert_eq!(field(&findings[0], "header"), "x-forwarded-for");
        assert_eq!(field(&findings[0], "passes"), "x-forwarded-for: 10.20.0.1");
    }

    #[test]
    fn mod_remoteip_needs_to_know_whom_to_believe() {
        let findings = judged(&CHECK, &host("RemoteIPHeader X-Forwarded-For", BY_ADDRESS), "{}");
        assert_eq!((findings.len(), field(&findings[0], "header")), (1, "X-Forwarded-For"));
        let told = host(
            "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 10.20.1.9",
            BY_ADDRESS,
        );
        assert!(judged(&CHECK, &told, "{}").is_empty());
    }

    #[test]
    fn a_proxy_in_front_is_judged_in_place_of_the_clients() {
        let proxy = |address: &str| {
            format!(r#"{{"hosts": [{{"name": "lb1", "addresses": ["{address}"], "roles": ["load-balancer"]}}]}}"#)
        };
        let findings = judged(&CHECK, &host("", BY_ADDRESS), &proxy("10.20.1.9"));
        assert_eq!((findings.len(), findings[0].severity), (1, Some(Severity::High)));
        let findings = judged(&CHECK, &host("", BY_ADDRESS), &proxy("10.1.1.9"));
        assert_eq!(findings[0].severity, Some(Severity::Medium));
        assert!(judged(&CHECK, &host("", BY_ADDRESS), "{}").is_empty());
        let hint = host("LogFormat \"%{X-Forwarded-For}i %l\" forwarded", BY_ADDRESS);
        assert_eq!(field(&judged(&CHECK, &hint, "{}")[0], "lacks"), "hosts");
    }
}
