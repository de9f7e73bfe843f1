use proptest::prelude::*;
use regex::RegexSet;

use super::*;
use crate::gate::space::Named;

fn space(texts: &[&str]) -> AddressSpace {
    texts.iter().fold(AddressSpace::default(), |space, text| {
        match AddressSpace::read(text).expect(text) {
            Named::V4(more) => space.union(&more),
            Named::V6(_) => space,
        }
    })
}

fn wanted(httpd: Httpd, networks: &[&str], cookies: &[&str], redirect: Option<&str>) -> Wanted {
    Wanted {
        httpd,
        networks: space(networks),
        ipv6: Vec::new(),
        cookies: cookies.iter().map(|name| CookieName::new(name).expect(name)).collect(),
        redirect: redirect.map(str::to_owned),
        path: "/photos".to_owned(),
    }
}

/// The directives, without comments.
fn directives(text: &str) -> Vec<&str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

#[test]
fn a_gate_for_2_2_is_anchored_and_escaped() {
    let gate = gate(&wanted(
        Httpd::V22,
        &["10.20.0.0/16", "192.168.7.64/26", "9.1.2.3"],
        &["LtpaToken2", "a.b"],
        Some("https://login.example.com/?x=$1&y=%20"),
    ))
    .expect("a gate");
    assert_eq!(
        directives(&gate),
        [
            "RewriteEngine On",
            r"RewriteCond %{REMOTE_ADDR} !^9\.1\.2\.3$",
            r"RewriteCond %{REMOTE_ADDR} !^10\.20\.",
            r"RewriteCond %{REMOTE_ADDR} !^192\.168\.7\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])$",
            r"RewriteCond %{HTTP_COOKIE} !(^|;\s*)LtpaToken2=[^;]+",
            r"RewriteCond %{HTTP_COOKIE} !(^|;\s*)a\.b=[^;]+",
            r"RewriteRule ^/photos/ https://login.example.com/?x=\$1&y=\%20 [R=302,L,NE]",
        ]
    );
    assert!(gate.contains("#   192.168.7.64/26  (64 addresses)") && gate.contains("cannot tell whether"));
}

#[test]
fn a_gate_for_2_4_is_access_control() {
    let mut wanted = wanted(
        Httpd::V24,
        &["10.20.0.0/16"],
        &["LtpaToken2"],
        Some("https://login.example.com/"),
    );
    wanted.ipv6 = vec!["2001:db8::/32".to_owned()];
    let gate = gate(&wanted).expect("a gate");
    assert_eq!(
        directives(&gate),
        [
            "<Location \"/photos/\">",
            "<RequireAny>",
            "Require ip 10.20.0.0/16 2001:db8::/32",
            r#"Require expr "%{HTTP_COOKIE} =~ /(^|;\s*)LtpaToken2=[^;]+/""#,
            "</RequireAny>",
            "ErrorDocument 403 https://login.example.com/",
            "</Location>",
        ]
    );
}

#[test]
fn what_cannot_be_a_gate_is_refused() {
    let fault = |wanted: Wanted| gate(&wanted).expect_err("refused").to_string();
    assert!(fault(wanted(Httpd::V22, &[], &[], None)).contains("nobody"));
    assert!(fault(wanted(Httpd::V22, &["0.0.0.0/0"], &[], None)).contains("everybody"));
    for target in [
        "login.example.com",
        "https://",
        "https://a b/",
        "https://x/\"",
        "https://x/\n[F]",
        "javascript:x",
        "https://x/%{ENV:a}",
    ] {
        assert!(
            fault(wanted(Httpd::V24, &["10.0.0.0/8"], &[], Some(target))).contains("no address"),
            "{target}"
        );
    }
    for name in ["", "a b", "a=b", "a;b", "a\"b", "a\nb", "a(b"] {
        assert!(CookieName::new(name).is_err(), "{name}");
    }
    for path in ["photos", "/", "/a b/", "/a/../b/", "/a//b/", "/^a$/"] {
        let wanted = Wanted {
            path: path.to_owned(),
            ..wanted(Httpd::V22, &["10.0.0.0/8"], &[], None)
        };
        assert!(fault(wanted).contains("no path"), "{path}");
    }
    let mut v6 = wanted(Httpd::V22, &["10.0.0.0/8"], &[], None);
    v6.ipv6 = vec!["2001:db8::/32".to_owned()];
    assert!(fault(v6).contains("write for 2.4"));
}

#[test]
fn expressions_stay_readable() {
    let networks: Vec<(u32, u32)> = (0..200_u32)
        .map(|n| {
            let first = n.wrapping_mul(0x9e37_79b9) & 0xffff_f000;
            (first, first | 0xfff)
        })
        .collect();
    let patterns = patterns(&AddressSpace::of(networks));
    assert!(patterns.iter().all(|pattern| pattern.len() <= 260), "{patterns:?}");
    assert!(patterns.len() <= 256);
}

proptest! {
    #[test]
    fn the_expressions_match_the_set_and_nothing_else(networks in networks(), more in proptest::collection::vec(any::<u32>(), 20)) {
        let space = AddressSpace::of(networks);
        let patterns = patterns(&space);
        let set = RegexSet::new(&patterns).expect("expressions");
        let edges = space.ranges().iter().flat_map(|(a, b)| [a.wrapping_sub(1), *a, *b, b.wrapping_add(1), a ^ 256, b ^ 65_536]);
        for address in edges.chain(more) {
            let text = std::net::Ipv4Addr::from(address).to_string();
            let is_in = space.ranges().iter().any(|(a, b)| (*a..=*b).contains(&address));
            prop_assert_eq!(set.is_match(&text), is_in, "{} {:?}", text, patterns);
        }
    }
}

/// Networks of all sizes, near each other and far apart.
fn networks() -> impl Strategy<Value = Vec<(u32, u32)>> {
    let address = prop_oneof![any::<u32>(), any::<u32>().prop_map(|n| 0x0a14_0000 | n & 0x3ff)];
    let network = (address, 1..=32_u32).prop_map(|(address, bits)| {
        let mask = u32::MAX << (32 - bits);
        (address & mask, address & mask | !mask)
    });
    proptest::collection::vec(network, 0..12)
}
