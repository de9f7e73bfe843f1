//! Many files, many threads: the same answer, and no more memory than they are worth.

use super::story::{bytes_of, write};
use super::witness::{SECURITY, Site, coverage, run};

/// Files of a cell that is larger than any: enough to see what grows, few enough for a test.
const MANY: usize = 20_000;

/// Memory that they may take, in KiB: 600 MiB, 30 KiB a file.
const MOST: u64 = 600 << 10;

#[test]
fn twenty_thousand_files_are_read_in_bounded_memory() {
    let site = Site::new(&[]);
    for number in 0..MANY {
        let node = format!("config/cells/C/nodes/N{}", number / 100);
        let (name, text) = match number % 4 {
            0 => (format!("{node}/servers/S{number}/server.xml"), server(number)),
            1 => (format!("{node}/servers/S{number}/security.xml"), SECURITY.to_owned()),
            2 => (
                format!("{node}/props/p{number}.properties"),
                format!("name=S{number}\nport=9{number}\n"),
            ),
            _ => (
                format!("{node}/other/f{number}"),
                format!("<?xml version=\"1.0\"?>\n<f n=\"{number}\"/>\n"),
            ),
        };
        write(&site.path(), &name, text.as_bytes());
    }
    let run = run(site.command("behaviour: behaves").args(["--threads", "2"]));
    assert_eq!(run.told.of_type("summary")[0]["files"], MANY);
    // The ledger lists as many as it may, and counts the others: all were judged.
    let said = coverage(&run.told);
    let [listed] = said.as_slice() else { panic!("{said:#?}") };
    assert!(
        listed.contains("10000 findings are listed, 10000 more (10000 occurrences) are not"),
        "{listed}"
    );
    assert!(run.most.is_none_or(|most| most < MOST), "{:?} KiB", run.most);
}

/// What a plugin wants is remembered once, and not with each file: a hundred thousand names of nodes, two thousand files.
#[test]
fn the_names_that_a_plugin_wants_are_not_kept_for_each_file() {
    let site = Site::new(&[]);
    for number in 0..2_000 {
        write(&site.path(), &format!("n{number}/f.xml"), SECURITY.as_bytes());
    }
    let run = run(site
        .command("kinds: [xml]\nbehaviour: wants-many-names")
        .args(["--plugin-timeout", "60"]));
    assert_eq!(run.told.findings().len(), 2_000, "{:?}", run.told.gaps());
    assert!(run.most.is_none_or(|most| most < MOST), "{:?} KiB", run.most);
}

fn server(number: usize) -> String {
    format!(
        "<process:Server xmlns:process=\"p\" name=\"S{number}\">\n{}</process:Server>\n",
        "<components a=\"1\" b=\"2\"><c d=\"e\"/></components>\n".repeat(5)
    )
}

/// Everything that could depend on who was first: documents of all kinds, some broken, some included, some copies.
fn site(backwards: bool) -> Site {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for node in 0..30 {
        let folder = format!("config/cells/C/nodes/N{node}");
        files.push((
            format!("{folder}/security.xml"),
            SECURITY.replace("TLSv1.2", &format!("TLSv1.{node}")).into_bytes(),
        ));
        files.push((format!("{folder}/security.xml.bak"), SECURITY.as_bytes().to_vec()));
        files.push((
            format!("{folder}/broken.xml"),
            format!("<a>\n<b x=”{node}”>\n</c>\n").into_bytes(),
        ));
        files.push((format!("{folder}/unnamed-{node}"), SECURITY.as_bytes().to_vec()));
        files.push((
            format!("{folder}/hosts"),
            format!("10.0.0.{node} n{node}\nno address\n").into_bytes(),
        ));
        files.push((
            format!("ihs/conf/v{node}.txt"),
            format!("Listen {node}\nAlias /{node} /x\n").into_bytes(),
        ));
        files.push((
            format!("logs/s{node}.log"),
            b"[10/13/16 10:00:00:000 UTC] 00000001 Servlet E   text\n".to_vec(),
        ));
    }
    let conf = "ServerRoot \"/opt/IHS\"\nListen 80\nInclude conf/v*.txt\nInclude conf/gone\n";
    files.push(("ihs/conf/httpd.conf".to_owned(), conf.into()));
    files.push((
        "key.p12".to_owned(),
        bytes_of("host/document/syntax/keystore/fixtures/modern.p12"),
    ));
    files.push((
        "chain.pem".to_owned(),
        bytes_of("host/document/syntax/keystore/fixtures/chain.pem"),
    ));
    if backwards {
        files.reverse();
    }
    files
        .iter()
        .fold(Site::new(&[]), |site, (name, bytes)| site.with(name, bytes))
}

#[test]
fn the_order_of_files_and_the_threads_change_not_a_byte() {
    let (one, other) = (site(false), site(true));
    let told = |site: &Site, threads: &str| {
        run(site
            .command("behaviour: echoes")
            .args(["--threads", threads, "--today", "2026-01-01"]))
        .told
    };
    let first = told(&one, "1");
    let (findings, gaps) = (first.findings().len(), first.gaps().len());
    assert!(findings > 300 && gaps > 60, "{findings} findings, {gaps} gaps");
    for (site, threads) in [(&one, "2"), (&one, "8"), (&other, "1"), (&other, "8")] {
        let told = told(site, threads);
        assert_eq!(told.status, first.status);
        let differing = first
            .out
            .lines()
            .zip(told.out.lines())
            .find(|(first, told)| first != told);
        assert_eq!(differing, None, "--threads {threads}");
        assert!(
            first.out == told.out,
            "--threads {threads}: not the same number of lines"
        );
    }
}
