//! How many requests a second the article's gate decides in native code: beside the sandbox, see `benches/README.md`.

#![allow(
    clippy::expect_used,
    reason = "an example that cannot begin has nothing better to do"
)]

use std::time::Instant;

use casebook_plugin_configs::DrawnSite;
use photo_gate::decide::policies;
use photo_gate::request::{Header, Others, Request};

/// The directives of the virtual host, as words.
const GATE: [&[&str]; 7] = [
    &["RewriteEngine", "On"],
    &["RewriteCond", "%{HTTP_COOKIE}", "!LtpaToken2=.*$", "[NC]"],
    &["RewriteCond", "%{HTTP_COOKIE}", "!LtpaToken=.*$", "[NC]"],
    &[
        "RewriteCond",
        "%{HTTP_COOKIE}",
        "!STPluginActivePage=stMeetingroom",
        "[NC]",
    ],
    &[
        "RewriteCond",
        "%{REMOTE_ADDR}",
        r"!^10\.20\.([0-9]|[1-9][0-9]|1([0-9][0-9])|2([0-4][0-9]|5[0-5]))\.([0-9]|[1-9][0-9]|1([0-9][0-9])|2([0-4][0-9]|5[0-5]))$",
    ],
    &["RewriteCond", "%{REMOTE_ADDR}", r"!^10\.20\.1\.5$", "[NC]"],
    &["RewriteRule", "^(.*)$", "https://connections.acme.example/", "[R,L]"],
];

/// Requests of one round.
const REQUESTS: u32 = 4096;

fn main() {
    let mut drawn = DrawnSite::new("speed", r#"{"products": {"httpd": "2.4.62"}}"#);
    let mut document = drawn.document("httpd.conf", "httpd.conf", "httpd", &[], "httpd");
    let mut add = |parent: u32, words: &[&str], line: u32| {
        let (name, words) = words.split_first().expect("a directive");
        let numbers: Vec<String> = (1..=words.len()).map(|number| number.to_string()).collect();
        let attributes: Vec<(&str, &str)> = numbers.iter().map(String::as_str).zip(words.iter().copied()).collect();
        document.node(parent, &name.to_ascii_lowercase(), &words.join(" "), line, &attributes)
    };
    add(0, &["Listen", "80"], 1);
    add(0, &["DocumentRoot", "/photos"], 2);
    let host = add(0, &["VirtualHost", "*:80"], 3);
    add(host, &["ServerName", "photos.example"], 4);
    for (words, line) in GATE.iter().zip(5..) {
        add(host, words, line);
    }
    let site = drawn.into_site().expect("a site");
    let policies = policies(&site);
    let policy = policies.first().expect("a policy");
    let requests: Vec<Request> = (0..REQUESTS).map(request).collect();
    let mut allowed = 0;
    let mut rounds = 0;
    let began = Instant::now();
    while began.elapsed().as_secs() < 3 {
        allowed = requests
            .iter()
            .filter(|request| policy.decide(request).status == 200)
            .count();
        rounds += 1;
    }
    let each = began.elapsed().as_secs_f64() / f64::from(rounds * REQUESTS);
    println!(
        "{allowed} of {REQUESTS} let in; {:.0} requests a second, {:.2} µs each",
        1.0 / each,
        each * 1e6
    );
}

/// Half from inside, half from outside, every fourth with a cookie.
fn request(number: u32) -> Request {
    let address = if number.is_multiple_of(2) {
        0x0a14_0000 | number
    } else {
        0xcb00_7100 | number & 255
    };
    let header = |name: &str, value: &str| Header {
        name: name.as_bytes().to_vec(),
        value: Some(value.as_bytes().to_vec()),
    };
    let mut headers = vec![
        header("Host", "photos.example"),
        header("User-Agent", "Mozilla/5.0 (Windows NT 6.1; WOW64; rv:45.0)"),
    ];
    if number % 4 == 1 {
        headers.push(header("Cookie", "JSESSIONID=0000abc; LtpaToken2=AAECAzU0"));
    }
    Request {
        peer: std::net::IpAddr::V4(address.into()),
        method: b"GET".to_vec(),
        target: b"/photos/ben.williams@acme.example.jpg".to_vec(),
        headers,
        others: Others::Absent,
    }
}
