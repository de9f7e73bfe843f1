//! What a gate and the requests to it have in common: networks, cookies, headers. Drawn once for each gate, so that what
//! the gate asks about occurs in the requests, and nearly occurs.

use std::net::Ipv4Addr;

use super::draw::Draw;

/// Networks. Those in 127.0.0.0/8 are where a client on loopback can be; the others are met behind a proxy only.
const LOCAL: [(u32, u8); 12] = [
    (0x7f14_0000, 16),
    (0x7f14_0100, 24),
    (0x7f14_0105, 32),
    (0x7f0a_0000, 15),
    (0x7f64_3280, 25),
    (0x7f1e_0400, 22),
    (0x7f00_0001, 32),
    (0x7f09_0000, 17),
    (0x7f01_0000, 24),
    (0x7fc8_6400, 20),
    (0x7f80_0000, 9),
    (0x7f0c_7be0, 27),
];

const REMOTE: [(u32, u8); 6] = [
    (0x0a14_0000, 16),
    (0x0a14_0105, 32),
    (0xc0a8_0700, 24),
    (0xac10_0000, 12),
    (0xc633_6440, 26),
    (0xcb00_7100, 24),
];

const COOKIES: [&str; 6] = [
    "LtpaToken2",
    "LtpaToken",
    "STPluginActivePage",
    "JSESSIONID",
    "sso",
    "PD-S-SESSION-ID",
];

/// Headers beside `Cookie` by which gates decide.
pub const HEADERS: [&str; 6] = [
    "X-Photo",
    "User-Agent",
    "Referer",
    "X-Real-IP",
    "X-Forwarded-Proto",
    "Accept-Language",
];

/// A network of IPv4 addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    pub base: u32,
    pub length: u8,
}

impl Network {
    fn host_bits(self) -> u32 {
        u32::MAX.checked_shr(u32::from(self.length)).unwrap_or(0)
    }

    /// `10.20.0.0/16`.
    pub fn cidr(self) -> String {
        format!("{}/{}", Ipv4Addr::from(self.base), self.length)
    }

    /// `10.20.0.0/255.255.0.0`.
    pub fn masked(self) -> String {
        format!("{}/{}", Ipv4Addr::from(self.base), Ipv4Addr::from(!self.host_bits()))
    }

    /// An address in it: the first, the last or any.
    pub fn inside(self, draw: &mut Draw) -> Ipv4Addr {
        let bits = self.host_bits();
        let host = match draw.below(4) {
            0 => 0,
            1 => bits,
            _ => draw.seed() as u32 & bits,
        };
        Ipv4Addr::from(self.base | host)
    }

    /// An address just beyond one of its ends.
    pub fn beside(self, draw: &mut Draw) -> Ipv4Addr {
        let above = (self.base | self.host_bits()).wrapping_add(1);
        Ipv4Addr::from(if draw.chance(50) {
            above
        } else {
            self.base.wrapping_sub(1)
        })
    }
}

/// What occurs in a gate and in the requests to it.
#[derive(Debug, Clone)]
pub struct World {
    pub networks: Vec<Network>,
    pub cookies: Vec<&'static str>,
    pub headers: Vec<&'static str>,
    /// The header from which mod_remoteip takes the address, if it does.
    pub forwarded: Option<&'static str>,
}

impl World {
    /// A world in which everybody comes over the line as who they are.
    pub fn draw(draw: &mut Draw) -> Self {
        let networks = (0..draw.within(2, 4)).map(|_| network(draw, &LOCAL)).collect();
        Self::around(draw, networks)
    }

    /// A world behind a proxy.
    pub fn behind_proxy(draw: &mut Draw) -> Self {
        let from = |draw: &mut Draw| {
            if draw.chance(70) {
                network(draw, &REMOTE)
            } else {
                network(draw, &LOCAL)
            }
        };
        let networks = (0..draw.within(2, 4)).map(|_| from(draw)).collect();
        let mut world = Self::around(draw, networks);
        world.forwarded = Some(draw.pick(&["X-Forwarded-For", "X-Forwarded-For", "X-Client-IP", "x-real-ip"]));
        world
    }

    fn around(draw: &mut Draw, networks: Vec<Network>) -> Self {
        Self {
            networks,
            cookies: (0..draw.within(1, 3)).map(|_| draw.pick(&COOKIES)).collect(),
            headers: (0..2).map(|_| draw.pick(&HEADERS)).collect(),
            forwarded: None,
        }
    }

    pub fn network(&self, draw: &mut Draw) -> Network {
        *draw.one(&self.networks)
    }

    pub fn cookie(&self, draw: &mut Draw) -> &'static str {
        draw.pick(&self.cookies)
    }

    pub fn header(&self, draw: &mut Draw) -> &'static str {
        draw.pick(&self.headers)
    }
}

fn network(draw: &mut Draw, among: &[(u32, u8)]) -> Network {
    let (base, length) = *draw.one(among);
    Network { base, length }
}
