//! What is written is what is read: the addresses of a written gate are the networks that it was written for.

use std::fs;

use casebook::gate::space::AddressSpace;
use casebook::gate::write::{self, CookieName, Httpd, Wanted};
use casebook::gate::{Drawn, Policies, Request};
use proptest::prelude::*;

use crate::sandboxed::Sandboxed;

/// The sets behind the addresses of a gate in a virtual host.
fn addresses(gate: &str, httpd: &str) -> Drawn {
    let folder = tempfile::tempdir().expect("a folder");
    let conf = folder.path().join("httpd.conf");
    let text = format!(
        "Listen 80\nDocumentRoot /photos\n<Directory />\nAllowOverride None\n</Directory>\n\
         <VirtualHost *:80>\nServerName photos.example\n{gate}</VirtualHost>\n"
    );
    fs::write(&conf, text).expect("the configuration is written");
    let member = Sandboxed::shared().rulebook.members.first().expect("the plugin");
    let mut policies = Policies::open(&conf, Some(httpd), member).expect("policies");
    let card = policies.choose(None).expect("a policy").clone();
    let request = Request::get([0, 0, 0, 0].into(), "photos.example", "/photos/ben@example.com.jpg");
    let (told, drawn) = policies.addresses(&card, &request, None).expect("addresses");
    assert_eq!(told.count, drawn.admitted.count());
    drawn
}

/// Networks of all sizes, near each other and far apart.
fn networks() -> impl Strategy<Value = AddressSpace> {
    let address = prop_oneof![any::<u32>(), any::<u32>().prop_map(|n| 0x0a14_0000 | n & 0xfff)];
    let network = (address, 4..=32_u32).prop_map(|(address, bits)| {
        let mask = u32::MAX << (32 - bits);
        (address & mask, address & mask | !mask)
    });
    proptest::collection::vec(network, 1..20).prop_map(AddressSpace::of)
}

proptest! {
    // Each case opens the plugin twice, some milliseconds.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_addresses_of_a_written_gate_are_its_networks(networks in networks(), has_cookie in any::<bool>(), redirects in any::<bool>()) {
        for (httpd, version) in [(Httpd::V22, "2.2"), (Httpd::V24, "2.4.62")] {
            let wanted = Wanted {
                httpd,
                networks: networks.clone(),
                ipv6: Vec::new(),
                cookies: has_cookie.then(|| CookieName::new("LtpaToken2").expect("a name")).into_iter().collect(),
                redirect: redirects.then(|| "https://login.example.com/".to_owned()),
                path: "/photos/".to_owned(),
            };
            let gate = write::gate(&wanted).expect("a gate");
            let drawn = addresses(&gate, version);
            prop_assert_eq!(&drawn.admitted, &networks, "{}", gate);
            prop_assert!(drawn.undecided.is_empty(), "{}", gate);
        }
    }
}
