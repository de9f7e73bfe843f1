//! Passwords, with other ways in beside them: who sends none, or a wrong one, is asked for it; whether one is right, nobody
//! sees who reads the configuration only.

use super::access;
use super::draw::Draw;
use super::within;
use super::world::World;

/// Modules that it takes.
pub const MODULES: [&str; 2] = ["auth_basic", "authn_file"];

/// Of `anna`, whose password the file has. It is `photo`.
pub const RIGHT: &str = "Basic YW5uYTpwaG90bw==";

/// Her line in that file.
pub const USERS: &str = "anna:{SHA}7rNdMxvdzd/bsKbRb2QSC7ATVv0=\n";

/// Where the file is, below the server's root.
pub const FILE: &str = "conf/users";

/// What stands in a section.
pub fn lines(draw: &mut Draw, world: &World) -> Vec<String> {
    let mut lines = vec![
        "AuthType Basic".to_owned(),
        "AuthName photos".to_owned(),
        format!("AuthUserFile {FILE}"),
    ];
    let known = draw.pick(&["valid-user", "valid-user", "user anna", "user ben"]);
    match draw.below(6) {
        0 => {
            lines.push("Require valid-user".to_owned());
            lines.push(format!("Satisfy {}", draw.pick(&["Any", "Any", "All"])));
            lines.extend(access::order(draw, world));
        }
        1 | 2 => {
            let name = draw.pick(&["RequireAny", "RequireAll"]);
            // A section of which any counts must not refuse.
            let not = if name == "RequireAll" && draw.chance(25) {
                "not "
            } else {
                ""
            };
            let mut inner = vec![access::grant(draw, world), format!("Require {not}{known}")];
            inner.extend(draw.chance(40).then(|| access::grant(draw, world)));
            lines.extend(within(&format!("<{name}>"), inner));
        }
        3 => {
            let either = vec!["Require valid-user".to_owned(), access::grant(draw, world)];
            let mut inner = within("<RequireAny>", either);
            inner.push(access::grant(draw, world));
            lines.extend(within("<RequireAll>", inner));
        }
        4 => lines.push(format!("Require {known}")),
        _ => lines.extend([access::grant(draw, world), format!("Require {known}")]),
    }
    lines
}
