//! Requests to a gate: by members and strangers, with cookies where they belong and where they do not, with paths in every
//! dress.

use std::net::Ipv4Addr;

use crate::client::Message;

use super::draw::Draw;
use super::world::World;
use super::{Gate, Host, login};

/// One cookie as long as this, in gates that read long ones.
const LONG: usize = 1 << 20;

/// A request, and the virtual host that it reaches.
#[derive(Debug, Clone)]
pub struct Asked {
    pub host: String,
    pub message: Message,
}

/// A request to one of the gate's hosts.
pub fn request(draw: &mut Draw, gate: &Gate) -> Asked {
    let host = draw.one(&gate.hosts);
    let mut headers = vec![host_header(draw, host)];
    let address = came_from(draw, &gate.world, &mut headers);
    for _ in 0..draw.weighted(&[(3, 0), (6, 1), (1, 2), (1, 3)]) {
        headers.push(cookie_header(draw, gate));
    }
    for _ in 0..draw.below(3) {
        headers.push(other_header(draw, &gate.world));
    }
    if draw.chance(10) {
        let last = headers.len() - 1;
        headers.swap(0, last);
    }
    if gate.modules.contains(&login::MODULES[0]) && draw.chance(30) {
        let credentials = draw.pick(&[login::RIGHT, "Basic YW5uYTpubw==", "Basic", "Bearer x"]);
        headers.push(format!("Authorization: {credentials}").into_bytes());
    }
    let method = draw.weighted(&[
        (60, "GET"),
        (6, "HEAD"),
        (4, "POST"),
        (2, "OPTIONS"),
        (1, "get"),
        (1, "DELETE"),
        (1, "PUT"),
        (1, "TRACE"),
        (1, "PROPFIND"),
        (1, "PHOTO"),
    ]);
    if matches!(method, "POST" | "PUT") {
        headers.push(b"Content-Length: 0".to_vec());
    }
    Asked {
        host: host.name.clone(),
        message: Message {
            address,
            method: method.as_bytes().to_vec(),
            target: target(draw, host),
            headers,
        },
    }
}

fn host_header(draw: &mut Draw, host: &Host) -> Vec<u8> {
    let name = &host.name;
    let value = match draw.below(12) {
        0 => name.to_uppercase(),
        1 => format!("{name}:80"),
        2 => format!("{name}."),
        3 if host.is_first => draw
            .pick(&["unknown.example", "127.0.0.1", "photos.example:8080", "[::1]", ""])
            .to_owned(),
        _ => name.clone(),
    };
    format!("{}: {value}", draw.pick(&["Host", "Host", "host", "HOST"])).into_bytes()
}

/// The address of the line. Behind a proxy, the header says who it is.
fn came_from(draw: &mut Draw, world: &World, headers: &mut Vec<Vec<u8>>) -> Ipv4Addr {
    let Some(name) = world.forwarded else {
        return on_loopback(somebody(draw, world));
    };
    if draw.chance(90) {
        let value = forwarded(draw, world);
        let cased = if draw.chance(30) {
            name.to_lowercase()
        } else {
            name.to_owned()
        };
        headers.push(format!("{cased}: {value}").into_bytes());
    }
    if draw.chance(10) {
        headers.push(format!("{name}: {}", forwarded(draw, world)).into_bytes());
    }
    let stranger = on_loopback(somebody(draw, world));
    draw.weighted(&[
        (8, Ipv4Addr::LOCALHOST),
        (3, Ipv4Addr::new(127, 0, 0, 2)),
        (2, Ipv4Addr::new(127, 1, 0, 9)),
        (1, stranger),
    ])
}

fn somebody(draw: &mut Draw, world: &World) -> Ipv4Addr {
    let network = world.network(draw);
    match draw.below(20) {
        0..9 => network.inside(draw),
        9..14 => network.beside(draw),
        _ => Ipv4Addr::new(127, draw.byte(), draw.byte(), draw.byte()),
    }
}

/// An address from which one can connect to loopback.
fn on_loopback(address: Ipv4Addr) -> Ipv4Addr {
    let [_, b, c, d] = address.octets();
    // The first and the last are nobody's.
    if [b, c, d] == [0; 3] || [b, c, d] == [255; 3] {
        return Ipv4Addr::LOCALHOST;
    }
    Ipv4Addr::new(127, b, c, d)
}

/// A list as proxies write it, now and then with what nobody can make sense of.
fn forwarded(draw: &mut Draw, world: &World) -> String {
    let mut one = || match draw.below(30) {
        // Names, but none for which a resolver would ask the network.
        0 => draw.pick(&["not..known", "-"]).to_owned(),
        1 => "2001:db8::7".to_owned(),
        2 => "::1".to_owned(),
        3 => format!("{}:4711", somebody(draw, world)),
        4 => String::new(),
        5 => "::ffff:10.20.1.5".to_owned(),
        6 => "010.020.001.005".to_owned(),
        7 => "10.20.1".to_owned(),
        8..12 => "127.0.0.1".to_owned(),
        12 => "127.0.0.2".to_owned(),
        13 => "10.20.1.5".to_owned(),
        _ => somebody(draw, world).to_string(),
    };
    let first = one();
    let list = [first, one(), one()];
    let many = draw.weighted(&[(6, 1), (3, 2), (1, 3)]);
    list[..many].join(draw.pick(&[", ", ",", " , ", ",  "]))
}

fn cookie_header(draw: &mut Draw, gate: &Gate) -> Vec<u8> {
    let many = draw.weighted(&[(5, 1), (3, 2), (1, 4)]);
    let separator = draw.pick(&["; ", "; ", "; ", ";", ", ", " ;  ", ";;"]);
    let mut cookies: Vec<String> = (0..many).map(|_| cookie(draw, &gate.world)).collect();
    if gate.reads_long && draw.chance(4) {
        let padding = "A".repeat(LONG);
        cookies.insert(draw.below(cookies.len() + 1), format!("padding={padding}"));
    }
    // Longer than what httpd reads unless it is told to.
    if draw.chance(1) {
        cookies.push(format!("padding={}", "A".repeat(8_190)));
    }
    let name = draw.weighted(&[(8, "Cookie"), (1, "cookie"), (1, "COOKIE"), (1, "cOoKiE")]);
    let mut value = cookies.join(separator).into_bytes();
    match draw.below(25) {
        0 => value.clear(),
        1 => value.insert(0, b'\t'),
        2 => value.extend_from_slice(b"   "),
        3 => value.extend_from_slice(b"; n=\xe9\xff"),
        4 => value.splice(0..0, *b"$Version=1; ").for_each(drop),
        _ => {}
    }
    [name.as_bytes(), b": ", &value].concat()
}

fn cookie(draw: &mut Draw, world: &World) -> String {
    let name = world.cookie(draw);
    let value = draw.pick(&[
        "1",
        "",
        "yes",
        "stMeetingroomcenter",
        "stroom",
        "AAECAzU=",
        "0123456789ABCDEF",
        "\"stX\"",
        "a b",
        "no",
        "1;1",
        "=1",
    ]);
    match draw.below(16) {
        0 => format!("x{name}={value}"),
        1 => format!("{name}x={value}"),
        2 => format!("foo={name}=1"),
        3 => format!("{}={value}", name.to_lowercase()),
        4 => name.to_owned(),
        5 => format!("{name} = {value}"),
        6 => format!("theme=dark; {name}={value}"),
        7 => "theme=dark".to_owned(),
        8 => format!("\"{name}={value}\""),
        _ => format!("{name}={value}"),
    }
}

fn other_header(draw: &mut Draw, world: &World) -> Vec<u8> {
    let name = world.header(draw);
    let name = if draw.chance(20) {
        name.to_uppercase()
    } else {
        name.to_owned()
    };
    let value = draw.pick(&[
        "yes",
        "inside",
        "1",
        "10",
        "9",
        " 5",
        "",
        "no",
        "0",
        "Inside",
        "off",
        "Mozilla/5.0 (X11; Linux x86_64)",
        "Sametime/9.0.1",
        "curl/8.5",
        "https://photos.example/team",
        "08",
        "de-DE",
    ]);
    format!("{name}: {value}").into_bytes()
}

fn target(draw: &mut Draw, host: &Host) -> Vec<u8> {
    let path = match draw.below(20) {
        0..12 => usual(draw).to_owned(),
        12..16 => dressed(draw),
        16 | 17 => format!(
            "/photos/{}",
            draw.pick(&["nobody@example.com.jpg", "x", "", "..", "team", "team/", "[R,L]"])
        ),
        _ => odd(draw, host),
    };
    let query = draw.weighted(&[
        (12, ""),
        (1, "?"),
        (2, "?key=open"),
        (1, "?key=shut&key=open"),
        (1, "?x=%41&y=a+b"),
        (1, "?a=1?b=2"),
    ]);
    format!("{path}{query}").into_bytes()
}

/// A document by its own name.
fn usual(draw: &mut Draw) -> &'static str {
    draw.pick(&[
        "/photos/anna.berg@example.com.jpg",
        "/photos/anna.berg@example.com.jpg",
        "/photos/ben@example.com.jpg",
        "/photos/Carla@example.com.jpg",
        "/photos/dora%20meier@example.com.jpg",
        "/photos/erik+old@example.com.jpg",
        "/photos/f%25ranz@example.com.jpg",
        "/photos/gr%C3%BCn@example.com.jpg",
        "/photos/default.jpg",
        "/photos/default.png",
        "/photos/empty.jpg",
        "/photos/team/hugo@example.com.jpg",
        "/photos/team/private/ina@example.com.jpg",
        "/public/logo.jpg",
        "/login.html",
        "/denied.html",
        "/index.html",
        "/",
    ])
}

/// A document by a name that comes to the same, or nearly.
fn dressed(draw: &mut Draw) -> String {
    let path = usual(draw);
    match draw.below(22) {
        0 => path.replace('@', "%40"),
        1 => path.replace("photos", "%70hotos"),
        2 => path.replace('/', "//"),
        3 => path.replacen('/', "/./", 1),
        4 => format!("/public/..{path}"),
        5 => format!("/public/%2e%2E{path}"),
        6 => path.replace(".com", "%2ecom"),
        7 => format!("{path}/"),
        8 => format!("{path}/more"),
        9 => path.to_uppercase(),
        10 => path.replacen("/photos/", "/photos;v=1/", 1),
        11 => path.replace("photos/", "photos%2F"),
        12 => path.replace("photos/", "photos/%2e/"),
        13 => path.replace("photos/", "photos/team/%2e%2e/"),
        14 => path.replace("photos/", "photos/team/../"),
        15 => path.replace('@', "%2540"),
        16 => format!("{path}%3Fx=1"),
        17 => format!("{path}/."),
        18 => format!("{path}/.."),
        19 => format!("{path}."),
        20 => format!("/.{path}"),
        _ => format!("{path}%0a"),
    }
}

/// A target that no browser sends.
fn odd(draw: &mut Draw, host: &Host) -> String {
    match draw.below(30) {
        0 => format!("http://{}/photos/ben@example.com.jpg", host.name),
        1 => "/photos%2Fben@example.com.jpg".to_owned(),
        2 => "/photos/%00".to_owned(),
        3 => "/photos/%zz".to_owned(),
        4 => "/../photos/ben@example.com.jpg".to_owned(),
        5 => "/photos/%2e%2e%2f%2e%2e/etc".to_owned(),
        6 => "/photos\\ben@example.com.jpg".to_owned(),
        7 => "/photos/%E9%FF.jpg".to_owned(),
        8 => "//photos.example/photos/default.jpg".to_owned(),
        9 => "/photos/a\"b<c>.jpg".to_owned(),
        10 => "/.../photos/....//".to_owned(),
        11 => "/photos/ben@example.com.jpg%20".to_owned(),
        12 => "/photos/x?http://other.example/".to_owned(),
        13 => format!("HTTP://{}:80/photos/default.jpg", host.name),
        14 => format!("http://{}", host.name),
        15 => "/photos/a#b".to_owned(),
        16 => "/photos/{a}|b^c`.jpg".to_owned(),
        17 => "/photos/%".to_owned(),
        18 => "/photos/%4".to_owned(),
        19 => "/photos/%0d%0aX:1".to_owned(),
        20 => "/photos/%c0%afetc".to_owned(),
        21 => "/photos/%7f%01%09".to_owned(),
        22 => "photos/default.jpg".to_owned(),
        23 => "*".to_owned(),
        24 => "/photos/gr\u{fc}n@example.com.jpg".to_owned(),
        25 => "/photos/\x01".to_owned(),
        26 => "/photos/default.jpg/../ben@example.com.jpg".to_owned(),
        27 => "/photos/...".to_owned(),
        28 => "/photos/.ht".to_owned(),
        _ => format!("/photos/{}", "a".repeat(200)),
    }
}
