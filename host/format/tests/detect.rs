use super::super::tests::detected;
use super::MAX_HEAD;

const ENTRY: &str = "[10/12/16 10:37:24:483 BST] 0000008e TelephonyServ I   text\n";

#[test]
fn what_stands_in_a_file_outweighs_its_name() {
    assert_eq!(detected("messages.log", ENTRY.as_bytes()), "websphere-basic");
    assert_eq!(
        detected("SystemOut.log", b"101117_095933.869,INF,Users   ,text\n"),
        "sametime-trace"
    );
}

#[test]
fn a_log_may_begin_with_a_long_stack_trace() {
    let log = ["\tat com.example.A.b(A.java:1)\n".repeat(200), ENTRY.repeat(20)].concat();
    assert_eq!(detected("x", log.as_bytes()), "websphere-basic");
    let traces_only = "\tat com.example.A.b(A.java:1)\n".repeat(200);
    assert_eq!(
        detected("SystemOut_16.10.12_10.00.00.log", traces_only.as_bytes()),
        "websphere-basic"
    );
    assert_eq!(detected("x", traces_only.as_bytes()), "line");
}

#[test]
fn a_name_alone_makes_no_format() {
    let plain = "started\nstopped\n".repeat(20);
    assert_eq!(detected("SystemOut.log", plain.as_bytes()), "line");
    let timed = "2016-10-12T10:37:31Z started\n".repeat(20);
    assert_eq!(detected("SystemOut.log", timed.as_bytes()), "line-with-time");
}

#[test]
fn an_article_that_quotes_a_log_is_text() {
    let article = ["A sentence of an article.\n".repeat(100), ENTRY.to_owned()].concat();
    assert_eq!(detected("article.txt", article.as_bytes()), "line");
}

#[test]
fn an_empty_file_goes_by_its_name() {
    assert_eq!(detected("logs/SystemOut.log", b""), "websphere-basic");
    assert_eq!(detected("logs/messages.log", b""), "liberty-messages");
    assert_eq!(detected("STUSERS_1.TXT", b"\n"), "sametime-trace");
    assert_eq!(detected("x", b""), "line");
    // A writer that kept its position while the file was truncated leaves a hole of NULs.
    assert_eq!(detected("SystemOut.log", &[0; 70_000]), "websphere-basic");
    assert_eq!(detected("x", &[0; 70_000]), "not a log");
}

#[test]
fn binary_files_are_no_logs_and_logs_with_binary_bytes_are() {
    assert_eq!(detected("acme.jar", b"PK\x03\x04\x14\0\x08\0"), "not a log");
    assert_eq!(detected("SystemOut.log", b"\xCA\xFE\xBA\xBE\0\0\0\x34"), "not a log");
    let noise: Vec<u8> = (0..4000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    assert_eq!(detected("x.bin", &noise), "not a log");
    let dumped = [ENTRY.as_bytes(), &noise, ENTRY.as_bytes()].concat();
    assert_eq!(detected("trace.log", &dumped), "websphere-basic");
    let a_few = [b"started\n".repeat(30), b"\0\x01\x02\n".to_vec()].concat();
    assert_eq!(detected("x.log", &a_few), "line");
}

#[test]
fn configuration_is_no_log() {
    assert_eq!(
        detected("security.xml", b"<?xml version=\"1.0\"?>\n<security:Security/>\n"),
        "Xml"
    );
    assert_eq!(
        detected(
            "notes.ini",
            b"[Notes]\nNotesProgram=C:\\Domino\nNETWORK_SPRAYER_ADDRESS=*\n"
        ),
        "Ini"
    );
    assert_eq!(
        detected(
            "httpd.conf",
            b"# IHS\nListen 80\nRewriteEngine On\n<VirtualHost *:443>\n"
        ),
        "Httpd"
    );
}

#[test]
fn a_liberty_banner_alone_is_a_log() {
    let banner = format!(
        "{0}\nproduct = Open Liberty 22.0.0.6\njava.home = /opt/java\n{0}\n",
        "*".repeat(80)
    );
    assert_eq!(detected("x", banner.as_bytes()), "liberty-messages");
}

#[test]
fn the_cut_line_at_the_end_of_a_head_does_not_count() {
    let mut log = "101117_095933.869,INF,Users   ,text\n".repeat(MAX_HEAD / 36);
    log.push_str(&"x".repeat(100));
    assert_eq!(detected("x", &log.as_bytes()[..MAX_HEAD]), "sametime-trace");
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_line() {
    assert_eq!(detected("x", format!("\u{FEFF}{ENTRY}").as_bytes()), "websphere-basic");
}
