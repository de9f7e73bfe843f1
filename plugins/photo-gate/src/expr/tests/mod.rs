//! Expressions as a whole. What httpd refuses, and what it makes of requests, was tried with httpd 2.4.71.

mod looked_at;
mod texts;
mod unknown;

use std::collections::BTreeMap;
use std::net::IpAddr;

use proptest::prelude::*;

use super::*;
use crate::conf::Version;
use crate::decide::Circumstances;
use crate::oracle::Oracle;
use crate::request::{Header, Request};
use crate::trace::{Trace, Verdict};

const PLACE: Place = Place { document: 0, node: 7 };

fn request(headers: &[(&str, Option<&str>)]) -> Request {
    let headers = headers.iter().map(|(name, value)| Header {
        name: name.as_bytes().to_vec(),
        value: value.map(|value| value.as_bytes().to_vec()),
    });
    Request {
        peer: "127.0.0.1".parse().expect("an address"),
        method: b"GET".to_vec(),
        target: b"/photos/a%20b.jpg?x=y".to_vec(),
        headers: headers.collect(),
        others: crate::request::Others::Absent,
    }
}

/// Hands over a request that is on its way.
fn with<T>(
    client: &str,
    request: &Request,
    oracle: &mut Oracle,
    trace: &mut Trace,
    use_it: impl FnOnce(&mut Transaction) -> T,
) -> T {
    let circumstances = Circumstances {
        version: Version::V24,
        port: Some(80),
        https: Some(false),
        server_name: "photos.example".to_owned(),
        said_port: None,
        patch: None,
        document_root: "/srv".to_owned(),
    };
    use_it(&mut Transaction {
        request,
        circumstances: &circumstances,
        client: client.parse().expect("an address"),
        uri: b"/photos/a b.jpg".to_vec(),
        query: Some(b"x=y".to_vec()),
        filename: Some(b"/srv/photos/a b.jpg".to_vec()),
        path_info: Vec::new(),
        env: BTreeMap::from([("INSIDE".to_owned(), b"yes".to_vec())]),
        changed_headers: BTreeMap::new(),
        internal_redirects: 0,
        oracle,
        trace,
    })
}

/// All answers, whatever is not known.
fn answers(text: &str, client: &str, headers: &[(&str, Option<&str>)]) -> Vec<Answer> {
    let expression = Expression::parse(text).expect(text);
    let request = request(headers);
    let mut oracle = Oracle::default();
    let mut answers = Vec::new();
    loop {
        let mut trace = Trace::default();
        let answer = with(client, &request, &mut oracle, &mut trace, |tx| {
            expression.answer(PLACE, tx, &mut Captured::Nothing)
        });
        answers.push(answer.expect("few questions"));
        if !oracle.advance() {
            return answers;
        }
    }
}

fn holds(text: &str) -> bool {
    let headers = [
        ("Cookie", Some("a=b; LtpaToken2=abc")),
        ("Host", Some("photos.example")),
        ("X-Foo", Some("10")),
        ("x-foo", Some("20")),
    ];
    match answers(text, "10.1.2.3", &headers).as_slice() {
        [Answer::Holds] => true,
        [Answer::Fails] => false,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn conditions_hold_as_in_httpd() {
    for text in [
        "-R '10.1.0.0/16'",
        "! -R '10.2.0.0/16' && -R \"10.1\"",
        "%{REMOTE_ADDR} == '10.1.2.3' and %{remote_addr} in { '1.2.3.4', '10.1.2.3' }",
        "%{REMOTE_ADDR} -ipmatch '10.0.0.0/8' && ! '::1' -ipmatch '10.0.0.0/8'",
        "'2001:db8::5' -ipmatch '2001:db8::/32' && '::ffff:10.1.2.3' -ipmatch '10.0.0.0/8'",
        "%{IPV6} == 'off' && %{CONN_REMOTE_ADDR} == '127.0.0.1'",
        "'10' < '9' && '10' -gt '9' && ' 12x' -eq 12 && 'a' -eq 0",
        "'B' < 'a' && 'a' < 'aa' && 'ä' > 'z'",
        "'a' = 'a' && 'a' != 'b' && 10 . 1 == '101'",
        "true || false && false",
        "not false and ! false && !!true",
        "(true || false) && !(false)",
        "req('x-foo') == '10, 20' && %{HTTP:X-Foo} == http('X-FOO')",
        "-z req('X-Missing') && -n %{HTTP_COOKIE}",
        "-T 'on' && -T '00' && ! -T 'Off' && ! -T 'NO' && ! -T '0' && ! -T '' && ! -T 'FALSE'",
        "%{HTTP_COOKIE} =~ /ltpatoken2=/i && %{HTTP_COOKIE} !~ m#ltpatoken2=#",
        "%{HTTP_COOKIE} -strmatch '*Ltpa*' && %{REQUEST_URI} -fnmatch '/photos/*' && 'ABC' -strcmatch 'a?c'",
        "! %{REQUEST_URI} -fnmatch '/*' && %{REQUEST_URI} -strmatch '/*'",
        "%{REQUEST_URI} == '/photos/a b.jpg' && %{QUERY_STRING} == 'x=y'",
        "reqenv('inside') == 'yes' && %{ENV:INSIDE} == 'yes' && reqenv('x') == ''",
        "tolower('AbC') . toupper('d') == 'abcD'",
        "\"%{tolower:%{req:Host}}!\" == 'photos.example!'",
        "'\\101\\x\\t' == 'Ax\t' && 'it\\'s' == \"it's\" && '%$}' == '%' . '$' . '}'",
        "'a\\0b' == 'a'",
        "md5('abc') == '900150983cd24fb0d6963f7d28e17f72' && base64('a') == 'YQ=='",
        "true /x",
        "filesize('') == '0' && ! -f ''",
        "\ttrue\n",
    ] {
        assert!(holds(text), "{text}");
    }
}

#[test]
fn groups_are_kept_until_the_next_pattern_with_groups() {
    for text in [
        "'$1' == '' && $0 == ''",
        "'abc' =~ /a(b)(x)?/ && $1 == 'b' && '<$0$2>' == '<ab>'",
        "'abc' =~ /a(b)/ && 'xyz' =~ /y/ && $1 == 'b'",
        "'abc' =~ /a(b)/ && 'xyz' =~ /(z)/ && $1 == 'z'",
        "'abc' =~ /a(b)/ && 'xyz' !~ /(q)/ && $1 == ''",
    ] {
        assert!(holds(text), "{text}");
    }
}

#[test]
fn each_part_is_a_step() {
    let expression = Expression::parse("-R '11.0.0.0/8' || %{HTTP_COOKIE} =~ /a/").expect("an expression");
    let request = request(&[("Cookie", Some("a=b"))]);
    let (mut oracle, mut trace) = (Oracle::default(), Trace::detailed());
    let holds = with("10.1.2.3", &request, &mut oracle, &mut trace, |tx| {
        expression.holds(PLACE, tx)
    });
    assert_eq!(holds, Ok(true));
    let steps = trace.into_steps();
    let steps: Vec<_> = steps
        .iter()
        .map(|step| (step.text.as_str(), step.value.as_slice(), step.verdict))
        .collect();
    assert_eq!(
        steps,
        [
            ("-R '11.0.0.0/8'", b"10.1.2.3".as_slice(), Verdict::Failed),
            ("%{HTTP_COOKIE} =~ /a/", b"a=b".as_slice(), Verdict::Held),
        ]
    );
}

#[test]
fn strings_are_put_together() {
    let request = request(&[("Cookie", None)]);
    let value = |text: &str| {
        let (mut oracle, mut trace) = (Oracle::default(), Trace::default());
        let string = StringExpression::parse(text).expect(text);
        with("10.1.2.3", &request, &mut oracle, &mut trace, |tx| {
            string.value(PLACE, tx, &mut Captured::Nothing).expect("no file")
        })
    };
    let known = |text: &str| Some(Value::Known(text.as_bytes().to_vec()));
    assert_eq!(value(""), known(""));
    assert_eq!(value("a 'b' \"c\" \\x $1."), known("a 'b' \"c\" x ."));
    assert_eq!(
        value("%{REMOTE_ADDR}-%{tolower:X%{REQUEST_METHOD}}"),
        known("10.1.2.3-xget")
    );
    assert!(matches!(value("x%{HTTP_COOKIE}"), Some(Value::Unknown(_))));
    let deep = format!("{}a{}", "%{tolower:".repeat(20), "}".repeat(20));
    assert_eq!(value(&deep), None);
    assert!(StringExpression::parse("%{FOO}").is_err());
    assert!(StringExpression::parse("a\\").is_err());
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "true",
        "false",
        "!",
        "(",
        ")",
        "{",
        "}",
        "&&",
        "||",
        "and",
        "'a'",
        "\"",
        "'",
        "%{REMOTE_ADDR}",
        "%{",
        "}",
        ":",
        "%{req:",
        "req(",
        "-R",
        "'10.0.0.0/8'",
        "==",
        "=~",
        "/a(b)/",
        "m#",
        "$1",
        ".",
        ",",
        "in",
        "-eq",
        "5",
        "-n",
        " ",
        "\\",
        "\\1",
        "-strmatch",
        "'[a*'",
        "é",
        "\n",
        "0",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.join(" "))
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC*", pieces in pieces()) {
        for text in [text.as_str(), pieces.as_str()] {
            let _ = StringExpression::parse(text);
            if let Ok(expression) = Expression::parse(text) {
                let request = request(&[("Cookie", None)]);
                let (mut oracle, mut trace) = (Oracle::default(), Trace::detailed());
                let answer = with("2001:db8::1", &request, &mut oracle, &mut trace, |tx| expression.holds(PLACE, tx));
                let _ = (answer, expression.address_tests(PLACE), expression.subjects());
                prop_assert!(trace.into_steps().len() <= text.len());
            }
        }
    }

    #[test]
    fn networks_and_addresses_do_not_panic(text in "[0-9a-f.:/ +-]{0,50}") {
        if let Some(network) = Network::parse(text.as_bytes()) {
            prop_assert!(address::text(IpAddr::from([1, 2, 3, 4])).is_some());
            let _ = network.contains(IpAddr::from([1, 2, 3, 4]));
        }
    }
}
