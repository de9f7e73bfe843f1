//! What goes, what stays, and that masking is done after one time.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::*;

/// What goes in, and what is shown.
const HIDDEN: &[(&str, &str)] = &[
    (
        r#"192.0.2.7 - - [17/Nov/2010:09:59:33 +0000] "GET /photos/ben@example.com.jpg HTTP/1.1" 200 512 "-" "Mozilla" "LtpaToken2=aBcD1234+/efGH==; JSESSIONID=0000xYz123:15abc""#,
        r#"192.0.2.7 - - [17/Nov/2010:09:59:33 +0000] "GET /photos/ben@example.com.jpg HTTP/1.1" 200 512 "-" "Mozilla" "LtpaToken2=[masked]; JSESSIONID=[masked]""#,
    ),
    (
        "Cookie: LtpaToken=AAECAzRDRTM=; theme=dark",
        "Cookie: LtpaToken=[masked]; theme=[masked]",
    ),
    (
        "Set-Cookie: JSESSIONID=0001abcDEF:-1; Path=/; Domain=.example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly",
        "Set-Cookie: JSESSIONID=[masked]; Path=/; Domain=.example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly",
    ),
    (
        "GET /stwebav/x;jsessionid=0000AbCdEf:1abc?x=1",
        "GET /stwebav/x;jsessionid=[masked]?x=1",
    ),
    ("Authorization: Basic YmVuOmh1bnRlcjI=", "Authorization: Basic [masked]"),
    (
        "authorization=\"Bearer eyJhbGciOi.eyJzdWIi.c2ln\", next",
        "authorization=\"Bearer [masked]\", next",
    ),
    (
        "Authorization: Digest username=\"ben\", response=\"6629fae4\"",
        "Authorization: Digest [masked]",
    ),
    ("sent Bearer 0123456789abcdef", "sent Bearer [masked]"),
    ("X-ST-CSRF-Token: 5f3a9c7710", "X-ST-CSRF-Token: [masked]"),
    (
        "GET /photos/u1@a.example.jpg?pass=TOPSECRET HTTP/1.1",
        "GET /photos/u1@a.example.jpg?pass=[masked] HTTP/1.1",
    ),
    (
        "DB_PASS=hunter2 # ilo dbpass=hunter3",
        "DB_PASS=[masked] # ilo dbpass=[masked]",
    ),
    (r#"{"pass":"hunter 2"}"#, r#"{"pass":"[masked]"}"#),
    (
        "<password>abc</password> pwd: TOPSECRET",
        "<password>[masked]</password> pwd: [masked]",
    ),
    (
        r#"<properties value="hunter2" name="com.acme.password"/>"#,
        r#"<properties value="[masked]" name="com.acme.password"/>"#,
    ),
    (
        "wsadmin.sh -conntype SOAP -username ben -password hunter2 -f x.py",
        "wsadmin.sh -conntype SOAP -username ben -password [masked] -f x.py",
    ),
    (
        "/login?user=ben&password=hunter2&next=/home",
        "/login?user=ben&password=[masked]&next=/home",
    ),
    (
        "jdbc:db2://db.example.com/x:user=ben;password=p@ss{w}ord;",
        "jdbc:db2://db.example.com/x:user=ben;password=[masked];",
    ),
    (
        r#"{"user":"ben","password":"hun ter2","id":7}"#,
        r#"{"user":"ben","password":"[masked]","id":7}"#,
    ),
    (r#"{\"password\":\"hunter2\"}"#, r#"{\"password\":\"[masked]\"}"#),
    (
        "<bindPassword>hunter2</bindPassword>",
        "<bindPassword>[masked]</bindPassword>",
    ),
    (
        "<config bindDN='cn=admin' bindPassword='hunter2'/>",
        "<config bindDN='cn=admin' bindPassword='[masked]'/>",
    ),
    (
        "com.ibm.ssl.keyStorePassword={xor}CDo9Hgw=",
        "com.ibm.ssl.keyStorePassword={xor}[masked]",
    ),
    (
        "userPassword: {SSHA}nU4eI71bcnBGqeO0t9tXvY1u5oQ=",
        "userPassword: {SSHA}[masked]",
    ),
    (
        "authDataEntries password=\"{xor}Lz4sLA==\" user",
        "authDataEntries password=\"{xor}[masked]\" user",
    ),
    (
        "<properties name=\"com.acme.password\" value=\"hunter2\"/>",
        "<properties name=\"com.acme.password\" value=\"[masked]\"/>",
    ),
    ("LTPA_DominoSecret = abcd1234==", "LTPA_DominoSecret = [masked]"),
    (
        "<item name='LTPA_DominoSecret'><text>q1w2e3==</text></item>",
        "<item name='LTPA_DominoSecret'><text>[masked]</text></item>",
    ),
    (
        "com.ibm.websphere.ltpa.3DESKey=Xc4kqZ\\=\\=",
        "com.ibm.websphere.ltpa.3DESKey=[masked]",
    ),
    (
        "com.ibm.websphere.ltpa.PrivateKey=A2b3",
        "com.ibm.websphere.ltpa.PrivateKey=[masked]",
    ),
    (
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK=\n-----END RSA PRIVATE KEY-----\nnext",
        "-----BEGIN RSA PRIVATE KEY-----[masked]-----END RSA PRIVATE KEY-----\nnext",
    ),
    (
        "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg",
        "-----BEGIN PRIVATE KEY-----[masked]",
    ),
    (
        "aws_access_key_id AKIAIOSFODNN7EXAMPLE used",
        "aws_access_key_id AKIA[masked] used",
    ),
    (
        "opening https://ben:hunter2@meetings.example.com/x",
        "opening https://ben:[masked]@meetings.example.com/x",
    ),
    ("token=0123abcd (apikey: k-42)", "token=[masked] (apikey: [masked])"),
    ("access_token=ya29abcdef&x", "access_token=[masked]&x"),
];

/// What must stay as it is, because it is the evidence.
const SHOWN: &[&str] = &[
    "101117_095933.884,FTL,LDAP Aut,token verification failed. [4098]",
    "VpUsrAuthenticate::handleCheckUser: authenticating user with loginName=CN=Ben Williams/O=ACME by a single token",
    "token for user user [CN=Ben Williams/O=ACME/C=US] was successfully verified",
    "User ID extracted from the token is - CN=Ben Williams/O=ACME/C=US",
    "Received token with type <0>",
    "SECTokenListValidate returned with status (0)",
    "AuthTokenContext::authenticateBeforeDirSearch verifyTokenAndExtractUserId failed with reason 4098",
    "CWSCT0340E: Error, cannot retrieve password attribute. Cookie: LtpaToken=\"undefined\"",
    "SECJ0371W: Validation of the LTPA token failed because the token expired with the following info: Token expiration Date: Thu",
    "The X-ST-CSRF-Token is invalid. Connections has set the HTTPONLY flag.",
    "Failed password for invalid user webmaster from 192.0.2.31 port 38926 ssh2",
    "CWPKI0041W: One or more key stores are using the default password.",
    "RewriteCond %{HTTP_COOKIE} !LtpaToken2=.*$ [NC]",
    "RewriteCond %{HTTP_COOKIE} !LtpaToken=([^;]+) [NC]",
    "LtpaToken=1; xLtpaToken=; STPluginActivePage=stMeetingroomcenter",
    "PWD=/opt/IBM/WebSphere/AppServer OLDPWD=/root",
    "PWD=C:\\IBM\\WebSphere",
    "ST_TOKEN_TYPE=LtpaToken2",
    "LTPA_TokenName=LtpaToken LTPA_TokenExpiration=30",
    "password=***** secret=null",
    "the token: expired",
    "Basic authentication failed; Bearer authentication is off",
    "file:///opt/IBM/x@y:z https://stp1.example.com:9443/a@b",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
    "Header edit Set-Cookie ^(.*)$ $1;HttpOnly;Secure",
];

#[test]
fn values_go_and_names_stay() {
    for (text, shown) in HIDDEN {
        assert_eq!(mask(text), *shown, "{text}");
    }
}

#[test]
fn evidence_stays() {
    for text in SHOWN {
        assert_eq!(mask(text), *text);
    }
}

#[test]
fn fields_are_masked_by_name_and_by_content() {
    for (name, value, shown) in [
        ("password", "hunter2", MASKED),
        ("bind-password", "a b c", MASKED),
        ("password", "undefined", "undefined"),
        ("pwd", "/opt/IBM", "/opt/IBM"),
        ("LtpaToken2", "AbCdEf0123456789+/==", MASKED),
        ("token", "LtpaToken2", "LtpaToken2"),
        ("cookie", "LtpaToken=undefined", "LtpaToken=undefined"),
        ("user", "CN=Ben Williams/O=ACME", "CN=Ben Williams/O=ACME"),
        (
            "header",
            "Authorization: Basic YmVuOmh1bnRlcjI=",
            "Authorization: Basic [masked]",
        ),
    ] {
        assert_eq!(mask_field(name, value), shown, "{name}");
    }
}

#[test]
fn whatever_a_pattern_finds_has_a_trigger() {
    for (text, _) in HIDDEN {
        assert!(MASK.triggers.is_match(text), "{text}");
    }
}

#[test]
fn masking_the_examples_twice_changes_nothing() {
    for (text, _) in HIDDEN {
        let once = mask(text).into_owned();
        assert_eq!(mask(&once), once.as_str());
    }
    // The password's mask makes a value out of it that is long enough for a token.
    assert_eq!(mask("token://u:!x@"), mask(&mask("token://u:!x@")));
}

/// Files of real servers, where they are at hand. `CASEBOOK_SAMPLES` names another folder.
fn samples() -> Option<PathBuf> {
    let folder = std::env::var_os("CASEBOOK_SAMPLES").map_or_else(|| PathBuf::from("../shared/samples"), PathBuf::from);
    folder.is_dir().then_some(folder)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

#[test]
fn real_logs_lose_their_encoded_passwords_and_nothing_else() {
    let Some(folder) = samples() else {
        println!("skipped: there are no sample files here (CASEBOOK_SAMPLES)");
        return;
    };
    for path in files(&folder) {
        let bytes = std::fs::read(&path).unwrap();
        for line in String::from_utf8_lossy(&bytes).lines() {
            assert_eq!(mask(line) != line, line.contains("{xor}"), "{}: {line}", path.display());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn masking_twice_changes_nothing(parts in prop::collection::vec(part(), 0..12)) {
        let once = mask(&parts.concat()).into_owned();
        prop_assert_eq!(mask(&once), once.as_str());
    }

    #[test]
    fn no_pattern_finds_what_has_no_trigger(parts in prop::collection::vec(part(), 0..6)) {
        let text = parts.concat();
        let found = MASK.patterns.iter().zip(PATTERNS).any(|(regex, of)| replace(regex, &text, of.judge).is_some());
        prop_assert!(!(found || mask_cookies(&text).is_some()) || MASK.triggers.is_match(&text), "{}", text);
    }

    #[test]
    fn what_is_plain_needs_no_expression(text in "[A-Za-z0-9_./$()-]{0,70}", part in part()) {
        for text in [text.clone(), format!("{text}{part}"), format!("{part}{text}")] {
            prop_assert!(!super::is_plain(&text) || super::round(&text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_token_never_survives_its_name(
        name in prop::sample::select(vec!["LtpaToken2", "LtpaToken", "JSESSIONID", "X-ST-CSRF-Token", "password", "apikey"]),
        separator in prop::sample::select(vec!["=", " = ", "=\"", "='"]),
        secret in "[A-Za-z][A-Za-z0-9+/]{9,40}[0-9]",
        before in "[a-z ;]{0,8}",
    ) {
        let text = format!("{before}{name}{separator}{secret}");
        prop_assert!(!mask(&text).contains(&secret), "{}", mask(&text));
    }
}

/// Pieces that the patterns care about, in random order, and anything in between.
fn part() -> impl Strategy<Value = String> {
    let words = [
        "password",
        "token",
        "LtpaToken2",
        "Cookie:",
        "Set-Cookie: ",
        "Authorization: ",
        "Basic ",
        "Bearer ",
        "=",
        ":",
        "\"",
        "'",
        ">",
        "<",
        " ",
        "\n",
        "{xor}",
        "[masked]",
        "]",
        "}",
        ")",
        "-----BEGIN PRIVATE KEY-----",
        "-----END",
        "abc123def456",
        "://u:",
        "@",
        "AKIA",
        "ABCDEFGHIJKLMNOP",
        "eyJ",
        ".",
        ";",
        ",",
        "name=",
        "value=",
        "undefined",
        "***",
        "pwd",
        "/opt",
        "secret",
        "digest ",
        "\\",
        "-",
        "x",
    ];
    prop_oneof![4 => prop::sample::select(words.to_vec()).prop_map(str::to_owned), 1 => any::<String>()]
}

#[test]
fn the_quick_look_at_a_name_misses_no_word() {
    let words = super::SECRET_NAMES.iter().chain(&super::TOKEN_NAMES).chain(&["cookie"]);
    for word in words {
        for name in [(*word).to_owned(), format!("com.ibm.x-{}_", word.to_uppercase())] {
            assert!(super::may_speak_of_secrets(&name), "{name}");
        }
    }
}
