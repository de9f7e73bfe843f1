//! `RewriteCond`.

use super::draw::Draw;
use super::pattern;
use super::world::World;
use super::{expression, rewrite_word};

/// What a condition asks about.
#[derive(Clone, Copy)]
enum About {
    Address,
    Cookie,
    Header,
    Path,
    Order,
    Number,
    File,
    Expression,
    Before,
    Environment,
    Mixed,
    Map,
    Other,
}

/// A test string, what it is compared with, and whether that is a regular expression.
type Compared = (String, String, bool);

/// A line, without the flag by which it is joined to the next.
pub fn condition(draw: &mut Draw, world: &World, or: bool) -> String {
    let about = draw.weighted(&[
        (30, About::Address),
        (26, About::Cookie),
        (10, About::Header),
        (7, About::Path),
        (6, About::Order),
        (4, About::Number),
        (3, About::File),
        (10, About::Expression),
        (5, About::Before),
        (4, About::Environment),
        (3, About::Mixed),
        (2, About::Map),
        (4, About::Other),
    ]);
    let (test, compared, is_regex) = match about {
        About::Address => address(draw, world),
        About::Cookie => cookie(draw, world),
        About::Header => header(draw, world),
        About::Path => path(draw),
        About::Order => order(draw, world),
        About::Number => number(draw),
        About::File => file(draw),
        About::Expression => ("expr".to_owned(), expression::condition(draw, world), false),
        About::Before => before(draw),
        About::Environment => environment(draw),
        About::Mixed => mixed(draw, world),
        About::Map => map(draw, world),
        About::Other => other(draw),
    };
    // A condition of a gate that turns away is negated more often than not.
    let negated = !matches!(about, About::Expression) && draw.chance(60);
    let compared = format!("{}{compared}", if negated { "!" } else { "" });
    let flags = flags(draw, is_regex, or);
    let test = rewrite_word(draw, &test);
    let compared = if is_regex && compared.contains(' ') && draw.chance(20) {
        compared.replace(' ', "\\ ")
    } else {
        rewrite_word(draw, &compared)
    };
    format!("RewriteCond {test} {compared}{flags}")
}

fn flags(draw: &mut Draw, is_regex: bool, or: bool) -> String {
    let mut flags = Vec::new();
    if draw.chance(if is_regex { 35 } else { 8 }) {
        flags.push(draw.pick(&["NC", "NC", "nocase", "nc"]));
    }
    if or {
        flags.push(draw.pick(&["OR", "OR", "or", "ornext"]));
    }
    if draw.chance(3) {
        flags.push("NV");
    }
    if flags.is_empty() {
        return String::new();
    }
    if draw.chance(30) {
        flags.reverse();
    }
    match draw.below(12) {
        0 => format!(" \"[{}]\"", flags.join(", ")),
        _ => format!(" [{}]", flags.join(",")),
    }
}

fn address(draw: &mut Draw, world: &World) -> Compared {
    let test = draw.weighted(&[
        (12, "%{REMOTE_ADDR}"),
        (1, "%{CONN_REMOTE_ADDR}"),
        (1, "%{REMOTE_HOST}"),
        (1, "%{HTTP:X-Forwarded-For}"),
        (1, "%{remote_addr}"),
    ]);
    match draw.below(8) {
        0 => (test.to_owned(), format!("={}", world.network(draw).inside(draw)), false),
        _ => (test.to_owned(), pattern::address(draw, world), true),
    }
}

fn cookie(draw: &mut Draw, world: &World) -> Compared {
    let test = draw.weighted(&[
        (8, "%{HTTP_COOKIE}"),
        (2, "%{HTTP:Cookie}"),
        (1, "%{HTTP:cOOkie}"),
        (1, "%{HTTP_cookie}"),
    ]);
    match draw.below(10) {
        0 => (test.to_owned(), format!("={}=1", world.cookie(draw)), false),
        1 => (test.to_owned(), draw.pick(&["=", "=\"\"", "=''"]).to_owned(), false),
        _ => (test.to_owned(), pattern::cookie(draw, world), true),
    }
}

fn header(draw: &mut Draw, world: &World) -> Compared {
    let test = match draw.below(6) {
        0 => "%{HTTP_USER_AGENT}".to_owned(),
        1 => "%{HTTP_REFERER}".to_owned(),
        2 => "%{HTTP_HOST}".to_owned(),
        3 => format!("%{{HTTP:{}}}", world.header(draw).to_lowercase()),
        _ => format!("%{{HTTP:{}}}", world.header(draw)),
    };
    (test, pattern::header(draw).to_owned(), true)
}

fn path(draw: &mut Draw) -> Compared {
    let (test, compared) = draw.weighted(&[
        (3, ("%{REQUEST_URI}", "^/photos/")),
        (1, ("%{REQUEST_URI}", "^/(public|login\\.html)")),
        (1, ("%{REQUEST_URI}", "@example\\.com\\.jpg$")),
        (1, ("%{REQUEST_FILENAME}", "photos")),
        (1, ("%{QUERY_STRING}", "(^|&)key=open(&|$)")),
        (1, ("%{QUERY_STRING}", "^$")),
        (1, ("%{REQUEST_METHOD}", "^(GET|HEAD)$")),
        (1, ("%{THE_REQUEST}", "^GET /photos/")),
        (1, ("%{THE_REQUEST}", "%40")),
        (1, ("%{SERVER_PORT}", "^@port@$")),
        (1, ("%{SERVER_NAME}", "^photos\\.example$")),
        (1, ("%{HTTPS}", "^on$")),
        (1, ("%{REQUEST_SCHEME}", "^http$")),
    ]);
    (test.to_owned(), compared.to_owned(), true)
}

fn order(draw: &mut Draw, world: &World) -> Compared {
    let sign = draw.pick(&["<", ">", "<=", ">=", "="]);
    let (test, with) = match draw.below(5) {
        0 => ("%{REMOTE_ADDR}", world.network(draw).inside(draw).to_string()),
        1 => ("%{HTTP_COOKIE}", format!("{}=5", world.cookie(draw))),
        2 => ("%{HTTP:X-Photo}", draw.pick(&["9", "10", "yes", ""]).to_owned()),
        3 => ("%{QUERY_STRING}", draw.pick(&["key=open", "k", ""]).to_owned()),
        _ => ("%{REQUEST_URI}", "/photos/erik".to_owned()),
    };
    (test.to_owned(), format!("{sign}{with}"), false)
}

fn number(draw: &mut Draw) -> Compared {
    let sign = draw.pick(&["-eq", "-ne", "-lt", "-le", "-gt", "-ge"]);
    let test = draw.pick(&[
        "%{HTTP:X-Photo}",
        "%{HTTP:X-Photo}",
        "%{SERVER_PORT}",
        "%{QUERY_STRING}",
        "%{HTTP:Content-Length}",
    ]);
    let with = draw.pick(&["1", "10", "0", "1024", "08", "-1"]);
    (test.to_owned(), format!("{sign}{with}"), false)
}

fn file(draw: &mut Draw) -> Compared {
    let test = draw.pick(&[
        "%{REQUEST_FILENAME}",
        "%{DOCUMENT_ROOT}%{REQUEST_URI}",
        "@documents@/photos/default.jpg",
        "%{REQUEST_URI}",
    ]);
    let check = draw.pick(&["-f", "-d", "-s", "-l", "-f", "-F", "-U", "-x"]);
    (test.to_owned(), check.to_owned(), false)
}

fn before(draw: &mut Draw) -> Compared {
    let (test, compared) = draw.weighted(&[
        (2, ("$1", "^default\\.")),
        (2, ("$1", "@example\\.com")),
        (2, ("%1", "^$")),
        (1, ("%1", "st")),
        (1, ("%2-$1", "^-")),
        (1, ("$0", "^/photos")),
        (1, ("%1%{HTTP_COOKIE}", "(.)\\1")),
        (1, ("x$1<>%{REMOTE_ADDR}", "^x(.*)<>127\\.")),
    ]);
    (test.to_owned(), compared.to_owned(), true)
}

fn environment(draw: &mut Draw) -> Compared {
    let (test, compared) = draw.weighted(&[
        (3, ("%{ENV:inside}", "^yes$")),
        (2, ("%{ENV:inside}", ".")),
        (1, ("%{ENV:token}", "^st")),
        (1, ("%{ENV:missing}", "^$")),
        (2, ("%{ENV:REDIRECT_STATUS}", "^$")),
        (1, ("%{ENV:REDIRECT_inside}", "^$")),
    ]);
    (test.to_owned(), compared.to_owned(), true)
}

fn mixed(draw: &mut Draw, world: &World) -> Compared {
    let name = world.cookie(draw);
    let (test, compared) = match draw.below(4) {
        0 => ("%{REMOTE_ADDR};%{HTTP_COOKIE}", format!("^127\\.20\\.|;.*{name}=")),
        1 => (
            "%{HTTP_HOST}%{REQUEST_URI}",
            "^photos\\.example(:\\d+)?/photos/".to_owned(),
        ),
        2 => ("%{HTTP_USER_AGENT} %{HTTP_COOKIE}", format!("Sametime.* {name}")),
        _ => ("literal", "^lit".to_owned()),
    };
    (test.to_owned(), compared, true)
}

/// Asks for what a map makes of something. The map may be missing.
fn map(draw: &mut Draw, world: &World) -> Compared {
    let name = world.cookie(draw);
    let (test, compared) = match draw.below(4) {
        0 => ("${lower:%{HTTP_COOKIE}}", format!("{}=", name.to_lowercase())),
        1 => ("${upper:%{REQUEST_URI}}", "^/PHOTOS/".to_owned()),
        2 => ("${lower:%{HTTP:X-Photo}|none}", "^(none|yes)$".to_owned()),
        _ => ("${escape:$1}", "%20|%25".to_owned()),
    };
    (test.to_owned(), compared, true)
}

fn other(draw: &mut Draw) -> Compared {
    let (test, compared) = draw.pick(&[
        &("%{SERVER_PROTOCOL}", "^HTTP/1\\.1$"),
        &("%{REMOTE_USER}", "^$"),
        &("%{AUTH_TYPE}", "."),
        &("%{PATH_INFO}", "^/more"),
        &("%{IS_SUBREQ}", "^false$"),
        &("%{SCRIPT_FILENAME}", "\\.jpg$"),
        &("%{CONTEXT_PREFIX}", "^$"),
        &("%{CONTEXT_DOCUMENT_ROOT}", "documents$"),
        &("%{HTTP_ACCEPT}", "image"),
        &("%{HTTP_FORWARDED}", "^$"),
        &("%{SERVER_SOFTWARE}", "^Apache"),
        &("%{TIME_YEAR}", "^20"),
        &("%{LA-U:REQUEST_FILENAME}", "photos/"),
        &("%{LA-F:REQUEST_FILENAME}", "\\.jpg$"),
        &("%{SSL:SSL_PROTOCOL}", "^$"),
        &("%{SERVER_ADDR}", "^127\\.0\\.0\\.1$"),
        &("%{REMOTE_PORT}", "^[0-9]+$"),
        &("%{NOTHING}", "^$"),
        &("%{HTTP:}", "^$"),
        &("%{ENV:}", "^$"),
        &("%{}", "^%"),
        &("100%", "0%$"),
        &("$", "^\\$$"),
        &("\\%{REMOTE_ADDR}", "^%"),
    ]);
    ((*test).to_owned(), (*compared).to_owned(), true)
}
