//! Key stores with keys in them, which the packs' examples must not hold.

use casebook_plugin_configs::{DrawnDocument, DrawnSite, Severity};

use super::{drawn_stores, judged_stores, judged_with};
use crate::code::tls::CERTIFICATE;
use crate::code::trial::{field, judged};

/// A certificate: subject, issuer, whether it is an authority, whether its key lies beside it, who issued it.
struct Drawn(&'static str, &'static str, &'static str, &'static str, &'static str);

fn certificate(document: &mut DrawnDocument<'_>, line: u32, drawn: &Drawn, until: &str) {
    let Drawn(subject, issuer, ca, has_key, issued_by) = *drawn;
    let mut attributes = vec![
        ("subject", subject),
        ("issuer", issuer),
        ("ca", ca),
        ("self-issued", if subject == issuer { "yes" } else { "no" }),
        ("fingerprint", subject),
        ("common-name", subject.trim_start_matches("CN=")),
        ("not-before", "2016-01-01T00:00:00Z"),
        ("not-after", "(then)"),
        ("not-after-epoch", until),
    ];
    attributes.extend(
        [("has-key", has_key), ("issued-by", issued_by)]
            .iter()
            .filter(|(_, value)| !value.is_empty()),
    );
    document.node(0, "certificate", "", line, &attributes);
}

/// The beginning of 2018, and that of August 2016.
const GOOD: &str = "1514764800";
const PAST: &str = "1470009600";

fn store(site: &mut DrawnSite, file: &str, certificates: &[Drawn], key: bool) {
    let until = vec![GOOD; certificates.len()];
    store_until(site, file, certificates, &until, key);
}

fn store_until(site: &mut DrawnSite, file: &str, certificates: &[Drawn], until: &[&str], key: bool) {
    let mut document = site.document(file, "keystore", "keystore", &[], "keystore");
    if key {
        document.node(0, "private-key", "", 1, &[("encrypted", "yes")]);
    }
    for (line, (drawn, until)) in (2..).zip(certificates.iter().zip(until)) {
        certificate(&mut document, line, drawn, until);
    }
}

const LEAF: Drawn = Drawn("CN=chat.acme.example", "CN=Issuing", "no", "", "1");
const ALONE: Drawn = Drawn("CN=chat.acme.example", "CN=Issuing", "no", "", "");
const ISSUING: Drawn = Drawn("CN=Issuing", "CN=Root", "yes", "", "");

#[test]
fn a_key_store_without_intermediates_is_told_even_if_they_lie_beside_it() {
    let findings = judged_stores("", |site| {
        store(site, "a/key.pem", &[ALONE], true);
        store(site, "a/issuing.pem", &[ISSUING], false);
    });
    assert_eq!(findings.len(), 1);
    assert!(findings[0].message.contains("same folder"), "{}", findings[0].message);
    let silent = judged_stores("", |site| {
        store(site, "a/leaf.pem", &[ALONE], false);
        store(site, "a/issuing.pem", &[ISSUING], false);
    });
    assert!(silent.is_empty());
    let elsewhere = judged_stores("", |site| {
        store(site, "a/leaf.pem", &[ALONE], false);
        store(site, "b/issuing.pem", &[ISSUING], false);
    });
    assert_eq!(elsewhere.len(), 1);
}

#[test]
fn the_same_certificate_in_two_files_is_one_finding() {
    let findings = judged_stores("", |site| {
        store(site, "a/key.pem", &[ALONE], true);
        store(site, "b/key.pem", &[ALONE], true);
    });
    assert_eq!((findings.len(), findings[0].places.len()), (1, 2));
}

#[test]
fn a_chain_that_goes_in_circles_ends() {
    let round = [
        Drawn("CN=chat.acme.example", "CN=A", "no", "", "1"),
        Drawn("CN=A", "CN=B", "yes", "", "2"),
        Drawn("CN=B", "CN=A", "yes", "", "1"),
    ];
    let findings = judged_stores("", |site| store(site, "a.pem", &round, false));
    assert!(
        findings
            .iter()
            .all(|finding| field(finding, "problem") != "issuer missing")
    );
}

#[test]
fn what_has_expired_among_the_trusted_is_only_mentioned() {
    let findings = judged_stores("", |site| {
        store_until(site, "trust.pem", &[ISSUING], &[PAST], false);
    });
    assert_eq!((findings.len(), findings[0].severity), (1, Some(Severity::Info)));
    let used = judged_stores("", |site| {
        store_until(site, "key.pem", &[LEAF, ISSUING], &[GOOD, PAST], true);
    });
    let problems: Vec<_> = used
        .iter()
        .map(|finding| (field(finding, "problem"), finding.severity))
        .collect();
    assert_eq!(problems, [("root missing", Some(Severity::Info)), ("expired", None)]);
}

#[test]
fn what_has_expired_and_is_shown_is_not_mentioned_again_where_it_is_trusted() {
    let findings = judged_stores("", |site| {
        store_until(site, "a/key.pem", &[LEAF, ISSUING], &[GOOD, PAST], true);
        store_until(site, "b/trust.pem", &[ISSUING], &[PAST], false);
    });
    let problems: Vec<_> = findings.iter().map(|finding| field(finding, "problem")).collect();
    assert_eq!(problems, ["root missing", "expired"]);
    assert!(
        findings
            .iter()
            .all(|finding| finding.places.iter().all(|place| place.document == 0))
    );
}

#[test]
fn without_a_day_nothing_is_said_of_days_but_that() {
    let mut site = DrawnSite::new("acme", "{}");
    store_until(&mut site, "key.pem", &[ALONE], &[PAST], true);
    let findings = judged(&CERTIFICATE, site);
    let said: Vec<_> = findings
        .iter()
        .map(|finding| (field(finding, "problem"), field(finding, "lacks")))
        .collect();
    assert_eq!(said, [("issuer missing", ""), ("", "today")]);
}

#[test]
fn of_several_certificates_one_has_to_cover_a_name() {
    let other = Drawn("CN=stp1.acme.example", "CN=stp1.acme.example", "no", "", "");
    let facts = r#","meetings":{"host":"meetings.acme.example"}"#;
    let several = judged_stores(facts, |site| {
        store(site, "a/one.pem", &[LEAF, ISSUING], true);
        store(site, "b/two.pem", &[other], true);
    });
    let named: Vec<_> = several
        .iter()
        .filter(|finding| field(finding, "problem") == "name not covered")
        .collect();
    assert_eq!((named.len(), named[0].severity), (1, Some(Severity::Info)));
    let facts = r#","hosts":[{"name":"stp1.intern","aliases":["chat.acme.example"],"roles":["connections"]}]"#;
    let by_alias = judged_stores(facts, |site| store(site, "a/one.pem", &[LEAF, ISSUING], true));
    assert!(
        by_alias
            .iter()
            .all(|finding| field(finding, "problem") != "name not covered")
    );
}

#[test]
fn each_key_of_a_pkcs12_has_its_own_chain() {
    let keys = [
        Drawn("CN=chat.acme.example", "CN=Issuing", "no", "yes", "1"),
        Drawn("CN=Issuing", "CN=Issuing", "yes", "no", "1"),
        Drawn("CN=stp1.acme.example", "CN=Elsewhere", "no", "yes", ""),
    ];
    let found = |keys: &[Drawn]| {
        let site = drawn_stores("", |site| store(site, "key.p12", keys, true));
        let findings = judged_with(&CERTIFICATE, site, &[(0, "container", "pkcs12")]);
        let named = findings
            .iter()
            .map(|one| (field(one, "certificate").to_owned(), field(one, "problem").to_owned()));
        named.collect::<Vec<_>>()
    };
    assert_eq!(
        found(&keys),
        [("CN=stp1.acme.example".to_owned(), "issuer missing".to_owned())]
    );
    // The same certificates without any key are what the store trusts.
    let trusted = [
        Drawn("CN=chat.acme.example", "CN=Issuing", "no", "no", ""),
        Drawn("CN=stp1.acme.example", "CN=Elsewhere", "no", "no", ""),
    ];
    assert!(found(&trusted).is_empty());
}

#[test]
fn only_a_pem_has_an_order() {
    let reversed = [
        Drawn("CN=Root", "CN=Root", "yes", "no", "0"),
        Drawn("CN=Issuing", "CN=Root", "yes", "no", "0"),
        Drawn("CN=chat.acme.example", "CN=Issuing", "no", "yes", "1"),
    ];
    let found = |container| {
        let site = drawn_stores("", |site| store(site, "key.any", &reversed, true));
        judged_with(&CERTIFICATE, site, &[(0, "container", container)]).len()
    };
    assert_eq!((found("pem"), found("pkcs12")), (1, 0));
}
