//! Stories of clients and of what is noted about them.

use crate::decide::policies;
use crate::drawn;
use crate::request::{Header, Others, Request};

/// The status that a client at that address gets with these headers; 0: undecided.
fn status(text: &str, address: &str, headers: &[(&str, &str)]) -> u16 {
    let text = format!("Listen 80\nServerName photos.example\n{text}\n");
    let header = |(name, value): &(&str, &str)| Header {
        name: name.as_bytes().to_vec(),
        value: (*value != "?").then(|| value.as_bytes().to_vec()),
    };
    let request = Request {
        peer: address.parse().expect("an address"),
        method: b"GET".to_vec(),
        target: b"/photos/ben%40x.jpg".to_vec(),
        headers: std::iter::once(&("Host", "photos.example"))
            .chain(headers)
            .map(header)
            .collect(),
        others: Others::Absent,
    };
    let site = drawn::site(&[("httpd.conf", &text)], "{}");
    let policies = policies(&site);
    policies.first().expect("a policy").decide(&request).status
}

#[test]
fn the_client_is_who_a_trusted_proxy_says() {
    let conf = |proxies: &str| {
        format!(
            "RemoteIPHeader X-Forwarded-For\n{proxies}\n<Location />\nRequire ip 10.20.0.0/16 198.51.100.0/24\n</Location>"
        )
    };
    let internal = conf("RemoteIPInternalProxy 192.168.0.0/24");
    let trusted = conf("RemoteIPTrustedProxy 192.168.0.0/24");
    let none = conf("");
    for (conf, address, header, expected) in [
        (&internal, "10.20.1.1", None, 200),
        (&internal, "192.168.0.9", None, 403),
        (&internal, "192.168.0.9", Some("10.20.3.4"), 200),
        (&internal, "192.168.0.9", Some("203.0.113.1, 10.20.3.4"), 200),
        (&internal, "192.168.0.9", Some("10.20.3.4, 203.0.113.1"), 403),
        (&internal, "192.168.0.9", Some("10.20.3.4,192.168.0.8"), 200),
        // Who is no proxy may say what he likes.
        (&internal, "203.0.113.1", Some("10.20.3.4"), 403),
        // One that is not internal must not name private addresses.
        (&trusted, "192.168.0.9", Some("10.20.3.4"), 403),
        (&trusted, "192.168.0.9", Some("198.51.100.7"), 200),
        (&none, "203.0.113.1", Some("198.51.100.7"), 200),
        (&none, "203.0.113.1", Some("10.20.3.4"), 403),
        (&internal, "192.168.0.9", Some("::ffff:10.20.3.4"), 200),
        (&internal, "192.168.0.9", Some("10.20.3.4:80"), 403),
        (&internal, "192.168.0.9", Some(""), 403),
        (&internal, "192.168.0.9", Some("proxy.example"), 0),
        (&internal, "192.168.0.9", Some("010.20.3.4"), 0),
        (&internal, "192.168.0.9", Some("?"), 0),
        (&internal, "203.0.113.1", Some("?"), 403),
    ] {
        let headers: Vec<(&str, &str)> = header.map(|value| ("X-Forwarded-For", value)).into_iter().collect();
        assert_eq!(status(conf, address, &headers), expected, "{conf} {address} {header:?}");
    }
    for refused in ["RemoteIPInternalProxy 10.0.0.0/99", "RemoteIPTrustedProxy 10..1"] {
        assert_eq!(status(&conf(refused), "10.20.1.1", &[]), 0, "{refused}");
    }
}

#[test]
fn a_variable_is_set_by_what_the_request_has() {
    let conf = |lines: &str| format!("{lines}\n<Location />\nRequire env friend\n</Location>");
    for (lines, headers, expected) in [
        (
            "SetEnvIf Cookie LtpaToken2= friend",
            &[("Cookie", "a=b; LtpaToken2=x")][..],
            200,
        ),
        ("SetEnvIf Cookie LtpaToken2= friend", &[("Cookie", "ltpatoken2=x")], 403),
        (
            "SetEnvIfNoCase Cookie LtpaToken2= friend",
            &[("Cookie", "ltpatoken2=x")],
            200,
        ),
        (
            "SetEnvIf Cookie (^|;.)LtpaToken2= friend",
            &[("Cookie", "xLtpaToken2=x")],
            403,
        ),
        ("SetEnvIf Cookie LtpaToken2= friend", &[], 403),
        ("SetEnvIf Cookie ^$ friend", &[], 200),
        ("SetEnvIf Cookie x friend", &[("Cookie", "?")], 0),
        ("SetEnvIf Remote_Addr ^10\\.20\\. friend", &[], 200),
        ("SetEnvIf Remote_Host ^10\\.20\\. friend", &[], 200),
        ("SetEnvIf Request_Method GET friend", &[], 200),
        // Outside of sections the path is still as it was sent.
        ("SetEnvIf Request_URI %40 friend", &[], 200),
        ("SetEnvIf Request_Protocol HTTP friend", &[], 0),
        ("BrowserMatch Sametime friend", &[("User-Agent", "Sametime 9")], 200),
        ("SetEnvIf ^X-Fr x friend", &[("X-Friend", "xyz")], 200),
        (
            "SetEnvIf Cookie a one=1\nSetEnvIf one 1 friend",
            &[("Cookie", "a")],
            200,
        ),
        (
            "SetEnvIf Cookie a friend\nSetEnvIf Cookie b !friend",
            &[("Cookie", "ab")],
            403,
        ),
        (
            "SetEnvIf Cookie \"id=([a-z]+)\" who=$1\nSetEnvIf who ^ben$ friend",
            &[("Cookie", "id=ben")],
            200,
        ),
        // A pattern without special characters leaves `$1` as it is.
        (
            "SetEnvIf Cookie id= who=$1\nSetEnvIf who ^.1$ friend",
            &[("Cookie", "id=ben")],
            200,
        ),
        (
            "SetEnvIfExpr \"%{HTTP_COOKIE} =~ /id=(ben)/\" who=$1\nSetEnvIf who ben friend",
            &[("Cookie", "id=ben")],
            200,
        ),
        (
            "SetEnvIfExpr \"-n %{HTTP_COOKIE}\" who=$1\nSetEnvIf who ben friend",
            &[("Cookie", "id=ben")],
            0,
        ),
        ("SetEnvIf Cookie", &[], 0),
        ("SetEnvIf Cookie ( friend", &[], 0),
    ] {
        assert_eq!(
            status(&conf(lines), "10.20.1.1", headers),
            expected,
            "{lines} {headers:?}"
        );
    }
    let within = "<Location />\nSetEnvIf Request_URI @ friend\nRequire env friend\n</Location>";
    assert_eq!(status(within, "10.20.1.1", &[]), 200);
}
