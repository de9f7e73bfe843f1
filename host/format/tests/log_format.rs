use proptest::prelude::*;

use super::super::fields::{FieldPattern, Fields, unescaped};
use super::super::stamp::StampPattern;
use super::{CompiledLogFormat, compile};

const COMMON: &str = r#"%h %l %u %t "%r" %>s %b"#;
const COMBINED_WITH_COOKIE: &str = r#"%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\" \"%{Cookie}i\""#;

fn fields(format: &str, line: &[u8]) -> Option<Fields> {
    let CompiledLogFormat { lines, names, .. } = compile(format).unwrap();
    lines
        .iter()
        .find_map(|expression| FieldPattern::new(expression, Some(names.clone())).unwrap().read(line))
}

fn value(format: &str, line: &str, name: &str) -> Option<String> {
    let fields = fields(format, line.as_bytes())?;
    fields
        .value(line.as_bytes(), name)
        .map(|value| String::from_utf8(value.to_vec()).unwrap())
}

fn time_is_found(format: &str, line: &[u8]) -> bool {
    let compiled = compile(format).unwrap();
    compiled
        .times
        .iter()
        .any(|time| StampPattern::new(time).unwrap().read(line).is_some())
}

#[test]
fn a_common_line_has_its_parts() {
    let line = r#"192.0.2.7 - ben [10/Oct/2016:13:55:36 -0700] "GET /photos/a.jpg?x=1 HTTP/1.1" 200 2326"#;
    for (name, expected) in [
        ("address", "192.0.2.7"),
        ("ident", "-"),
        ("user", "ben"),
        ("time", "10/Oct/2016:13:55:36 -0700"),
        ("request", "GET /photos/a.jpg?x=1 HTTP/1.1"),
        ("method", "GET"),
        ("target", "/photos/a.jpg?x=1"),
        ("path", "/photos/a.jpg"),
        ("query", "x=1"),
        ("protocol", "HTTP/1.1"),
        ("status", "200"),
        ("bytes", "2326"),
    ] {
        assert_eq!(value(COMMON, line, name).as_deref(), Some(expected), "{name}");
    }
    assert_eq!(value(COMMON, line, "cookie"), None);
}

#[test]
fn a_client_cannot_end_its_value_with_a_quote() {
    let line = br#"192.0.2.7 - - [10/Oct/2016:13:55:36 +0000] "GET /\"\" 200 1 HTTP/1.1" 404 9 "-" "x\\" "LtpaToken=a\"b; c=\x16""#;
    let fields = fields(COMBINED_WITH_COOKIE, line).unwrap();
    assert_eq!(fields.value(line, "status"), Some(&b"404"[..]));
    assert_eq!(fields.value(line, "user_agent"), Some(&br"x\\"[..]));
    let cookie = fields.value(line, "cookie").unwrap();
    assert_eq!(&*unescaped(cookie), b"LtpaToken=a\"b; c=\x16");
}

#[test]
fn a_damaged_request_leaves_the_line_its_time_and_status() {
    for request in [r"-", r"\x16\x03\x01\x02", "GET", "GET  HTTP/1.1 x", r"\n", ""] {
        let line = format!(r#"192.0.2.7 - - [10/Oct/2016:13:55:36 +0000] "{request}" 400 -"#);
        assert_eq!(value(COMMON, &line, "status").as_deref(), Some("400"), "{line}");
        assert_eq!(value(COMMON, &line, "request").as_deref(), Some(request), "{line}");
        assert!(time_is_found(COMMON, line.as_bytes()));
    }
    let cut = br#"192.0.2.7 - - [10/Oct/2016:13:55:36 +0000] "GET /pho"#;
    assert!(fields(COMMON, cut).is_none());
    assert!(time_is_found(COMMON, cut));
}

#[test]
fn users_may_have_blanks_and_cannot_forge_a_time() {
    let line = r#"192.0.2.7 - Ben Williams [10/Oct/2016:13:55:36 +0000] "GET / HTTP/1.0" 200 5"#;
    assert_eq!(value(COMMON, line, "user").as_deref(), Some("Ben Williams"));
    assert!(time_is_found(COMMON, line.as_bytes()));
    let forged = r#"192.0.2.7 - x [01/Jan/2000:00:00:00 +0000] y [10/Oct/2016:13:55:36 +0000] "GET / HTTP/1.0" 200 5"#;
    assert_eq!(
        value(COMMON, forged, "time").as_deref(),
        Some("10/Oct/2016:13:55:36 +0000")
    );
    let compiled = compile(COMMON).unwrap();
    let stamps: Vec<_> = compiled
        .times
        .iter()
        .filter_map(|time| StampPattern::new(time).unwrap().read(forged.as_bytes()))
        .collect();
    assert_eq!(stamps.len(), 1);
    assert!(format!("{stamps:?}").contains("2016"), "{stamps:?}");
}

#[test]
fn a_target_may_hold_blanks_and_a_request_may_lack_its_protocol() {
    let line = r#"192.0.2.7 - - [10/Oct/2016:13:55:36 +0000] "GET /a b HTTP/1.1" 200 5"#;
    assert_eq!(value(COMMON, line, "path").as_deref(), Some("/a b"));
    let old = r#"192.0.2.7 - - [10/Oct/2016:13:55:36 +0000] "GET /a" 200 5"#;
    assert_eq!(value(COMMON, old, "path").as_deref(), Some("/a"));
    assert_eq!(value(COMMON, old, "protocol"), None);
}

#[test]
fn every_directive_has_a_name() {
    let format = concat!(
        r#"%v:%p %a %{c}a %h %A %l %u %t %m %U%q %H %<s %s %B %O %I %D %T %{ms}T %P %X %k %f %!200,304{Referer}i "#,
        r#""%{X-Forwarded-For}i" %{Set-Cookie}o %{LtpaToken}C %{WAS}e %{note}n %{SSL_PROTOCOL}x 100%%"#
    );
    let line = concat!(
        "www.example.com:443 192.0.2.7 198.51.100.1 client 192.0.2.1 - - [10/Oct/2016:13:55:36 +0000] GET /a?b=1 HTTP/1.1 ",
        r#"302 200 5 600 400 1234 0 1 77 + 3 /var/www/a - "203.0.113.9" - abc= 9.example.com:9080 - TLSv1.2 100%"#
    );
    for (name, expected) in [
        ("server", "www.example.com"),
        ("port", "443"),
        ("address", "192.0.2.7"),
        ("peer", "198.51.100.1"),
        ("host", "client"),
        ("local_address", "192.0.2.1"),
        ("method", "GET"),
        ("path", "/a"),
        ("query", "?b=1"),
        ("protocol", "HTTP/1.1"),
        ("original_status", "302"),
        ("status", "200"),
        ("bytes", "5"),
        ("bytes_sent", "600"),
        ("bytes_received", "400"),
        ("duration_us", "1234"),
        ("duration_s", "0"),
        ("duration_ms", "1"),
        ("process", "77"),
        ("connection", "+"),
        ("keepalive", "3"),
        ("file", "/var/www/a"),
        ("referer", "-"),
        ("x_forwarded_for", "203.0.113.9"),
        ("response.set_cookie", "-"),
        ("cookie.LtpaToken", "abc="),
        ("env.WAS", "9.example.com:9080"),
        ("note.note", "-"),
        ("ssl.SSL_PROTOCOL", "TLSv1.2"),
    ] {
        assert_eq!(value(format, line, name).as_deref(), Some(expected), "{name}");
    }
}

#[test]
fn times_may_be_written_otherwise() {
    for (format, line) in [
        ("%{%Y-%m-%d %H:%M:%S}t %h", "2016-10-10 13:55:36 192.0.2.7"),
        ("%{%F %T}t.%{msec_frac}t %h", "2016-10-10 13:55:36.123 192.0.2.7"),
        (
            "%{begin:%d/%b/%Y %I:%M:%S %p %Z}t %h",
            "10/Oct/2016 01:55:36 PM CEST 192.0.2.7",
        ),
        ("%h %{%c}t", "192.0.2.7 Mon Oct  3 13:55:36 2016"),
        ("%{msec}t %h", "1476107736123 192.0.2.7"),
        ("%h %{usec}t", "192.0.2.7 1476107736123456"),
    ] {
        assert!(
            time_is_found(format, line.as_bytes()),
            "{format}: {:?}",
            compile(format)
        );
        assert!(
            fields(format, line.as_bytes()).is_some(),
            "{format}: {:?}",
            compile(format)
        );
    }
    assert!(compile("%h %l").unwrap().times.is_empty());
}

#[test]
fn a_broken_format_is_refused_with_its_reason() {
    for (format, reason) in [
        ("combined", "at least one directive"),
        ("%h %", "middle of a directive"),
        ("%{Referer", "closing brace"),
        ("%i", "name in braces"),
        ("%Q", "%Q"),
        ("%{%Q}t", "%Q"),
        ("%* %h", "nothing can follow"),
        (r"%h\n%l", "line breaks"),
    ] {
        let error = compile(format).unwrap_err();
        assert!(error.contains(reason), "{format}: {error}");
    }
}

proptest! {
    #[test]
    fn whatever_a_client_sends_is_read_back(request in prop::collection::vec(any::<u8>(), 0..60)) {
        let mut line = br#"192.0.2.7 - - [10/Oct/2016:13:55:36 +0000] ""#.to_vec();
        for &byte in &request {
            match byte {
                b'"' | b'\\' => line.extend([b'\\', byte]),
                b'\n' => line.extend(br"\n"),
                0x20..0x7f => line.push(byte),
                _ => line.extend(format!(r"\x{byte:02x}").bytes()),
            }
        }
        line.extend(br#"" 400 -"#);
        let fields = fields(COMMON, &line).unwrap();
        let written = fields.value(&line, "request").unwrap();
        prop_assert_eq!(&*unescaped(written), &request[..]);
        prop_assert_eq!(fields.value(&line, "status"), Some(&b"400"[..]));
    }

    #[test]
    fn no_format_panics_the_compiler(format in "[%{}a-zA-Z0-9<>!,^*\" \\\\]{0,40}") {
        if let Ok(compiled) = compile(&format) {
            for line in compiled.lines {
                prop_assert!(FieldPattern::new(&line, Some(compiled.names.clone())).is_ok());
            }
            for time in compiled.times {
                let _ = StampPattern::new(&time);
            }
        }
    }
}
