//! Names of the directory: `CN=Ben Williams/O=ACME`, `cn=Ben Williams,o=acme`, `Ben Williams/ACME`.
//!
//! Comes in: a name as Domino or LDAP writes it. Goes out: its parts, to be compared without regard to case. Never here:
//! whether anybody has that name.
//!
//! Domino separates parts with `/`, LDAP with `,`. In a name that gives types, what has no `=` belongs to the part before
//! it: `CN=Williams, Ben/O=ACME` has two parts. In Domino's short form, which gives none, the first part is the common
//! name and the last one the organisation, unless the last has two letters: then it may as well be a country.

/// The parts of a name.
#[derive(Debug, Clone)]
pub(crate) struct Name {
    parts: Vec<Part>,
}

#[derive(Debug, Clone)]
struct Part {
    /// In small letters.
    kind: String,
    /// As written.
    value: String,
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Name {
    /// A name; nothing but blanks is the empty one.
    pub(crate) fn of(written: &str) -> Self {
        let written = written.trim();
        let parts = if written.contains('=') {
            typed(written)
        } else {
            short(written)
        };
        Self { parts }
    }

    /// An organisation, with or without its type: `O=ACME`, `/O=ACME/C=US`, `ACME`.
    pub(crate) fn of_organisation(written: &str) -> Self {
        let name = written.trim().trim_matches('/');
        if name.is_empty() || name.contains(['=', '/']) {
            Self::of(name)
        } else {
            Self::of(&format!("O={name}"))
        }
    }

    /// What is equal for equal names.
    pub(crate) fn key(&self) -> String {
        self.to_string().to_lowercase()
    }

    /// Whether it has no part at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Whether it is an organisation: `o` alone, or with its country.
    pub(crate) fn is_organisation(&self) -> bool {
        let mut kinds = self.parts.iter().map(|part| part.kind.as_str());
        kinds.next() == Some("o") && kinds.all(|kind| kind == "c")
    }

    /// The organisation to which it belongs; none where the name does not say.
    pub(crate) fn organisation(&self) -> Option<Self> {
        let at = self.parts.iter().position(|part| part.kind == "o")?;
        let organisation = Self {
            parts: self.parts.get(at..)?.to_vec(),
        };
        organisation.is_organisation().then_some(organisation)
    }

    /// Its common name.
    pub(crate) fn common(&self) -> Option<&str> {
        let first = self.parts.first()?;
        (first.kind == "cn").then_some(first.value.as_str())
    }
}

impl std::fmt::Display for Name {
    /// As LDAP writes it, types in capitals.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (number, Part { kind, value }) in self.parts.iter().enumerate() {
            let comma = if number > 0 { "," } else { "" };
            write!(f, "{comma}{}={value}", kind.to_uppercase())?;
        }
        Ok(())
    }
}

/// The parts of a name that gives types.
fn typed(written: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for (separator, piece) in pieces(written) {
        match piece.split_once('=') {
            Some((kind, value)) => parts.push(part(kind, value)),
            None => {
                if let Some(part) = parts.last_mut() {
                    part.value.push(separator);
                    part.value.push_str(piece.trim_end());
                }
            }
        }
    }
    parts
}

fn part(kind: &str, value: &str) -> Part {
    Part {
        kind: kind.trim().to_lowercase(),
        value: value.trim().to_owned(),
    }
}

/// The pieces between separators, each with the one before it. One behind a backslash separates nothing.
fn pieces(written: &str) -> Vec<(char, &str)> {
    let mut pieces = Vec::new();
    let (mut start, mut separator, mut escaped) = (0, ',', false);
    for (at, c) in written.char_indices() {
        if !escaped && matches!(c, ',' | '/') {
            pieces.push((separator, written.get(start..at).unwrap_or_default()));
            (start, separator) = (at + c.len_utf8(), c);
        }
        escaped = c == '\\' && !escaped;
    }
    pieces.push((separator, written.get(start..).unwrap_or_default()));
    pieces
}

/// The parts of Domino's short form.
fn short(written: &str) -> Vec<Part> {
    let pieces: Vec<&str> = written
        .split('/')
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .collect();
    let last = pieces.len().saturating_sub(1);
    let country = pieces.last().is_some_and(|piece| piece.chars().count() == 2);
    let kind = |at| match at {
        0 => "cn",
        at if at < last => "ou",
        _ if country => "?",
        _ => "o",
    };
    let pieces = pieces.iter().enumerate();
    pieces.map(|(at, piece)| part(kind(at), piece)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Name;

    #[test]
    fn a_name_is_the_same_however_it_is_written() {
        for other in [
            "cn = Ben Williams,o=acme",
            "CN=Ben Williams/O=ACME",
            "Ben Williams/ACME",
        ] {
            assert_eq!(Name::of("CN=Ben Williams,O=ACME"), Name::of(other), "{other}");
        }
        assert_ne!(Name::of("O=ACME"), Name::of("O=ACME,C=US"));
        assert_eq!(
            Name::of("CN=Williams, Ben/O=ACME").to_string(),
            "CN=Williams, Ben,O=ACME"
        );
        assert_eq!(Name::of("CN=Williams\\, Ben,O=ACME").common(), Some("Williams\\, Ben"));
        assert!(Name::of("  ").is_empty() && Name::of("/").is_empty());
    }

    #[test]
    fn an_organisation_is_told_from_what_only_contains_one() {
        for name in ["ACME", "O=ACME", "/O=ACME", " o=acme "] {
            assert_eq!(Name::of_organisation(name), Name::of("O=acme"), "{name}");
        }
        let with_country = Name::of_organisation("/O=ACME/C=US");
        assert!(with_country.is_organisation());
        for name in [
            "C=US",
            "dc=acme,dc=example",
            "OU=Sales,O=ACME",
            "CN=A,O=ACME",
            "",
            "Ben",
            "o=acme,dc=example",
        ] {
            assert!(!Name::of(name).is_organisation(), "{name}");
        }
    }

    #[test]
    fn a_name_says_to_which_organisation_it_belongs_or_does_not_say() {
        let organisation = |name| Name::of(name).organisation().map(|name| name.to_string());
        for name in [
            "CN=Sametime/OU=Servers/O=ACME",
            "Sametime/Servers/ACME",
            "cn=bind,o=ACME",
        ] {
            assert_eq!(organisation(name).as_deref(), Some("O=ACME"), "{name}");
        }
        assert_eq!(organisation("cn=x,o=acme,c=us").as_deref(), Some("O=acme,C=us"));
        // A country, or a company with a short name.
        for name in ["Sametime/ACME/US", "Sametime/HP", "Sametime", "uid=x,dc=acme"] {
            assert_eq!(organisation(name), None, "{name}");
        }
        assert_eq!(Name::of("Sametime/Servers/ACME").common(), Some("Sametime"));
        assert_eq!(Name::of("uid=x,o=acme").common(), None);
    }

    proptest! {
        #[test]
        fn no_text_panics_and_nothing_grows(text in "([a-zA-Z=,/\\\\ ]|\\PC){0,80}") {
            let name = Name::of(&text);
            let _ = (name.organisation(), name.common(), Name::of_organisation(&text));
            prop_assert!(name.parts.len() <= text.len() + 1);
        }
    }
}
