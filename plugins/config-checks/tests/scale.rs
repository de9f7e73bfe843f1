//! Sites of ten thousand documents: time grows with them, not with their pairs.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that meets what it did not expect ends, and says where"
)]

mod site;

use std::time::{Duration, Instant};

use casebook_plugin_configs::Site;
use site::flat::Flat;
use site::load;

const DOCUMENTS: usize = 10_000;

/// Documents with a use and a configuration of one of many aliases each.
fn large(aliases: usize, in_cells: bool) -> Site {
    let mut site = Flat::new("{}");
    for document in 0..DOCUMENTS {
        let cell = ("cell".to_owned(), format!("C{}", document % 7));
        let file = format!("{document}/security.xml");
        site.begin(
            &file,
            "security.xml",
            "xml",
            if in_cells { vec![cell] } else { Vec::new() },
        );
        let root = site.node(0, "security", "", 1, Vec::new());
        let alias = ("alias".to_owned(), format!("a{}", document % aliases));
        let protocol = ("protocol".to_owned(), format!("{}", document % 3));
        site.node(root, "config", "", 2, vec![alias.clone(), protocol.clone()]);
        site.node(root, "use", "", 3, vec![alias, protocol]);
    }
    site.into_site().expect("a sound site")
}

fn took(wheres: &str, site: &Site) -> (Duration, usize, Vec<String>) {
    let text = format!(
        "plugin: config-checks
id: a
title: t
severity: high
symptom: s
cause: c
remedy: r
check:
  each: {{ kind: security.xml, path: //use }}
  values: {{ alias: '@alias', protocol: '@protocol' }}
  against:
    kind: security.xml
    path: //config
    same: [cell]
    values: {{ alias: '@alias', protocol: '@protocol' }}
    {wheres}
  must: [{{ equal: ['{{protocol}}', '{{other.protocol}}'] }}]
  group: [alias]
  message: no
"
    );
    let (plugin, _) = load(&text).expect("a sound pack");
    let began = Instant::now();
    let (findings, lines) = plugin.judge(site);
    (began.elapsed(), findings.len(), lines)
}

const EQUAL: &str = "where: [{ equal: ['{alias}', '{other.alias}'] }]";

#[test]
fn what_belongs_together_is_looked_up() {
    let site = large(DOCUMENTS, true);
    let (time, findings, lines) = took(EQUAL, &site);
    assert_eq!((findings, lines.len()), (0, 0));
    assert!(time < Duration::from_secs(5), "{time:?}");
}

#[test]
fn pairs_without_end_are_cut_off_and_that_is_said() {
    for (site, wheres) in [
        (large(1, true), EQUAL),
        (large(DOCUMENTS, false), "where: []"),
        (large(1, false), EQUAL),
    ] {
        let (time, findings, lines) = took(wheres, &site);
        assert!(findings > 0);
        assert!(
            lines.iter().any(|line| line.contains("more than 1000000 pairs")),
            "{lines:?}"
        );
        assert!(time < Duration::from_secs(20), "{time:?}");
    }
}
