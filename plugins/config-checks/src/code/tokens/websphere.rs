//! Which tokens a WebSphere cell issues.
//!
//! Comes in: every copy of the cells' `security.xml`. Goes out: one [`Cell`] for each cell, with the copies that say
//! something about its tokens. Never here: what Domino makes of them.
//!
//! The choice is a property of the Security object. With interoperability on, LtpaToken and LtpaToken2 are issued; with it
//! off, LtpaToken2 alone. So LtpaToken2 is issued either way, also where the property is missing and the default of the
//! version counts. The properties `customLTPACookieName` and `customSSOCookieName` rename the cookies, not the tokens:
//! that the text `LtpaToken` stands in them says nothing.

use std::collections::BTreeMap;

use casebook_plugin_configs::{Document, Interest, Node, Site};

const INTEROPERABILITY: &str = "com.ibm.ws.security.ssoInteropModeEnabled";

/// A value of `domainName` that stands for the domain of whatever address was called.
const FROM_ADDRESS: &str = "UseDomainFromURL";

/// What the host has to hand over.
pub(super) fn wants() -> Interest {
    Interest::in_kind("security.xml").nodes(["properties", "singleSignon"])
}

/// A cell.
pub(super) struct Cell<'s> {
    /// Its name, or the file where the path gives none.
    pub(super) name: &'s str,
    /// What each copy of its configuration says.
    pub(super) copies: Vec<Copy<'s>>,
}

/// What a copy of a cell's configuration says.
pub(super) struct Copy<'s> {
    /// Whether both tokens are issued; none where that is left to the default of the version.
    pub(super) interoperability: Option<bool>,
    /// Where that stands, or the beginning of the file.
    pub(super) place: Node<'s>,
    /// The domains for which cookies are set; none where that is not said.
    domains: Vec<&'s str>,
}

/// The cells that issue tokens for single sign-on, by name.
pub(super) fn cells(site: &Site) -> Vec<Cell<'_>> {
    let mut cells: BTreeMap<&str, Vec<Copy<'_>>> = BTreeMap::new();
    for document in site.of_kind("security.xml") {
        // What a server or a node has of its own overrides parts of the cell's and is not whole.
        if document.attribute("server").is_some() || document.attribute("node").is_some() {
            continue;
        }
        let Some(copy) = copy(document) else { continue };
        let name = document.attribute("cell").unwrap_or_else(|| document.file());
        cells.entry(name).or_default().push(copy);
    }
    let cells = cells.into_iter();
    cells.map(|(name, copies)| Cell { name, copies }).collect()
}

/// What a copy says; none where single sign-on is off.
fn copy(document: Document<'_>) -> Option<Copy<'_>> {
    let sign_on = document.named("singleSignon").next();
    if sign_on.and_then(|node| node.attribute("enabled")) == Some("false") {
        return None;
    }
    let property = document
        .named("properties")
        .find(|node| node.attribute("name") == Some(INTEROPERABILITY));
    let value = property.and_then(|node| node.attribute("value")).map(str::trim);
    let written = sign_on
        .and_then(|node| node.attribute("domainName"))
        .unwrap_or_default();
    let domains = written.split([';', ',', '|', ' ']).filter(|domain| !domain.is_empty());
    Some(Copy {
        interoperability: value.and_then(|value| match value.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }),
        place: property.unwrap_or_else(|| document.root()),
        domains: domains.collect(),
    })
}

impl Copy<'_> {
    /// Whether cookies for `domain` and those of this cell may meet at a server: one domain is within the other, or one of
    /// the two is not known.
    pub(super) fn meets(&self, domain: &str) -> bool {
        let bare = |domain: &str| domain.trim().trim_matches('.').to_lowercase();
        let theirs = bare(domain);
        let within = |inner: &str, outer: &str| {
            inner
                .strip_suffix(outer)
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        let meets = |own: &&str| {
            let own = bare(own);
            own.eq_ignore_ascii_case(FROM_ADDRESS) || within(&own, &theirs) || within(&theirs, &own)
        };
        theirs.is_empty() || self.domains.is_empty() || self.domains.iter().any(meets)
    }

    /// What is issued, in words.
    pub(super) fn issued(&self) -> &'static str {
        match self.interoperability {
            Some(true) => "LtpaToken and LtpaToken2",
            Some(false) => "LtpaToken2",
            None => "LtpaToken2, and perhaps LtpaToken",
        }
    }
}
