//! The photo gate as a user asks it.

use std::fs;

use serde_json::Value;

use super::pages::looks_as_before;
use super::story::{Told, folder, ours, run};

/// A gate with a network, a cookie, and a dot that nobody escaped.
const GATE: &str = r"Listen 80
LoadModule authz_core_module modules/mod_authz_core.so
LoadModule rewrite_module modules/mod_rewrite.so
DocumentRoot /opt/ihs/htdocs
<VirtualHost *:80>
    ServerName www.acme.example
</VirtualHost>
<VirtualHost *:80>
    ServerName photos.acme.example
    RewriteEngine On
    RewriteCond %{REMOTE_ADDR} !^10\.20\.
    RewriteCond %{REMOTE_ADDR} !^9.
    RewriteCond %{HTTP_COOKIE} !LtpaToken2=
    RewriteRule ^/photos/ https://login.acme.example/ [R,L]
</VirtualHost>
";

fn gate(verb: &str, arguments: &[&str]) -> Told {
    let site = folder(&[("conf/httpd.conf", GATE.as_bytes())]);
    let conf = site.path().join("conf/httpd.conf");
    let mut all = vec!["gate", verb, "--conf", conf.to_str().expect("a path")];
    all.extend(arguments);
    run(all)
}

fn json(told: &Told) -> Value {
    serde_json::from_str(&told.out).expect("one object")
}

#[test]
fn a_request_is_explained_condition_by_condition() {
    let told = gate(
        "explain",
        &["--address", "203.0.113.9", "--path", "/photos/ben@acme.example.jpg"],
    );
    assert_eq!((told.status, told.err.as_str()), (Some(0), ""));
    looks_as_before("gate-explain", &told.out);
}

#[test]
fn scripts_get_the_decision() {
    for (arguments, decision, status, exit) in [
        (&["--address", "10.20.3.4"][..], "allow", 200, 0),
        (&["--address", "97.1.2.3"], "allow", 200, 0),
        (&["--address", "203.0.113.9"], "redirect", 302, 0),
        (
            &[
                "--address",
                "203.0.113.9",
                "--cookie",
                "a=b",
                "--cookie",
                "LtpaToken2=x",
            ],
            "allow",
            200,
            0,
        ),
        (
            &["--address", "203.0.113.9", "--header", "Cookie: LtpaToken2=x"],
            "allow",
            200,
            0,
        ),
        (&["--address", "203.0.113.9", "--unknown", "Cookie"], "undecided", 0, 3),
        (&["--address", "203.0.113.9", "--path", "/index.html"], "allow", 200, 0),
        (
            &["--address", "203.0.113.9", "--host", "www.acme.example"],
            "allow",
            200,
            0,
        ),
        (&["--address", "203.0.113.9", "--path", "/a b"], "forbid", 400, 0),
    ] {
        let told = gate("explain", &[arguments, &["--format", "json"]].concat());
        let answer = json(&told);
        assert_eq!(
            (&answer["decision"], &answer["status"]),
            (&decision.into(), &status.into()),
            "{arguments:?}: {told:?}"
        );
        assert_eq!(told.status, Some(exit), "{arguments:?}");
    }
    let told = gate("explain", &["--address", "203.0.113.9", "--format", "json"]);
    let conditions = &json(&told)["conditions"];
    let second = &conditions[1];
    assert_eq!(second["line"], 11, "{conditions:#}");
    assert_eq!(
        (&second["file"], &second["value"], &second["held"]),
        (&"conf/httpd.conf".into(), &"203.0.113.9".into(), &true.into())
    );
}

#[test]
fn the_addresses_are_exact_and_compared() {
    let told = gate(
        "addresses",
        &[
            "--intended",
            "10.20.0.0/16",
            "--intended",
            "9.0.0.0/8",
            "--intended",
            "10.21.0.0-10.21.0.9",
        ],
    );
    assert_eq!((told.status, told.err.as_str()), (Some(1), ""));
    looks_as_before("gate-addresses", &told.out);
    let told = gate("addresses", &["--format", "json", "--intended", "10.20.0.0/16"]);
    let answer = json(&told);
    assert_eq!(answer["count"], (11 << 24) + (1 << 16));
    assert_eq!(
        answer["networks"],
        serde_json::json!(["9.0.0.0/8", "10.20.0.0/16", "90.0.0.0/7", "92.0.0.0/6", "96.0.0.0/6"])
    );
    assert_eq!(answer["ranges"][0], serde_json::json!(["9.0.0.0", "9.255.255.255"]));
    assert_eq!(
        (&answer["too_many"]["count"], &answer["missing"]["count"]),
        (&(11 << 24).into(), &0.into())
    );
    let exact = gate(
        "addresses",
        &[
            "--intended",
            "10.20.0.0/16",
            "--intended",
            "9.0.0.0/8",
            "--intended",
            "90.0.0.0-99.255.255.255",
        ],
    );
    assert_eq!(exact.status, Some(0), "{exact:?}");
    let unknown = gate("addresses", &["--unknown", "Cookie"]);
    assert_eq!(unknown.status, Some(3), "{unknown:?}");
}

#[test]
fn what_is_intended_may_stand_in_the_environment() {
    let told = run(["gate".as_ref(), "addresses".as_ref(), ours("examples/acme").as_os_str()]);
    assert_eq!((told.status, told.err.as_str()), (Some(1), ""), "{}", told.out);
    assert!(told.out.contains("intended   65,536 addresses"), "{}", told.out);
}

#[test]
fn a_written_gate_is_read_as_it_was_meant() {
    for httpd in ["2.2", "2.4"] {
        let site = folder(&[]);
        let conf = site.path().join("gate.conf");
        let arguments = [
            "gate",
            "write",
            "--httpd",
            httpd,
            "--network",
            "10.20.0.0/16",
            "--network",
            "192.168.7.64/26",
            "--cookie",
            "LtpaToken2",
        ];
        let target = [
            "--redirect",
            "https://login.acme.example/",
            "--output",
            conf.to_str().expect("a path"),
        ];
        let told = run(arguments.into_iter().chain(target));
        assert_eq!((told.status, told.out.as_str(), told.err.as_str()), (Some(0), "", ""));
        let text = fs::read_to_string(&conf).expect("the gate was written");
        looks_as_before(&format!("gate-write-{httpd}"), &text);
        let asked = [
            "--httpd",
            httpd,
            "--format",
            "json",
            "--intended",
            "10.20.0.0/16",
            "--intended",
            "192.168.7.64/26",
        ];
        let told = run(["gate", "addresses", "--conf", conf.to_str().expect("a path")]
            .into_iter()
            .chain(asked));
        assert_eq!(told.status, Some(0), "{told:?}");
        assert_eq!(json(&told)["count"], 65_536 + 64);
    }
}

#[test]
fn what_cannot_be_asked_or_written_is_said() {
    for (told, sentence) in [
        (gate("explain", &["--address", "10.0.0"]), "invalid value '10.0.0'"),
        (
            gate("explain", &["--address", "10.0.0.1", "--cookie", "LtpaToken2"]),
            "expected NAME=VALUE",
        ),
        (
            gate("explain", &["--address", "10.0.0.1", "--header", "Cookie"]),
            "expected NAME:VALUE",
        ),
        (
            gate("explain", &["--address", "10.0.0.1", "--header", "X: a\nCookie: b"]),
            "line break",
        ),
        (
            gate("explain", &["--address", "10.0.0.1", "--host", "nobody"]),
            "no virtual host is called `nobody`; there are: www.acme.example:80",
        ),
        (
            gate("addresses", &["--intended", "10.20.1.0/16"]),
            "the network is 10.20.0.0/16",
        ),
        (gate("addresses", &["--html", "/nowhere/gate.html"]), "/nowhere"),
        (
            run(["gate", "addresses", "--conf", "/nowhere/httpd.conf"]),
            "/nowhere/httpd.conf",
        ),
        (run(["gate", "addresses"]), "required arguments were not provided"),
        (run(["gate", "write", "--httpd", "2.2"]), "let in nobody"),
        (
            run(["gate", "write", "--httpd", "2.2", "--network", "0.0.0.0/0"]),
            "let in everybody",
        ),
        (
            run(["gate", "write", "--httpd", "2.4", "--cookie", "a b"]),
            "no name of a cookie",
        ),
        (
            run([
                "gate",
                "write",
                "--httpd",
                "2.4",
                "--cookie",
                "a",
                "--redirect",
                "ftp://x/",
            ]),
            "no address that a browser can be sent to",
        ),
    ] {
        assert_eq!(told.status, Some(2), "{sentence}: {told:?}");
        assert!(told.err.contains(sentence), "{sentence}: {}", told.err);
        assert_eq!(told.out, "", "{sentence}");
    }
    let empty = folder(&[("readme.txt", b"nothing")]);
    let told = run(["gate".as_ref(), "addresses".as_ref(), empty.path().as_os_str()]);
    assert!(
        told.status == Some(2) && told.err.contains("no configuration of httpd"),
        "{told:?}"
    );
}

#[test]
fn of_bad_configuration_there_is_a_sentence() {
    let explained = |files: &[(&str, &str)], arguments: &[&str]| {
        let bytes: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        let site = folder(&bytes);
        let conf = site.path().join(files[0].0);
        let mut all = vec![
            "gate",
            "explain",
            "--address",
            "203.0.113.9",
            "--conf",
            conf.to_str().expect("a path"),
        ];
        all.extend(arguments);
        run(all)
    };
    let host = |lines: &str| {
        format!(
            "Listen 80\nDocumentRoot /opt/ihs/htdocs\n<VirtualHost *:80>\nServerName x\nRewriteEngine On\n{lines}\n</VirtualHost>\n"
        )
    };
    for (lines, status, sentence) in [
        // What httpd does not start with.
        ("RewriteRule ^ - [F, L]", 3, "httpd does not start"),
        (
            "RewriteCond %{HTTP_COOKIE} (\nRewriteRule ^ - [F]",
            3,
            "httpd does not start",
        ),
        (
            "RewriteCond expr \"-R\"\nRewriteRule ^ - [F]",
            3,
            "httpd does not start",
        ),
        ("<Location />\nRequire ip ten\n</Location>", 3, "httpd does not start"),
        // What is not there, or is there too often.
        (
            "Include nowhere.conf\nRewriteRule ^ - [F]",
            0,
            "note: includes nowhere.conf, which is not in this environment",
        ),
        ("Use Gate 10.20\nRewriteRule ^ - [F]", 0, "note:"),
        ("Include httpd.conf\nRewriteRule ^ - [F]", 0, "403"),
        // Addresses of the other kind.
        ("<Location />\nRequire ip 2001:db8::/32\n</Location>", 0, "403"),
    ] {
        let told = explained(&[("conf/httpd.conf", &host(lines))], &["--httpd", "2.4"]);
        assert_eq!(told.status, Some(status), "{lines}: {told:?}");
        assert!(told.out.contains(sentence), "{lines}: {}", told.out);
    }
    let macros = "<Macro Gate $net>\nRewriteCond %{REMOTE_ADDR} !^$net\\.\nRewriteRule ^ - [F]\n</Macro>\n";
    let told = explained(
        &[("conf/httpd.conf", &format!("{macros}{}", host("Use Gate 10\\.20")))],
        &["--httpd", "2.4"],
    );
    assert!(
        told.out.contains("403") && told.out.contains(r"!^10\.20\."),
        "{}",
        told.out
    );
    // A pattern that takes a backtracking engine longer than anybody lives: httpd gives up, and takes that for no match.
    let cookie = format!("--cookie=x={}!", "a".repeat(3_000));
    let explodes = host("RewriteCond %{HTTP_COOKIE} !^x=(a+)+$\nRewriteRule ^ - [F]");
    let told = explained(&[("conf/httpd.conf", &explodes)], &["--httpd", "2.4", &cookie]);
    assert!(matches!(told.status, Some(0 | 3)), "{told:?}");
    let long = format!("--cookie=LtpaToken2={}", "a".repeat(1 << 16));
    let told = explained(
        &[("conf/httpd.conf", &host("RewriteRule ^ - [F]"))],
        &["--httpd", "2.4", &long],
    );
    assert!(told.out.contains("FORBID 400"), "{}", told.out);
}

#[test]
fn lines_of_a_log_that_were_cut_are_passed_over() {
    let gate = GATE.replace(
        "</VirtualHost>\n",
        "    CustomLog logs/access_log combined\n</VirtualHost>\n",
    );
    let log = "10.20.3.4 - - [17/May/2016:10:00:00 +0000] \"GET /photos/ben@acme.example.jpg HTTP/1.1\" 200 4711 \"-\" \"Mozilla\"\n\
               203.0.113.9 - - [17/May/2016:10:00:05 +0000] \"GET /photos/ben@acme\n\
               203.0.113.9 - - [17/May/2016:10:00:06 +0000] \"GET /photos/ben@acme.example.jpg HTTP/1.1\" 200 4711 \"-\" \"Mozilla\"\n\
               10.20.3.4 - - [17/May/2016:10:00:07 +0000] \"GET /photos/anna@acme.example.jpg HTTP/1.1\" 403 209 \"-\" \"Mozil";
    let site = folder(&[
        ("ihs/conf/httpd.conf", gate.as_bytes()),
        ("ihs/logs/access_log", log.as_bytes()),
    ]);
    let told = super::story::scan(site.path(), &[]);
    let doors: Vec<Value> = told
        .findings()
        .into_iter()
        .filter(|finding| finding["rule"] == "photo-gate-doors")
        .collect();
    let counted = |door: &str| {
        let of = doors.iter().filter(|finding| finding["fields"]["door"] == door);
        of.map(|finding| finding["occurrences"].as_u64()).collect::<Vec<_>>()
    };
    assert_eq!(
        (counted("address"), counted("undecided")),
        (vec![Some(2)], vec![Some(1)]),
        "{told:?}"
    );
    let refused: Vec<Value> = told
        .findings()
        .into_iter()
        .filter(|finding| finding["rule"] == "photo-gate-refused-member")
        .collect();
    assert_eq!(refused.len(), 1, "the last line is whole enough: {told:?}");
}
