//! A gate for httpd 2.2: mod_rewrite, in the virtual host.

use super::{Fault, Wanted, patterns, preface};

pub(super) fn gate(wanted: &Wanted, path: &str, redirect: Option<&str>) -> Result<String, Fault> {
    if let Some(network) = wanted.ipv6.first() {
        return Err(Fault::V6In22(network.clone()));
    }
    let mut lines = preface(wanted, path);
    lines.extend(
        [
            "#",
            "# For httpd 2.2 (IBM HTTP Server 7 to 8.5), in every <VirtualHost> that serves photos, before its other rules: what stands",
            "# outside of virtual hosts does not count in them. Not in <Directory> or .htaccess, where paths begin otherwise.",
            "",
            "RewriteEngine On",
        ]
        .map(str::to_owned),
    );
    let addresses = patterns(&wanted.networks);
    if !addresses.is_empty() {
        lines.push("# Addresses: together these match the networks above, and no other address.".to_owned());
        lines.extend(
            addresses
                .iter()
                .map(|pattern| format!("RewriteCond %{{REMOTE_ADDR}} !{pattern}")),
        );
    }
    for cookie in &wanted.cookies {
        lines.push(format!("# The cookie {}, whole and not empty.", cookie.as_str()));
        lines.push(format!("RewriteCond %{{HTTP_COOKIE}} !{}", cookie.pattern()));
    }
    let pattern = escaped(path);
    lines.push(match redirect {
        None => format!("RewriteRule ^{pattern} - [F]"),
        Some(target) => format!("RewriteRule ^{pattern} {} [R=302,L,NE]", substitution(target)),
    });
    lines.push(String::new());
    Ok(lines.join("\n"))
}

fn escaped(path: &str) -> String {
    path.replace('.', r"\.")
}

/// A target as a substitution: what begins variables is taken its meaning, and a query of the photo's is not handed on.
fn substitution(target: &str) -> String {
    let mut text = String::new();
    for c in target.chars() {
        if matches!(c, '$' | '%') {
            text.push('\\');
        }
        text.push(c);
    }
    if !target.contains('?') {
        let fragment = text.find('#').unwrap_or(text.len());
        text.insert(fragment, '?');
    }
    text
}
