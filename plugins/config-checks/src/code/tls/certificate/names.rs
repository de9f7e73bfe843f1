//! Names that a certificate stands for.
//!
//! Comes in: a certificate, and a name that clients ask for. Goes out: whether it covers it. Never here: which names clients
//! ask for. As RFC 6125 has it: alternative names count, the common name only without any; `*` stands for one whole label at
//! the beginning.

use super::store::Certificate;

/// The names of a certificate.
pub(super) fn names<'s>(certificate: &Certificate<'s>) -> Vec<&'s str> {
    let alternatives = certificate.node.children_named("name").map(|name| name.value());
    let alternatives: Vec<&str> = alternatives.filter(|name| !name.is_empty()).collect();
    if !alternatives.is_empty() {
        return alternatives;
    }
    let common = certificate.value("common-name");
    Vec::from_iter((!common.is_empty()).then_some(common))
}

/// Whether one of these names covers a host.
pub(super) fn covers(names: &[&str], host: &str) -> bool {
    let host = host.trim_end_matches('.');
    names.iter().any(|name| {
        let name = name.trim_end_matches('.');
        match name.strip_prefix("*.") {
            Some(domain) => host
                .split_once('.')
                .is_some_and(|(label, behind)| !label.is_empty() && behind.eq_ignore_ascii_case(domain)),
            None => name.eq_ignore_ascii_case(host),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_star_stands_for_one_label() {
        let names = ["*.acme.example", "acme.example", "192.0.2.7"];
        for host in [
            "stp1.acme.example",
            "STP1.Acme.Example",
            "acme.example",
            "stp1.acme.example.",
            "192.0.2.7",
        ] {
            assert!(covers(&names, host), "{host}");
        }
        for host in [
            "a.b.acme.example",
            ".acme.example",
            "acme.example.org",
            "stp1.acme",
            "192.0.2.77",
            "",
        ] {
            assert!(!covers(&names, host), "{host}");
        }
        assert!(
            !covers(&["st*.acme.example"], "stp1.acme.example"),
            "a part of a label is not covered"
        );
    }
}
