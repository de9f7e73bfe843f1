//! No site is too strange, and none makes a finding longer than people read.

use casebook_plugin_configs::DrawnSite;
use proptest::prelude::*;

use crate::code::tls::{CELL_MISMATCH, CERTIFICATE, MEETING_CLIENT, SIP_PROXY, WEAK_CIPHERS, WEAK_PROTOCOL};
use crate::code::trial::judged;

const FACTS: &str = r#"{"today_epoch":1476230400,"meetings":{"host":"m.acme.example"},"products":{"sametime":"9"},
    "hosts":[{"name":"a.acme.example","node":"N","roles":["meeting","sip-proxy-registrar","connections","deployment-manager"]}]}"#;

/// Names and values that mean something somewhere, and some that do not.
const NAMES: [&str; 16] = [
    "managementScopes",
    "repertoire",
    "setting",
    "sslConfigGroups",
    "dynamicSSLConfigSelections",
    "properties",
    "serverEntries",
    "specialEndpoints",
    "transportChannels",
    "chains",
    "com.ibm.ssl.protocol",
    "certificate",
    "virtualhost",
    "sslenable",
    "sslciphersuite",
    "include",
];

const ATTRIBUTES: [&str; 18] = [
    "xmi:id",
    "alias",
    "managementScope",
    "scopeName",
    "sslConfig",
    "direction",
    "sslProtocol",
    "enabledCiphers",
    "dynamicSelectionInfo",
    "serverName",
    "endPointName",
    "transportChannels",
    "issued-by",
    "subject",
    "issuer",
    "not-after-epoch",
    "1",
    "expanded-1",
];

const VALUES: [&str; 16] = [
    "",
    "1",
    "0",
    "inbound",
    "(cell):C",
    "(cell):C:(node):N",
    "(cell):C:(node):N:(server):S",
    "CellDefaultSSLSettings",
    "XDADefaultSSLSettings",
    "NodeDefaultSSLSettings",
    "TLSv1.2",
    "SSL_TLS",
    "SSL_RSA_WITH_RC4_128_MD5",
    "ADMIN_SOAP,*,*",
    "ALL:!RC4",
    "nan",
];

const KINDS: [(&str, &str); 6] = [
    ("security.xml", "xml"),
    ("server.xml", "xml"),
    ("serverindex.xml", "xml"),
    ("ssl.client.props", "properties"),
    ("httpd.conf", "httpd"),
    ("keystore", "keystore"),
];

type Node = (usize, usize, Vec<(usize, usize)>);

fn node() -> impl Strategy<Value = Node> {
    let attribute = (0..ATTRIBUTES.len(), 0..VALUES.len());
    (0..4_usize, 0..NAMES.len(), prop::collection::vec(attribute, 0..7))
}

fn draw(documents: &[(usize, Vec<Node>)]) -> DrawnSite {
    let mut site = DrawnSite::new("acme", FACTS);
    for (number, (kind, nodes)) in documents.iter().enumerate() {
        let (kind, syntax) = KINDS[*kind];
        let file = format!("p{number}/config/cells/C/nodes/N/servers/S/{kind}");
        let attributes = [("cell", "C"), ("node", "N"), ("server", "S"), ("profile", "p")];
        let mut document = site.document(&file, kind, syntax, &attributes, "root");
        let mut last = 0;
        for (up, name, attributes) in nodes {
            let attributes: Vec<_> = attributes
                .iter()
                .map(|(name, value)| (ATTRIBUTES[*name], VALUES[*value]))
                .collect();
            let parent = if *up == 0 { last } else { 0 };
            last = document.node(parent, NAMES[*name], VALUES[name % VALUES.len()], 2, &attributes);
        }
    }
    site
}

proptest! {
    #[test]
    fn no_site_panics_and_findings_stay_readable(
        documents in prop::collection::vec((0..KINDS.len(), prop::collection::vec(node(), 0..14)), 0..6)
    ) {
        for check in [&SIP_PROXY, &MEETING_CLIENT, &CELL_MISMATCH, &WEAK_PROTOCOL, &WEAK_CIPHERS, &CERTIFICATE] {
            let once = judged(check, draw(&documents));
            for finding in &once {
                prop_assert!(finding.places.len() <= 16 && finding.message.len() < 4_000);
                prop_assert!(finding.fields.iter().any(|(name, _)| name == "found" || name == "lacks"));
            }
            let again = judged(check, draw(&documents));
            prop_assert_eq!(format!("{once:?}"), format!("{again:?}"));
        }
    }
}
