//! Regular expressions as administrators write them: right, nearly right, and wrong in the usual ways.

use super::draw::Draw;
use super::world::{Network, World};

/// An octet, as converters from CIDR write it.
const OCTET: &str = "([0-9]|[1-9][0-9]|1([0-9][0-9])|2([0-4][0-9]|5[0-5]))";

/// For addresses of a network of the world, more or less.
pub fn address(draw: &mut Draw, world: &World) -> String {
    let network = world.network(draw);
    let [a, b, c, d] = network.base.to_be_bytes();
    match draw.below(16) {
        0..4 => exact(network),
        4 => format!("^{a}.{b}."),
        5 => format!("{a}\\.{b}\\."),
        6 => format!("^{a}\\.{b}\\.{c}\\.{d}$"),
        7 => format!("{a}\\.{b}\\.{c}\\.{d}"),
        8 => format!("^{a}\\.(?:{b}|{})\\.\\d{{1,3}}\\.\\d+$", b.wrapping_add(1)),
        9 => format!("^{a}\\.[{}-{}]", b % 10, 9),
        10 => format!("^({a})\\.({b})\\.({c})\\.({d}|{})$", d ^ 1),
        11 => format!("^{a}\\.\\d+\\.([0-9]+)\\.\\1$"),
        12 => format!("^(?!{a}\\.{b}\\.)"),
        13 => format!("^{a}(\\.[0-9]{{1,3}}){{3}}$"),
        14 => format!("\\.{d}$"),
        _ => format!("^{a}\\.{b}\\.|^10\\.|^192\\.168\\."),
    }
}

/// Exactly the addresses of a network whose length is a multiple of eight; of another, octets of its range.
pub fn exact(network: Network) -> String {
    let octets = network.base.to_be_bytes();
    let parts: Vec<String> = (0u8..)
        .zip(octets)
        .map(|(place, octet)| part(network.length, place, octet))
        .collect();
    format!("^{}$", parts.join("\\."))
}

fn part(length: u8, place: u8, octet: u8) -> String {
    let fixed = length.saturating_sub(place * 8).min(8);
    match fixed {
        8 => octet.to_string(),
        0 => OCTET.to_owned(),
        _ => {
            let last = u16::from(octet) + (1 << (8 - fixed));
            let all: Vec<String> = (u16::from(octet)..last).map(|octet| octet.to_string()).collect();
            format!("({})", all.join("|"))
        }
    }
}

/// For a header `Cookie` with a cookie of the world, more or less.
pub fn cookie(draw: &mut Draw, world: &World) -> String {
    let name = world.cookie(draw);
    match draw.below(20) {
        0 => format!("{name}=.*$"),
        1 => format!("{name}="),
        2 => name.to_owned(),
        3 => format!("(^|;\\s*){name}=[^;]+"),
        4 => format!("(^|; ){name}=([^;]*)(;|$)"),
        5 => format!("^{name}="),
        6 => format!("\\b{name}\\b"),
        7 => format!("{name}=([A-Za-z0-9+/]+)"),
        8 => format!("(?:^|[;,]) *{name}=(yes|no|1)"),
        9 => format!("(?i){name}=\\S"),
        10 => format!("{name}=(\\w+); *{}=", world.cookie(draw)),
        11 => format!("^(.*;)?\\s*{name}=[0-9A-F]{{4,}}"),
        12 => format!("{name}=\\\"?st"),
        13 => format!("^(?=.*{name}=)(?!.*{}=1)", world.cookie(draw)),
        14 => format!("{name}=[^;]{{8}}"),
        15 => format!("{}.*{name}", world.cookie(draw)),
        16 => "^$".to_owned(),
        17 => ".".to_owned(),
        18 => format!("{name}=([^;]*?)(?:;|$)"),
        _ => format!("{name}=st(Meeting)?room"),
    }
}

/// For the value of another header.
pub fn header(draw: &mut Draw) -> &'static str {
    draw.pick(&[
        "^yes$",
        "inside",
        "Sametime",
        "^Mozilla/[45]\\.",
        "^$",
        "curl|wget",
        "https?://([^/:]+)",
        "^[a-z]+$",
        ".",
    ])
}

/// For a path as a virtual host sees it.
pub fn path(draw: &mut Draw) -> &'static str {
    draw.pick(&[
        "^(.*)$",
        "^(.*)$",
        "^/photos/(.*)$",
        "^/photos/(.*)$",
        "^/?photos/",
        "^/photos/([^/]+)@example\\.com\\.jpg$",
        "\\.jpg$",
        "\\.(jpe?g|png)$",
        "^/(photos|public)/(.+)$",
        "^",
        ".?",
        "^/photos/team/",
        "photos",
        "^/(?!public/)",
        "^/photos/(.*)%(.*)$",
        "/([a-z]+)[ +.]([a-z]+)@",
        "^/photos/([a-m]).*",
    ])
}

/// For a path as a directory sees it: without what leads to it.
pub fn rest(draw: &mut Draw) -> &'static str {
    draw.pick(&[
        "^(.*)$",
        "^(.*)$",
        "^([^/]+)@example\\.com\\.jpg$",
        "\\.jpg$",
        "\\.(jpe?g|png)$",
        "^photos/(.*)$",
        "^/photos/",
        "^team/(.*)",
        "^",
        ".",
        "^$",
        "^([a-m]).*",
        "^(?!default)",
    ])
}
