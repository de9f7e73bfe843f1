//! What kinds of gates there are.

use super::composed::composed;
use super::draw::Draw;
use super::rule::{self, Stands, rules};
use super::world::World;
use super::{
    Gate, Host, access, article, broken, environment, expression, login, quoted, surroundings, within, written,
};

/// A kind of gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// The article's gate, in its three readings.
    Article,
    /// Rules in a virtual host.
    Host,
    /// Rules outside of virtual hosts, inherited or not.
    Server,
    /// Rules in sections of directories, locations and files.
    Directory,
    /// `Require`.
    Require,
    /// `Order`, `Allow`, `Deny`.
    Order,
    /// Variables, by which rules and access control decide.
    Environment,
    /// Behind a proxy.
    Proxy,
    /// `<If>` and its like.
    Sections,
    /// Several of these at once.
    Mixture,
    /// Passwords, and other ways in beside them.
    Login,
    /// Any of these, spelled in other ways.
    Written,
    /// What httpd refuses to start with, and what comes near it.
    Broken,
    /// Written by Casebook.
    Composed,
}

impl Family {
    /// So that the same seed makes unlike gates in unlike families.
    pub fn salt(self) -> u64 {
        (self as u64 + 1) << 32
    }

    fn has_surroundings(self) -> bool {
        matches!(
            self,
            Self::Host | Self::Directory | Self::Require | Self::Order | Self::Mixture
        )
    }
}

/// A gate of a family.
pub fn gate(family: Family, seed: u64, draw: &mut Draw) -> Gate {
    let world = match family {
        // Each reading on both sides of a proxy.
        Family::Article if seed / 3 % 2 == 1 => article::behind_proxy(draw),
        Family::Article => article::world(draw),
        Family::Proxy => World::behind_proxy(draw),
        Family::Mixture if draw.chance(30) => World::behind_proxy(draw),
        _ => World::draw(draw),
    };
    let mut gate = Gate {
        family,
        seed,
        modules: Vec::new(),
        lines: Vec::new(),
        files: Vec::new(),
        hosts: Vec::new(),
        reads_long: draw.chance(15),
        world: world.clone(),
    };
    if draw.chance(30) {
        gate.modules.push("dir");
    }
    if family == Family::Login {
        gate.modules.extend(login::MODULES);
        gate.files.push((login::FILE.to_owned(), login::USERS.to_owned()));
    }
    if gate.reads_long {
        gate.lines.push("LimitRequestFieldSize 2000000".to_owned());
    }
    let several = if family == Family::Server { 2 } else { 1 };
    if family == Family::Server {
        gate.lines.extend(server(draw, &world));
    }
    for place in 0..several {
        let name = ["photos.example", "second.example"][place].to_owned();
        let mut lines = vec![format!("ServerName {name}")];
        lines.extend(host(family, draw, &world, seed));
        if family.has_surroundings() && draw.chance(25) {
            let (around, module) = surroundings::lines(draw);
            lines.splice(1..1, around);
            gate.modules.extend(module);
        }
        let address = draw.weighted(&[(8, "*"), (1, "127.0.0.1"), (1, "_default_")]);
        let address = if several > 1 { "*" } else { address };
        gate.lines
            .extend(within(&format!("<VirtualHost {address}:@port@>"), lines));
        gate.hosts.push(Host {
            name,
            is_first: place == 0,
        });
    }
    rule::defined(&mut gate.lines);
    if family == Family::Directory && draw.chance(12) {
        overridden(draw, &world, &mut gate);
    }
    if family == Family::Written {
        written::spell(draw, &mut gate);
    }
    gate
}

/// Rules in a file beside the photos.
fn overridden(draw: &mut Draw, world: &World, gate: &mut Gate) {
    let allowed = draw.pick(&[
        "All",
        "FileInfo",
        "AuthConfig Limit",
        "None",
        "FileInfo AuthConfig Limit",
    ]);
    let lines = vec![format!("AllowOverride {allowed}")];
    gate.lines.extend(within("<Directory \"@documents@\">", lines));
    let folder = draw.pick(&["photos", "photos", "photos/team", "public"]);
    let mut lines = match (draw.below(3), allowed.contains("Limit") || allowed == "All") {
        (0, true) => access::order(draw, world),
        (1, true) => access::require(draw, world),
        _ => rules(draw, world, Stands::Directory),
    };
    rule::defined(&mut lines);
    gate.files
        .push((format!("documents/{folder}/.htaccess"), lines.join("\n") + "\n"));
}

/// What stands outside of virtual hosts.
fn server(draw: &mut Draw, world: &World) -> Vec<String> {
    let mut lines = rules(draw, world, Stands::Host);
    if draw.chance(35) {
        let options = draw.pick(&["InheritDown", "InheritDownBefore", "AllowNoSlash"]);
        lines.insert(0, format!("RewriteOptions {options}"));
    }
    if draw.chance(25) {
        lines.extend(environment::lines(draw, world));
    }
    if draw.chance(15) {
        let (opening, lines_within) = (place(draw), access::require(draw, world));
        lines.extend(within(&opening, lines_within));
    }
    lines
}

/// What stands in a virtual host.
fn host(family: Family, draw: &mut Draw, world: &World, seed: u64) -> Vec<String> {
    match family {
        Family::Article => {
            // Each reading in its turn.
            let reading = article::READINGS[(seed % 3) as usize];
            let mut lines = article::lines(world, reading);
            let proxies = world.forwarded.map(|header| environment::remote_ip(draw, header));
            lines.splice(0..0, proxies.into_iter().flatten());
            lines
        }
        Family::Host => rules(draw, world, Stands::Host),
        Family::Server => inherits(draw, world),
        Family::Directory => directories(draw, world),
        Family::Require => places(draw, |draw| access::require(draw, world)),
        Family::Order => places(draw, |draw| access::order(draw, world)),
        Family::Environment => by_environment(draw, world),
        Family::Proxy => behind_proxy(draw, world),
        Family::Sections => sections(draw, world),
        Family::Mixture => mixture(draw, world),
        Family::Login => places(draw, |draw| login::lines(draw, world)),
        Family::Written => {
            let kind = *draw.one(&[
                Family::Host,
                Family::Directory,
                Family::Order,
                Family::Require,
                Family::Environment,
                Family::Sections,
            ]);
            host(kind, draw, world, seed)
        }
        Family::Broken => broken::lines(draw, world),
        Family::Composed => composed(draw, world),
    }
}

fn inherits(draw: &mut Draw, world: &World) -> Vec<String> {
    let options = draw.weighted(&[
        (5, ""),
        (3, "Inherit"),
        (2, "InheritBefore"),
        (1, "IgnoreInherit"),
        (1, "AllowNoSlash"),
    ]);
    let mut lines = Vec::new();
    if !options.is_empty() {
        lines.push(format!("RewriteOptions {options}"));
    }
    match draw.below(3) {
        0 => lines.push("RewriteEngine On".to_owned()),
        1 => lines.extend(rules(draw, world, Stands::Host)),
        _ => {}
    }
    lines
}

/// The opening of a section for photos.
fn place(draw: &mut Draw) -> String {
    draw.weighted(&[
        (6, "<Directory \"@documents@/photos\">"),
        (3, "<Directory \"@documents@\">"),
        (1, "<Directory \"@documents@/photos/team\">"),
        (1, "<Directory \"@documents@/*/team\">"),
        (1, "<DirectoryMatch \"/photos/?$\">"),
        (1, "<Directory ~ \"/documents/.*team\">"),
        (4, "<Location \"/photos\">"),
        (2, "<Location \"/photos/\">"),
        (1, "<Location \"/photos/*.jpg\">"),
        (2, "<LocationMatch \"^/photos/.*@example\\.com\\.jpg$\">"),
        (1, "<Location ~ \"/(photos|login)\">"),
        (1, "<Location \"/\">"),
        (1, "<Files \"*.jpg\">"),
        (1, "<Files \"ben@example.com.jpg\">"),
        (2, "<FilesMatch \"\\.(jpe?g|png)$\">"),
    ])
    .to_owned()
}

/// One section or several, with these lines in each.
fn places(draw: &mut Draw, mut lines: impl FnMut(&mut Draw) -> Vec<String>) -> Vec<String> {
    let mut all = Vec::new();
    for _ in 0..draw.weighted(&[(5, 1), (4, 2), (2, 3)]) {
        let opening = place(draw);
        let mut inner = lines(draw);
        if opening.starts_with("<Directory") && draw.chance(20) {
            let files = draw.pick(&["<Files \"*.jpg\">", "<FilesMatch \"^[a-c]\">", "<Files ~ \"png$\">"]);
            inner.extend(within(files, lines(draw)));
        }
        all.extend(within(&opening, inner));
    }
    all
}

fn directories(draw: &mut Draw, world: &World) -> Vec<String> {
    let mut lines = places(draw, |draw| {
        let mut lines = rules(draw, world, Stands::Directory);
        if draw.chance(15) {
            lines.insert(
                0,
                format!(
                    "RewriteOptions {}",
                    draw.pick(&["Inherit", "InheritBefore", "MergeBase"])
                ),
            );
        }
        if draw.chance(4) {
            lines.insert(0, "Options None".to_owned());
        }
        lines
    });
    if draw.chance(20) {
        lines.extend(rules(draw, world, Stands::Host));
    }
    lines
}

fn by_environment(draw: &mut Draw, world: &World) -> Vec<String> {
    let mut lines = environment::lines(draw, world);
    match draw.below(4) {
        0 => lines.extend(rules(draw, world, Stands::Host)),
        1 => lines.extend(places(draw, |draw| access::order(draw, world))),
        2 => lines.extend(within(
            "<Directory \"@documents@/photos\">",
            vec!["Require env inside".to_owned()],
        )),
        _ => {
            let allow = ["Order Deny,Allow", "Deny from all", "Allow from env=inside"].map(str::to_owned);
            lines.extend(within(&place(draw), allow.into()));
        }
    }
    if draw.chance(20) {
        let inner = environment::lines(draw, world);
        lines.extend(within(&place(draw), inner));
    }
    lines
}

fn behind_proxy(draw: &mut Draw, world: &World) -> Vec<String> {
    let mut lines = environment::remote_ip(draw, world.forwarded.unwrap_or("X-Forwarded-For"));
    match draw.below(4) {
        0 => lines.extend(places(draw, |draw| access::require(draw, world))),
        1 => lines.extend(by_environment(draw, world)),
        _ => lines.extend(rules(draw, world, Stands::Host)),
    }
    lines
}

fn sections(draw: &mut Draw, world: &World) -> Vec<String> {
    let mut lines = chain(draw, world);
    if draw.chance(30) {
        let inner = chain(draw, world);
        lines.extend(within(&place(draw), inner));
    }
    if draw.chance(25) {
        lines.extend(places(draw, |draw| access::require(draw, world)));
    }
    lines
}

/// `<If>`, and perhaps `<ElseIf>` and `<Else>`.
fn chain(draw: &mut Draw, world: &World) -> Vec<String> {
    let mut lines = if_section(draw, world, "If");
    if draw.chance(35) {
        lines.extend(if_section(draw, world, "ElseIf"));
    }
    if draw.chance(40) {
        let inner = consequence(draw, world);
        lines.extend(within("<Else>", inner));
    }
    lines
}

fn if_section(draw: &mut Draw, world: &World, name: &str) -> Vec<String> {
    let opening = format!("<{name} {}>", quoted(&expression::condition(draw, world)));
    let inner = consequence(draw, world);
    within(&opening, inner)
}

fn consequence(draw: &mut Draw, world: &World) -> Vec<String> {
    let line = match draw.below(10) {
        0..4 => "Require all denied",
        4 | 5 => "Require all granted",
        6 => "Redirect 302 /photos/ https://login.example.com/",
        7 => "Order Deny,Allow\nDeny from all",
        8 => return rules(draw, world, Stands::Directory),
        _ => return access::require(draw, world),
    };
    line.lines().map(str::to_owned).collect()
}

fn mixture(draw: &mut Draw, world: &World) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(header) = world.forwarded {
        lines.extend(environment::remote_ip(draw, header));
    }
    for _ in 0..draw.within(2, 3) {
        match draw.below(7) {
            0 => lines.extend(rules(draw, world, Stands::Host)),
            1 => lines.extend(directories(draw, world)),
            2 => lines.extend(places(draw, |draw| access::require(draw, world))),
            3 => lines.extend(places(draw, |draw| access::order(draw, world))),
            4 => lines.extend(environment::lines(draw, world)),
            5 => lines.extend(chain(draw, world)),
            _ => lines.push(redirect(draw).to_owned()),
        }
    }
    lines
}

fn redirect(draw: &mut Draw) -> &'static str {
    draw.pick(&[
        "Redirect /photos/team https://team.example.com/",
        "RedirectMatch 403 ^/photos/.*\\.png$",
        "RedirectMatch permanent ^/photos/([^/]+)\\.gif$ /photos/$1.jpg",
        "Redirect gone /public",
        "Alias /pictures \"@documents@/photos\"",
        "Alias /public/ \"@documents@/photos/\"",
        "AliasMatch ^/p/(.*)$ \"@documents@/photos/$1\"",
    ])
}
