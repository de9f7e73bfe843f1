//! A gate for httpd 2.4: access control, with the address of everybody else as the document for 403.

use super::{Wanted, preface};

/// Networks in one `Require`: 8, a line of a screen.
const OF_A_LINE: usize = 8;

pub(super) fn gate(wanted: &Wanted, path: &str, redirect: Option<&str>) -> String {
    let mut lines = preface(wanted, path);
    lines.extend(
        [
            "#",
            "# For httpd 2.4 (IBM HTTP Server 9), in the virtual host that serves photos or outside of all. Needs mod_authz_core and",
            "# mod_authz_host. Behind a proxy, mod_remoteip can tell the client's address: RemoteIPHeader with RemoteIPInternalProxy.",
            "# `Order`, `Allow` and `Deny` for the same path would count besides: take them out.",
            "",
        ]
        .map(str::to_owned),
    );
    lines.push(format!("<Location \"{path}\">"));
    lines.push("    <RequireAny>".to_owned());
    let networks: Vec<String> = wanted.networks.networks().map(|network| network.to_string()).collect();
    let all: Vec<&str> = networks.iter().chain(&wanted.ipv6).map(String::as_str).collect();
    for some in all.chunks(OF_A_LINE) {
        lines.push(format!("        Require ip {}", some.join(" ")));
    }
    for cookie in &wanted.cookies {
        lines.push(format!(
            "        # The cookie {}, whole and not empty.",
            cookie.as_str()
        ));
        lines.push(format!(
            "        Require expr \"%{{HTTP_COOKIE}} =~ /{}/\"",
            cookie.pattern()
        ));
    }
    lines.push("    </RequireAny>".to_owned());
    if let Some(target) = redirect {
        // httpd takes the address for an expression, in which `$1` would be a group.
        lines.push(format!("    ErrorDocument 403 {}", target.replace('$', "%24")));
    }
    lines.push("</Location>".to_owned());
    lines.push(String::new());
    lines.join("\n")
}
