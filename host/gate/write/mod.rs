//! A gate is written: who is let in, as directives that say so exactly.
//!
//! Comes in: networks, names of cookies, where everybody else is sent, the version of httpd. Goes out: the text of a file that httpd
//! includes. What it admits by address is exactly what was asked for: computing the addresses of the written gate gives the networks
//! back. Never here: whether a cookie's value is genuine; the text says what its presence cannot guarantee, and what can.

mod cookie;
mod octets;
mod patterns;
mod v22;
mod v24;

use super::space::AddressSpace;

pub use cookie::CookieName;
pub use patterns::patterns;

/// Which httpd shall read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Httpd {
    /// 2.2: IBM HTTP Server 7 to 8.5.
    V22,
    /// 2.4: IBM HTTP Server 9.
    V24,
}

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Who reads it.
    pub httpd: Httpd,
    /// Addresses that are let in.
    pub networks: AddressSpace,
    /// IPv6 networks that are let in.
    pub ipv6: Vec<String>,
    /// Cookies whose presence lets in.
    pub cookies: Vec<CookieName>,
    /// Where everybody else is sent; none: they get 403.
    pub redirect: Option<String>,
    /// The path of the photos.
    pub path: String,
}

/// Why no gate can be written.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Fault {
    /// Nobody would be let in.
    #[error("the gate would let in nobody: give --network, --cookie, or both")]
    Nobody,
    /// Everybody would be.
    #[error("the networks are all addresses there are: the gate would let in everybody")]
    Everybody,
    /// IPv6 in 2.2.
    #[error(
        "{0} is IPv6: httpd 2.2 compares texts, and IPv6 addresses have several; give only IPv4 networks, or write for 2.4"
    )]
    V6In22(String),
    /// A name that no cookie can have.
    #[error("`{0}` is no name of a cookie; expected letters, digits and !#$%&'*+-.^_`|~")]
    Cookie(String),
    /// A target that is no address.
    #[error("`{target}` is no address that a browser can be sent to: {reason}")]
    Redirect {
        /// The target.
        target: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A path that is none.
    #[error("`{0}` is no path of photos; expected one such as /photos/, of letters, digits and -._~/")]
    Path(String),
}

/// Writes a gate.
///
/// # Errors
///
/// See [`Fault`].
pub fn gate(wanted: &Wanted) -> Result<String, Fault> {
    if wanted.networks.is_empty() && wanted.ipv6.is_empty() && wanted.cookies.is_empty() {
        return Err(Fault::Nobody);
    }
    if wanted.networks.count() == 1 << 32 {
        return Err(Fault::Everybody);
    }
    let path = path(&wanted.path)?;
    let redirect = wanted.redirect.as_deref().map(redirect).transpose()?;
    match wanted.httpd {
        Httpd::V22 => v22::gate(wanted, &path, redirect),
        Httpd::V24 => Ok(v24::gate(wanted, &path, redirect)),
    }
}

/// The path with a slash at both ends.
fn path(written: &str) -> Result<String, Fault> {
    let inner = written.trim_matches('/');
    let is_of_path = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let is_path = written.starts_with('/') && !inner.is_empty() && inner.bytes().all(is_of_path);
    // What httpd would resolve before it compares.
    let is_plain = inner.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if is_path && is_plain {
        Ok(format!("/{inner}/"))
    } else {
        Err(Fault::Path(written.to_owned()))
    }
}

/// The target, if it is one.
fn redirect(target: &str) -> Result<&str, Fault> {
    let refuse = |reason| {
        Err(Fault::Redirect {
            target: target.to_owned(),
            reason,
        })
    };
    let Some(rest) = target
        .strip_prefix("https://")
        .or_else(|| target.strip_prefix("http://"))
    else {
        return refuse("it begins with neither https:// nor http://");
    };
    if !target
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&byte))
    {
        return refuse("it has characters that must be encoded, such as %20 for a blank");
    }
    if rest.starts_with(['/', '?', '#', ':']) || rest.is_empty() {
        return refuse("it names no host");
    }
    Ok(target)
}

/// What every gate says about itself, as comments.
fn preface(wanted: &Wanted, path: &str) -> Vec<String> {
    let mut lines = vec![
        format!("# The gate to the photos below {path}. Let in is"),
        "#".to_owned(),
    ];
    for network in wanted.networks.networks() {
        let count = 1_u64 << (32 - network.prefix_len());
        lines.push(format!(
            "#   {network}  ({count} {})",
            if count == 1 { "address" } else { "addresses" }
        ));
    }
    lines.extend(wanted.ipv6.iter().map(|network| format!("#   {network}")));
    for cookie in &wanted.cookies {
        lines.push(format!(
            "#   whoever sends a cookie {} that is not empty",
            cookie.as_str()
        ));
    }
    lines.push("#".to_owned());
    lines.push(match &wanted.redirect {
        Some(target) => format!("# Everybody else is sent to {target}"),
        None => "# Everybody else gets 403.".to_owned(),
    });
    if !wanted.networks.is_empty() || !wanted.ipv6.is_empty() {
        lines.extend(
            [
                "#",
                "# An address is that of whoever has the connection. Behind a load balancer or a reverse proxy it is theirs: do not",
                "# list it above, or everybody gets in by it.",
            ]
            .map(str::to_owned),
        );
    }
    if !wanted.cookies.is_empty() {
        lines.extend(
            [
                "#",
                "# A cookie is only looked for. httpd cannot tell whether its value is genuine: who sends the name with any value is",
                "# let in. What can tell: the WebSphere plug-in in front of an application that checks LTPA tokens, a module that",
                "# authenticates (mod_auth_form, mod_authnz_ldap, an OpenID Connect module), or links that are signed and short-lived.",
            ]
            .map(str::to_owned),
        );
    }
    lines
}

#[cfg(test)]
mod tests;
