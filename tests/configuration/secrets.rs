//! No password, no key and no token of configuration is ever shown: not by a rule that repeats all that it is shown of every
//! node, and not by the lines that stand there.

use std::process::Command;

use super::story::{Told, bytes_of, casebook, ours};
use super::witness::{Site, run};

/// All ways out of a scan.
fn ways_out(command: impl Fn() -> Command) -> Vec<(String, Told)> {
    let ways = [
        &["--format", "text", "--color", "always"][..],
        &["--format", "text", "--verbose"],
        &["--format", "jsonl", "--verbose"],
        &["--format", "sarif"],
    ];
    let told = |way: &&[&str]| (way.join(" "), run(command().args(*way)).told);
    ways.iter().map(told).collect()
}

#[track_caller]
fn assert_hidden(secrets: &[&str], told: &[(String, Told)]) {
    for (way, told) in told {
        assert!(matches!(told.status, Some(1 | 3)), "{way}: {}", told.err);
        for secret in secrets {
            for output in [&told.out, &told.err] {
                let line = output.lines().find(|line| line.contains(secret));
                assert_eq!(line, None, "{way}: {secret}");
            }
        }
    }
}

#[test]
fn of_the_example_site_none_is_shown() {
    let secrets = String::from_utf8(bytes_of("tests/fixtures/secrets.txt")).expect("a list of secrets");
    let secrets: Vec<&str> = secrets.lines().filter(|line| !line.is_empty()).collect();
    assert!(secrets.len() > 10);
    let site = ours("examples/acme");
    let built_in = || {
        let mut command = casebook();
        command.arg("scan").arg(&site);
        command
    };
    assert_hidden(&secrets, &ways_out(built_in));
    let witness = Site::new(&[]);
    let echoing = || {
        let arguments = witness.arguments("behaviour: echoes");
        let given = witness.path().to_string_lossy().into_owned();
        let mut command = casebook();
        // Without the format, which each way out gives itself.
        let arguments = arguments.iter().take(arguments.len() - 2);
        command.args(arguments.map(|argument| {
            if *argument == given {
                site.as_os_str()
            } else {
                argument.as_ref()
            }
        }));
        command
    };
    let told = ways_out(echoing);
    assert!(told[2].1.findings().len() > 100, "there is something to see");
    assert_hidden(&secrets, &told);
}

/// Secrets in every syntax, in the ways in which they are really written. Each begins with `geheim`, or is in the list below.
const SITE: &[(&str, &str)] = &[
    (
        "cell/security.xml",
        "<security:Security xmlns:security=\"s\">
<authDataEntries alias=\"a\" userId=\"u\" password=\"{xor}geheim-a1\"/><setting beside=\"1\"/>
<properties name=\"com.ibm.CORBA.loginPassword\" value=\"geheim-a2\"/><setting beside=\"2\"/>
<bindPassword>geheim-a3</bindPassword> <setting beside=\"3\"/>
<bindPassword>
  geheim-a4
  geheim-a5</bindPassword> <setting beside=\"4\"/>
<ltpa password=\"ge&#104;eim-a6&amp;tail-a6\"/> <setting beside=\"5\"/>
<custom v=\"{&quot;password&quot;: &quot;geheim-a7&quot;}\"/> <setting beside=\"6\"/>
<!-- the old one was geheim-a2 --> <setting beside=\"7\"/>
<!-- <properties name=\"bindPassword\" value=\"geheim-a8\"/> --> <setting beside=\"8\"/>
<connection url=\"ldap://admin:geheim-a9@ldap.acme.example\"/> <setting beside=\"9\"/>
<property name=\"bindPassword\"><value>geheim-b1</value></property> <setting beside=\"10\"/>
<entry key=\"javax.net.ssl.keyStorePassword\">geheim-b2</entry> <setting beside=\"11\"/>
<Connector keystorePass=\"geheim-b3\"/> <setting beside=\"12\"/>
</security:Security>
",
    ),
    (
        "apps/web.xml",
        "<web-app><context-param><param-name>ldapPassword</param-name><param-value>geheim-c1</param-value></context-param></web-app>\n",
    ),
    (
        "domino/sso.dxl",
        "<document xmlns='http://www.lotus.com/dxl' form='WebSSOConfig'>
<item name='LTPA_DominoSecret'><text>
geheim-d1==</text></item><item name='LTPA_TokenName'><text>LtpaToken</text></item>
<item name='LTPA_3DESKey'><textlist><text>geheim-d2==</text></textlist></item>
<item name='HTTPPassword'>
<text>(geheim-d3)</text></item>
<item name='LTPA_PrivateKey'><rawitemdata type='500'>
geheim-d4
geheim-d5
</rawitemdata></item><item name='next'><text>1</text></item>
</document>
",
    ),
    (
        "was/properties/ssl.client.props",
        "com.ibm.ssl.keyStorePassword={xor}geheim-e1\ncom.ibm.ssl.trustStorePassword=geheim-e2\ncom.ibm.ssl.protocol=TLS\n\
         com.ibm.SOAP.loginPassword=geheim-e3\\\n    tail-e3\nkeyPassword : ge\\u0068eim-e4\n\
         com.ibm.websphere.ltpa.3DESKey=geheim-e5\\=\\=\ncom.ibm.websphere.ltpa.PrivateKey=geheim-e6\n",
    ),
    (
        "domino/notes.ini",
        "[Notes]\nKitType=1\nHTTPPassword=geheim-f1\nServerKeyFileName_Password = geheim-f2\n",
    ),
    (
        "st/sametime.ini",
        "[Directory]\nLdapBindPassword=geheim-f3\nLdapBindPW=geheim-f4\nVPS_HOST=a\n",
    ),
    (
        "home/.profile",
        "export LANG=C PASSWORD=geheim-g1\nA=1; export DB_PASS=\"geheim g2\" B=2\nexport PGPASSWORD=ge'heim-'g3tail-g3\n\
         export JAVA_OPTS=\"-Xmx1g -Djavax.net.ssl.keyStorePassword=geheim-g4 -Da=b\"\nexport SECRET='geheim-g5\ngeheim-g6'\n",
    ),
    (
        "ihs/conf/httpd.conf",
        "Listen 80\nServerName www.acme.example\nAuthLDAPBindPassword geheim-h1\nAuthLDAPBindPassword \"geheim h2\"\n\
         SetEnv DB_PASSWORD geheim-h3\nRequestHeader set X-Api-Key geheim-h4\nDefine SECRET geheim-h5\n\
         ProxyPass / http://admin:geheim-h6@backend.acme.example/\nRequestHeader set Authorization \"Basic Z2VoZWltLWg3OnRhaWw=\"\n",
    ),
    (
        "domino/sso.txt",
        "Form:  WebSSOConfig\nLTPA_DominoSecret:  geheim-i1==\nLTPA_TokenName:  LtpaToken\nHTTPPassword:  (geheim-i2)\n",
    ),
    (
        "keys/key.pem",
        "-----BEGIN PRIVATE KEY-----\ngeheimj1AgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\ngeheimj2\n-----END PRIVATE KEY-----\n",
    ),
    (
        "home/bashrc",
        "KEY='-----BEGIN RSA PRIVATE KEY-----\ngeheimj3AgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg\n-----END RSA PRIVATE KEY-----' X=1\n",
    ),
];

/// Ends of secrets that are written in pieces, and those that are encoded.
const TAILS: [&str; 4] = ["tail-a6", "tail-e3", "tail-g3", "Z2VoZWlt"];

#[test]
fn of_any_syntax_none_is_shown_wherever_it_stands() {
    let one_line = format!(
        "<security:Security xmlns:security=\"s\">{0}<a name=\"x.Password\" value=\"geheim-k1\"/>{0}<item name=\"LTPA_DominoSecret\"><text>geheim-k2</text></item>{0}</security:Security>",
        "<setting sslProtocol=\"TLSv1.2\"/>".repeat(200)
    );
    // Longer than what is shown of a place, so that it is cut in the middle of the secret.
    let long = format!(
        "<document xmlns='http://www.lotus.com/dxl'><item name='LTPA_DominoSecret'><text>{}</text></item></document>",
        "geheim-k3".repeat(1_000)
    );
    let site = Site::new(SITE)
        .with("one/security.xml", one_line.as_bytes())
        .with("long.dxl", long.as_bytes());
    let command = || {
        let mut arguments = site.arguments("behaviour: echoes");
        arguments.truncate(arguments.len() - 2);
        let mut command = casebook();
        command.args(arguments);
        command
    };
    let told = ways_out(command);
    let mut secrets = vec!["geheim"];
    secrets.extend(TAILS);
    assert_hidden(&secrets, &told);
    // What is none stays, on the same lines.
    let shown = &told[2].1.out;
    for word in [
        "beside",
        "LtpaToken",
        "TLSv1.2",
        "ldapPassword",
        "X-Api-Key",
        "com.ibm.ssl.protocol",
        "[masked]",
    ] {
        assert!(shown.contains(word), "{word}");
    }
    for (name, _) in SITE {
        assert!(
            shown.contains(&format!("\"file\":\"{name}\"")),
            "{name} was not looked at"
        );
    }
}

/// Remarks say what is wrong in a line, and must not quote it.
#[test]
fn of_broken_files_none_is_quoted() {
    let site = Site::new(&[
        (
            "security.xml",
            "<security:Security xmlns:security=\"s\">\n<a password=”geheim-1 x\n<b password=\"geheim-2>\n<c password=geheim-3/>\n\
             <d password=\"geheim-4\" password=\"geheim-5\"/>\n<e password=\"a&geheim-6;b\"/>\n<password>&geheim-7;</password>\n",
        ),
        ("a.properties", "password geheim-8\\u00zz\npassword=geheim-9\\uXYZW\n"),
        (
            "notes.ini",
            "[Notes]\nA=1\nB=2\nC=3\npassword:geheim-10\nHTTPPassword\n[geheim\n",
        ),
        (
            ".profile",
            "export PASSWORD=\"geheim-11\nexport SECRET=$(geheim-12\nPW='geheim-13\n",
        ),
        (
            "httpd.conf",
            "Listen 80\nServerName x\nAuthLDAPBindPassword \"geheim-14\n",
        ),
        ("key.pem", "-----BEGIN PRIVATE KEY-----\ngeheim-15!!\n"),
        ("hosts", "10.20.1.5 a\n10.20.1.6 b\npassword=geheim-16\n"),
    ]);
    let told = run(&mut site
        .command("kinds: [xml, properties, ini, profile, httpd, keystore, hosts]\nnodes: [none]\nbehaviour: behaves"));
    assert!(told.told.gaps().len() >= 8, "{:#?}", told.told.gaps());
    for (file, reason) in told.told.gaps() {
        assert!(
            !reason.contains("geheim") || reason.contains("[geheim"),
            "{file}: {reason}"
        );
    }
}
