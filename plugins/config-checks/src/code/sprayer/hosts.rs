//! Names of machines.
//!
//! Comes in: names as files give them, and addresses that contain one. Goes out: whether two mean the same machine. Never
//! here: DNS.

/// Whether two names are one. A name without a domain is that of any machine that begins so: which domain is added to it
/// is known to nobody here.
pub(super) fn same(one: &str, other: &str) -> bool {
    let (one, other) = (bare(one), bare(other));
    if one.is_empty() {
        return false;
    }
    let short = |name: &str| name.split('.').next().unwrap_or_default().to_lowercase();
    let open = !one.contains('.') || !other.contains('.');
    one.eq_ignore_ascii_case(other) || (open && short(one) == short(other))
}

/// Whether two names are one, domains and all.
pub(super) fn equal(one: &str, other: &str) -> bool {
    let (one, other) = (bare(one), bare(other));
    !one.is_empty() && one.eq_ignore_ascii_case(other)
}

/// The name in an address such as `https://chat.acme.example:443/x`, or in a name.
pub(super) fn in_address(address: &str) -> &str {
    let address = address.trim();
    let behind = address.split_once("://").map_or(address, |(_, behind)| behind);
    let authority = behind.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    host.split_once(':').map_or(host, |(host, _)| host)
}

fn bare(name: &str) -> &str {
    name.trim().trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::{equal, in_address, same};

    #[test]
    fn a_name_is_the_same_with_and_without_its_domain() {
        for (one, other) in [
            ("Chat", "chat.acme.example"),
            ("chat.acme.example.", "CHAT.acme.example"),
            ("a", "A"),
        ] {
            assert!(same(one, other) && same(other, one), "{one} {other}");
        }
        assert!(equal("Chat", "chat") && equal("chat.acme.example.", "CHAT.acme.example"));
        assert!(!equal("chat", "chat.acme.example") && !equal("", ""));
        for (one, other) in [
            ("chat.acme.example", "chat.other.example"),
            ("chat", "chats"),
            ("", ""),
            ("", "a"),
        ] {
            assert!(!same(one, other) && !same(other, one), "{one} {other}");
        }
    }

    #[test]
    fn an_address_has_a_name_in_it() {
        for address in [
            "https://chat.acme.example:443/x?y",
            "chat.acme.example",
            "u:p@chat.acme.example:80",
            " chat.acme.example/ ",
        ] {
            assert_eq!(in_address(address), "chat.acme.example", "{address}");
        }
        assert_eq!((in_address(""), in_address("http://")), ("", ""));
    }
}
