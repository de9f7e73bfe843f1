//! The gate of the article about photos that a web server serves: cookies by their presence, addresses by expressions, a
//! redirect for everybody else.
//!
//! It is read in three ways: as it was printed, its target lost; with a target; with the blank before the flags missing.

use super::draw::Draw;
use super::pattern;
use super::world::{Network, World};

/// A reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    AsPrinted,
    WithTarget,
    WithoutBlank,
}

pub const READINGS: [Reading; 3] = [Reading::AsPrinted, Reading::WithTarget, Reading::WithoutBlank];

/// The world around it.
pub fn world(draw: &mut Draw) -> World {
    let mut world = World::draw(draw);
    world.cookies = vec!["LtpaToken2", "LtpaToken", "STPluginActivePage"];
    world.networks.insert(
        0,
        Network {
            base: 0x7f14_0105,
            length: 32,
        },
    );
    world
}

/// The same behind a proxy that says who asks.
pub fn behind_proxy(draw: &mut Draw) -> World {
    let mut world = World::behind_proxy(draw);
    world.cookies = vec!["LtpaToken2", "LtpaToken", "STPluginActivePage"];
    world.networks.insert(
        0,
        Network {
            base: 0x0a14_0105,
            length: 32,
        },
    );
    world
}

/// The lines of its virtual host.
pub fn lines(world: &World, reading: Reading) -> Vec<String> {
    let mut lines = vec!["RewriteEngine On".to_owned()];
    for cookie in ["LtpaToken2=.*$", "LtpaToken=.*$", "STPluginActivePage=stMeetingroom"] {
        lines.push(format!("RewriteCond %{{HTTP_COOKIE}} !{cookie} [NC]"));
    }
    for network in world.networks.iter().skip(1) {
        lines.push(format!("RewriteCond %{{REMOTE_ADDR}} !{}", pattern::exact(*network)));
    }
    let proxy = world.networks.first().map(|network| pattern::exact(*network));
    lines.extend(proxy.map(|proxy| format!("RewriteCond %{{REMOTE_ADDR}} !{proxy} [NC]")));
    let rule = match reading {
        Reading::AsPrinted => "RewriteRule ^(.*)$ [R,L]",
        Reading::WithTarget => "RewriteRule ^(.*)$ https://sametime.example.com/ [R,L]",
        Reading::WithoutBlank => "RewriteRule ^(.*)$ https://sametime.example.com/[R,L]",
    };
    lines.push(rule.to_owned());
    lines
}
