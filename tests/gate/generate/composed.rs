//! Gates that Casebook writes.

use casebook::gate::space::AddressSpace;
use casebook::gate::write::{self, CookieName, Httpd, Wanted};

use super::draw::Draw;
use super::world::World;

/// The lines of a gate of either kind, for the networks and cookies of a world.
pub fn composed(draw: &mut Draw, world: &World) -> Vec<String> {
    let networks = world.networks.iter().map(|network| {
        let last = u32::MAX.checked_shr(u32::from(network.length)).unwrap_or(0) | network.base;
        (network.base, last)
    });
    let cookies = world.cookies.iter().filter_map(|name| CookieName::new(name).ok());
    let wanted = Wanted {
        httpd: if draw.chance(50) { Httpd::V22 } else { Httpd::V24 },
        networks: AddressSpace::of(networks),
        ipv6: Vec::new(),
        cookies: cookies.take(draw.below(3)).collect(),
        redirect: draw
            .chance(60)
            .then(|| "https://login.example.com/sso?to=photos&x=%20$1".to_owned()),
        path: draw.pick(&["/photos/", "/photos", "/photos/team/"]).to_owned(),
    };
    write::gate(&wanted)
        .expect("a gate")
        .lines()
        .map(str::to_owned)
        .collect()
}
