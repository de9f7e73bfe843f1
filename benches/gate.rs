//! What decisions cost: requests through the sandboxed plugin, and the exact set of addresses of a gate with 200 networks. The
//! same requests in native code: `cargo run --release --example speed` in `plugins/photo-gate`; beside httpd: `gate.py`.

#![allow(
    clippy::expect_used,
    missing_docs,
    reason = "a bench that cannot begin has nothing better to do"
)]

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;

use casebook::gate::space::AddressSpace;
use casebook::gate::write::{self, CookieName, Httpd, Wanted};
use casebook::gate::{Policies, Request};
use casebook::plugin::{Compiler, Limits, Sandbox};
use casebook::rulebook::{Rulebook, Thoroughness};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

const PHOTO_GATE: &[u8] = include_bytes!(concat!(env!("CASEBOOK_GUESTS"), "/photo-gate.wasm"));

/// Requests of one call: 4,096, a batch of the scan.
const REQUESTS: u32 = 4096;

/// The gate of the articles: two networks, three cookies, a redirect.
const ARTICLE: &str = r"RewriteEngine On
RewriteCond %{HTTP_COOKIE} !LtpaToken2=.*$ [NC]
RewriteCond %{HTTP_COOKIE} !LtpaToken=.*$ [NC]
RewriteCond %{HTTP_COOKIE} !STPluginActivePage=stMeetingroom [NC]
RewriteCond %{REMOTE_ADDR} !^10\.20\.([0-9]|[1-9][0-9]|1([0-9][0-9])|2([0-4][0-9]|5[0-5]))\.([0-9]|[1-9][0-9]|1([0-9][0-9])|2([0-4][0-9]|5[0-5]))$
RewriteCond %{REMOTE_ADDR} !^10\.20\.1\.5$ [NC]
RewriteRule ^(.*)$ https://connections.acme.example/ [R,L]
";

fn policies(gate: &str) -> Policies {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("gate");
    fs::create_dir_all(&folder).expect("a folder");
    let conf = folder.join("httpd.conf");
    let text = format!(
        "Listen 80\nDocumentRoot /photos\n<Directory />\nAllowOverride None\n</Directory>\n\
         <VirtualHost *:80>\nServerName photos.example\n{gate}</VirtualHost>\n"
    );
    fs::write(&conf, text).expect("the configuration is written");
    let sandbox = Sandbox::new(Limits::default(), None).expect("the engine starts");
    let plugin = sandbox
        .load("photo-gate", PHOTO_GATE, &Compiler::Inside)
        .expect("the plugin loads");
    let rulebook = Rulebook::build(vec![plugin], Vec::new(), Thoroughness::Foreign).expect("a rulebook");
    let member = rulebook.members.first().expect("the plugin");
    Policies::open(&conf, Some("2.4.62"), member).expect("policies")
}

/// Half from inside, half from outside, every fourth with a cookie.
fn requests() -> Vec<Request> {
    let request = |number: u32| {
        let address = if number.is_multiple_of(2) {
            0x0a14_0000 | number
        } else {
            0xcb00_7100 | number & 255
        };
        let mut request = Request::get(
            std::net::IpAddr::V4(address.into()),
            "photos.example",
            "/photos/ben.williams@acme.example.jpg",
        );
        request.headers.push((
            "User-Agent".to_owned(),
            b"Mozilla/5.0 (Windows NT 6.1; WOW64; rv:45.0)".to_vec(),
        ));
        if number % 4 == 1 {
            request
                .headers
                .push(("Cookie".to_owned(), b"JSESSIONID=0000abc; LtpaToken2=AAECAzU0".to_vec()));
        }
        request
    };
    (0..REQUESTS).map(request).collect()
}

fn decide(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("gate");
    let mut opened = policies(ARTICLE);
    let number = opened.choose(None).expect("a policy").number;
    let requests = requests();
    group.throughput(Throughput::Elements(u64::from(REQUESTS)));
    group.bench_function("decide", |bencher| {
        bencher.iter(|| black_box(opened.decide(number, &requests).expect("decisions")));
    });
    group.throughput(Throughput::Elements(1));
    for (name, httpd) in [
        ("addresses of 200 networks, 2.2", Httpd::V22),
        ("addresses of 200 networks, 2.4", Httpd::V24),
    ] {
        let networks = (0..200_u32).map(|number| {
            let first = number.wrapping_mul(0x9e37_79b9) & 0xffff_f000;
            (first, first | 0x3ff)
        });
        let gate = write::gate(&Wanted {
            httpd,
            networks: AddressSpace::of(networks),
            ipv6: Vec::new(),
            cookies: vec![CookieName::new("LtpaToken2").expect("a name")],
            redirect: None,
            path: "/photos/".to_owned(),
        });
        let mut opened = policies(&gate.expect("a gate"));
        let card = opened.choose(None).expect("a policy").clone();
        let request = Request::get([0, 0, 0, 0].into(), "photos.example", "/photos/ben.jpg");
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(opened.addresses(&card, &request, None).expect("addresses")));
        });
    }
    group.finish();
}

criterion_group!(benches, decide);
criterion_main!(benches);
