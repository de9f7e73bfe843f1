//! `RewriteRule`, and several with their conditions.

use super::condition::condition;
use super::draw::Draw;
use super::pattern;
use super::rewrite_word;
use super::world::World;

/// Where rules stand: what they see of a path differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    Host,
    Directory,
}

/// Rules with their conditions, `RewriteEngine` and options before them.
pub fn rules(draw: &mut Draw, world: &World, stands: Stands) -> Vec<String> {
    let mut lines = vec![engine(draw).to_owned()];
    if stands == Stands::Host && draw.chance(20) {
        lines.extend(
            ["lower int:tolower", "upper int:toupper", "escape int:escape"].map(|map| format!("RewriteMap {map}")),
        );
    }
    if stands == Stands::Directory && draw.chance(25) {
        lines.push(format!(
            "RewriteBase {}",
            draw.pick(&["/photos", "/photos/", "/", "/public"])
        ));
    }
    let several = draw.weighted(&[(6, 1), (4, 2), (3, 3), (1, 5)]);
    for place in 0..several {
        let before_last = place + 1 < several;
        lines.extend(conditions(draw, world));
        lines.push(rule(draw, stands, before_last));
    }
    if draw.chance(6) {
        // Conditions without a rule of their own: they are nobody's.
        lines.extend(conditions(draw, world));
    }
    lines
}

fn engine(draw: &mut Draw) -> &'static str {
    draw.weighted(&[
        (24, "RewriteEngine On"),
        (4, "RewriteEngine on"),
        (1, "RewriteEngine Off"),
        (1, "RewriteEngine Off\nRewriteEngine On"),
        (1, "RewriteOptions AllowAnyURI\nRewriteEngine On"),
    ])
}

fn conditions(draw: &mut Draw, world: &World) -> Vec<String> {
    let many = draw.weighted(&[(2, 0), (5, 1), (5, 2), (4, 3), (2, 5)]);
    let mut joined = |place: usize| {
        // The last one too may have the flag, which then binds to nothing.
        let or = draw.chance(if place + 1 < many { 25 } else { 6 });
        condition(draw, world, or)
    };
    (0..many).map(&mut joined).collect()
}

fn rule(draw: &mut Draw, stands: Stands, before_last: bool) -> String {
    let of_path = match stands {
        Stands::Host => pattern::path(draw),
        Stands::Directory => pattern::rest(draw),
    };
    let negated = draw.chance(10);
    let of_path = format!("{}{of_path}", if negated { "!" } else { "" });
    let (to, flags) = if before_last && draw.chance(45) {
        goes_on(draw)
    } else {
        ends(draw, stands)
    };
    let mut flags: Vec<String> = flags
        .split(',')
        .filter(|flag| !flag.is_empty())
        .map(str::to_owned)
        .collect();
    flags.extend(more_flags(draw));
    let to = rewrite_word(draw, to);
    let of_path = rewrite_word(draw, &of_path);
    if flags.is_empty() {
        return format!("RewriteRule {of_path} {to}");
    }
    // Without the blank, flags are part of the substitution.
    let blank = if draw.chance(3) { "" } else { " " };
    let flags = format!("[{}]", flags.join(","));
    let flags = if flags.contains(' ') {
        format!("\"{flags}\"")
    } else {
        flags
    };
    format!("RewriteRule {of_path} {to}{blank}{flags}")
}

/// A rule after which others are looked at.
fn goes_on(draw: &mut Draw) -> (&'static str, &'static str) {
    draw.weighted(&[
        (4, ("-", "E=inside:yes")),
        (2, ("-", "E=token:%1")),
        (1, ("-", "E=!inside")),
        (1, ("-", "E=inside")),
        (1, ("-", "E=token:$1,E=inside:yes")),
        (3, ("-", "S=1")),
        (2, ("-", "S=2")),
        (1, ("-", "skip=9")),
        (4, ("-", "C")),
        (2, ("/photos/$1", "C")),
        (2, ("/photos/default.jpg", "")),
        (2, ("/photos/$1?key=open", "")),
        (1, ("-", "")),
        (1, ("-", "L")),
        (1, ("-", "END")),
        (1, ("/photos/$1", "chain")),
        (1, ("/photos/$1", "N=3")),
        (1, ("-", "E=inside:%{HTTP:X-Photo}")),
        (1, ("-", "E=token:%{REMOTE_ADDR}-$0")),
        (1, ("/photos/${lower:$1}", "C")),
        (1, ("-", "NE,S=0")),
    ])
}

/// A rule that turns away, or sends elsewhere.
fn ends(draw: &mut Draw, stands: Stands) -> (&'static str, &'static str) {
    let anywhere = [
        (10, ("-", "F")),
        (2, ("-", "F,L")),
        (2, ("-", "forbidden")),
        (2, ("-", "G")),
        (2, ("-", "R=404")),
        (2, ("-", "R=404,L")),
        (1, ("-", "R=401")),
        (1, ("-", "R=503,L")),
        (1, ("-", "R=200,L")),
        (1, ("/login.html", "R=403,L")),
        (6, ("https://login.example.com/", "R,L")),
        (3, ("http://login.example.com/?from=$1", "R=302,L")),
        (2, ("http://login.example.com/$1", "R=301,NE,L")),
        (2, ("https://%{HTTP_HOST}%{REQUEST_URI}", "R=307,L")),
        (2, ("https://login.example.com%{REQUEST_URI}?%1", "R=permanent,L,QSA")),
        (2, ("https://login.example.com/", "L")),
        (1, ("https://login.example.com/?a=%1&b=$2", "redirect,L,B")),
        (1, ("https://login.example.com/$0?x=1", "R=seeother,QSD,L")),
        (4, ("/login.html", "R,L")),
        (2, ("/login.html", "R=302")),
        (1, ("/login.html?back=%{REQUEST_URI}", "R,L")),
        (1, ("/login.html?x=$1#top", "R,L")),
        (1, ("/login.html?x=$1#top", "R,NE,L")),
        (1, ("/login.html?", "R=302,L")),
        (1, ("//elsewhere.example/$1", "R,L")),
        (3, ("/denied.html", "L")),
        (1, ("/denied.html", "PT,L")),
        (1, ("/denied.html", "END")),
        (2, ("/photos/default.jpg", "L")),
        (1, ("/photos/default.png", "PT")),
        (1, ("/photos/$1", "L")),
        (1, ("/missing/$1", "L")),
        (1, ("[R,L]", "")),
        (1, ("/login.html[R,L]", "")),
        (1, ("http://photos.example:@port@/login.html", "R,L")),
        (1, ("http://photos.example:@port@/denied.html", "L")),
        (1, ("https://login.example.com/${escape:$1|none}", "R,L")),
        (1, ("https://login.example.com/?c=%{HTTP_COOKIE}", "R,L")),
        (1, ("HTTP://login.example.com/%{REMOTE_ADDR}/%2", "R,L")),
        (1, ("https:/login.example.com/", "R,L")),
        (1, ("mailto:photos@example.com", "R,L")),
        (1, ("/login.html?$10%%$", "R,L")),
        (1, ("/login.html?\\$1\\%1", "R,L")),
        (1, ("/login.html\\?x", "R,L")),
        (1, ("?login=1", "R,L")),
        (1, ("%{REQUEST_URI}?denied=1", "L")),
        (1, ("-", "R=300")),
        (1, ("-", "R=304")),
        (1, ("-", "F,E=inside:yes")),
        (1, ("-", "R,L")),
        (1, ("-", "G,F")),
        (1, ("-", "R=410,F")),
        (1, ("-", "T=text/plain")),
        (1, ("-", "H=default-handler")),
    ];
    let of_directory = [
        (3, ("denied.html", "L")),
        (2, ("default.jpg", "L")),
        (2, ("default.jpg", "R,L")),
        (1, ("$1", "R,L")),
        (1, ("team/$1", "L")),
        (1, ("default.jpg", "END")),
        (1, ("./default.png", "")),
    ];
    let of_host = [
        (1, ("denied.html", "L")),
        (1, ("@documents@/denied.html", "L")),
        (1, ("@documents@/photos/$1", "L")),
        (1, ("%{DOCUMENT_ROOT}/denied.html", "L")),
        (1, ("$1", "R,L")),
    ];
    if draw.chance(85) {
        return draw.weighted(&anywhere);
    }
    match stands {
        Stands::Directory => draw.weighted(&of_directory),
        Stands::Host => draw.weighted(&of_host),
    }
}

fn more_flags(draw: &mut Draw) -> Option<String> {
    let flag = draw.weighted(&[
        (40, ""),
        (5, "NC"),
        (2, "nocase"),
        (2, "NS"),
        (2, "NE"),
        (1, "QSA"),
        (1, "qsdiscard"),
        (1, "B"),
        (1, "BNP"),
        (1, "DPI"),
        (1, "T=image/png"),
        (1, "CO=seen:1:photos.example"),
        (1, "QSL"),
        (1, "E=last:$1"),
        (1, "B= @"),
        (1, "BNE=/@"),
        (1, "BCTLS"),
        (1, "UnsafeAllow3F"),
        (1, "UnsafePrefixStat"),
        (1, "UNC"),
        (1, "noescape"),
        (1, "S=1"),
        (1, "E=!inside"),
    ]);
    (!flag.is_empty()).then(|| flag.to_owned())
}

/// What an expression that holds leaves to `%1`, if no regular expression in it has groups, httpd takes from memory that it
/// never wrote: it answers with whatever is there, or crashes. Behind expressions such references become those of the rule.
pub fn defined(lines: &mut [String]) {
    let mut is_behind = false;
    for line in lines {
        let words = line.trim_start();
        let is_rule = words.starts_with("RewriteRule");
        if is_behind && (is_rule || words.starts_with("RewriteCond")) {
            *line = line.replace("%1", "$1").replace("%2", "$2");
        }
        is_behind |= line.contains("RewriteCond expr") || line.contains("RewriteCond \"expr\"");
        is_behind &= !is_rule;
    }
}
