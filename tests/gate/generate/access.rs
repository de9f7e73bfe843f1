//! Access control: `Require` of 2.4, `Order` of 2.2.

use super::draw::Draw;
use super::world::World;
use super::{expression, within};

/// `Require` and its sections.
pub fn require(draw: &mut Draw, world: &World) -> Vec<String> {
    let mut lines = Vec::new();
    if draw.chance(12) {
        lines.push(format!("AuthMerging {}", draw.pick(&["And", "Or", "Off"])));
    }
    lines.extend(block(draw, world, false, 2));
    limited(draw, lines)
}

/// Grants and refusals one under the other, all of which count or any, some of them in sections of their own, so deep at
/// most.
fn block(draw: &mut Draw, world: &World, is_all: bool, deep: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for _ in 0..draw.within(1, 3) {
        if deep > 0 && draw.chance(35) {
            // httpd refuses a section that can only refuse where one is needed that grants.
            let name = draw.weighted(&[
                (4, "RequireAll"),
                (4, "RequireAny"),
                (if is_all { 3 } else { 0 }, "RequireNone"),
            ]);
            let mut inner = Vec::new();
            if name == "RequireAll" {
                inner.push(grant(draw, world));
                inner.extend(
                    draw.chance(50)
                        .then(|| format!("Require not {}", provider(draw, world))),
                );
            }
            inner.extend(block(draw, world, name == "RequireAll", deep - 1));
            lines.extend(within(&format!("<{name}>"), inner));
        } else {
            lines.push(grant(draw, world));
        }
    }
    lines
}

/// One line that grants.
pub fn grant(draw: &mut Draw, world: &World) -> String {
    format!("Require {}", provider(draw, world))
}

fn provider(draw: &mut Draw, world: &World) -> String {
    let network = world.network(draw);
    let [a, b, c, _] = network.base.to_be_bytes();
    let kind = draw.weighted(&[
        (6, 0),
        (3, 1),
        (2, 2),
        (2, 3),
        (2, 4),
        (4, 5),
        (3, 6),
        (5, 7),
        (2, 8),
        (2, 9),
        (1, 10),
    ]);
    match kind {
        0 => format!("ip {}", network.cidr()),
        1 => format!("ip {a}.{b}"),
        2 => format!("ip {}", network.masked()),
        3 => format!("ip {a}.{b}.{c} {} 2001:db8::/32", world.network(draw).cidr()),
        4 => "all granted".to_owned(),
        5 => "all denied".to_owned(),
        6 => format!("env {}", draw.pick(&["inside", "inside outside", "token"])),
        7 => format!("expr {}", raw(expression::condition(draw, world), draw.chance(50))),
        8 => "local".to_owned(),
        9 => format!("method {}", draw.pick(&["GET", "GET HEAD", "POST"])),
        _ => format!("ip {}", world.network(draw).inside(draw)),
    }
}

/// An expression, with quotes around it or without; nothing in it is escaped.
fn raw(expression: String, in_quotes: bool) -> String {
    if in_quotes {
        format!("\"{expression}\"")
    } else {
        expression
    }
}

/// Lines for some methods only.
fn limited(draw: &mut Draw, lines: Vec<String>) -> Vec<String> {
    match draw.below(10) {
        0 => within(draw.pick(&["<Limit GET POST>", "<Limit POST>", "<Limit GET>"]), lines),
        1 => within(draw.pick(&["<LimitExcept GET>", "<LimitExcept POST OPTIONS>"]), lines),
        _ => lines,
    }
}

/// `Order`, `Allow`, `Deny`.
pub fn order(draw: &mut Draw, world: &World) -> Vec<String> {
    let mut lines = Vec::new();
    if draw.chance(90) {
        lines.push(format!(
            "Order {}",
            draw.pick(&["Deny,Allow", "Allow,Deny", "deny,allow", "Mutual-failure"])
        ));
    }
    for _ in 0..draw.within(1, 4) {
        let verb = draw.pick(&["Allow", "Deny", "allow"]);
        lines.push(format!("{verb} from {}", from(draw, world)));
    }
    if draw.chance(10) {
        lines.push(format!("Satisfy {}", draw.pick(&["Any", "All"])));
    }
    if draw.chance(15) {
        lines.push(grant(draw, world));
    }
    limited(draw, lines)
}

fn from(draw: &mut Draw, world: &World) -> String {
    let network = world.network(draw);
    let [a, b, c, _] = network.base.to_be_bytes();
    match draw.weighted(&[(3, 0), (3, 1), (2, 2), (2, 3), (2, 4), (3, 5), (1, 6)]) {
        0 => "all".to_owned(),
        1 => network.cidr(),
        2 => network.masked(),
        3 => format!("{a}.{b}"),
        4 => format!("{a}.{b}.{c} {}", world.network(draw).inside(draw)),
        5 => format!("env={}", draw.pick(&["inside", "!inside", "token"])),
        _ => format!("{a}"),
    }
}
