//! `SetEnvIf` and what is like it; `RemoteIPHeader`.

use super::draw::Draw;
use super::world::World;
use super::{expression, pattern, quoted, word};

/// Lines that set `inside` and `token`.
pub fn lines(draw: &mut Draw, world: &World) -> Vec<String> {
    (0..draw.within(1, 4)).map(|_| line(draw, world)).collect()
}

fn line(draw: &mut Draw, world: &World) -> String {
    let what = draw.weighted(&[
        (8, "inside"),
        (2, "inside=yes"),
        (2, "!inside"),
        (2, "token=$1"),
        (1, "inside=yes token=st$0"),
        (1, "inside=$1 !token"),
        (1, "token=$2"),
    ]);
    let name = draw.weighted(&[(5, "SetEnvIf"), (2, "SetEnvIfNoCase")]);
    let (attribute, regex) = match draw.below(12) {
        0..3 => ("Remote_Addr".to_owned(), pattern::address(draw, world)),
        3..6 => ("Cookie".to_owned(), pattern::cookie(draw, world)),
        6 => (world.header(draw).to_owned(), pattern::header(draw).to_owned()),
        7 => ("Request_URI".to_owned(), pattern::path(draw).to_owned()),
        8 => other(draw),
        9 => ("inside".to_owned(), "(.*)".to_owned()),
        10 => ("^X-(Photo|Real)".to_owned(), "^(.+)$".to_owned()),
        _ => return special(draw, world, what),
    };
    format!("{name} {} {} {what}", word(draw, &attribute), word(draw, &regex))
}

fn other(draw: &mut Draw) -> (String, String) {
    let (attribute, regex) = draw.weighted(&[
        (2, ("Request_Method", "^(GET)$")),
        (1, ("Request_Protocol", "HTTP/1\\.1")),
        (1, ("Server_Addr", "^127\\.0\\.0\\.1$")),
        (1, ("remote_addr", "^127\\.(\\d+)")),
        (1, ("Host", "^(photos)\\.example")),
        (1, ("Remote_Host", "^127\\.0")),
    ]);
    (attribute.to_owned(), regex.to_owned())
}

fn special(draw: &mut Draw, world: &World, what: &str) -> String {
    match draw.below(4) {
        // Where no regular expression of it has matched with groups, httpd takes `$1` from memory that it never wrote.
        0 if what.contains('$') => {
            let regex = format!("%{{HTTP_COOKIE}} =~ m#{}=([^;]*)#", world.cookie(draw));
            format!("SetEnvIfExpr {} token=$1", quoted(&regex))
        }
        0 => format!("SetEnvIfExpr {} {what}", quoted(&expression::condition(draw, world))),
        1 => format!("BrowserMatch {} {what}", pattern::header(draw)),
        2 => format!("BrowserMatchNoCase {} {what}", pattern::header(draw)),
        // It comes after access control: too late to let anybody in.
        _ => "SetEnv inside yes".to_owned(),
    }
}

/// Lines by which the client's address is taken from a header.
pub fn remote_ip(draw: &mut Draw, header: &str) -> Vec<String> {
    let mut lines = vec![format!("RemoteIPHeader {header}")];
    let lists = draw.weighted(&[(3, 0), (5, 1), (2, 2)]);
    for _ in 0..lists {
        let name = draw.pick(&["RemoteIPInternalProxy", "RemoteIPTrustedProxy"]);
        let proxies = draw.pick(&[
            "127.0.0.0/8",
            "127.0.0.1",
            "127.0.0.0/24 10.20.0.0/16",
            "127.0.0.1 127.0.0.2",
            "127.0.0.0/255.255.255.0",
        ]);
        lines.push(format!("{name} {proxies}"));
    }
    if draw.chance(15) {
        lines.push("RemoteIPProxiesHeader X-Proxies".to_owned());
    }
    lines
}
