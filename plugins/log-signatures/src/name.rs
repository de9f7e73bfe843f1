//! Directory names: `CN=Ben Williams/O=ACME`, `cn=Ben Williams,o=ACME`.
//!
//! Domino writes a name with `/` between its parts, LDAP with `,`; types and values are compared without regard to case.
//! A separator counts only where a type and `=` follow, so that `CN=Williams, Ben/O=ACME` has two parts; in a name without
//! any type (`Ben Williams/ACME`) every `/` counts.

/// The parts of a name, each as it stands in the text.
pub(crate) fn parts(name: &str) -> Vec<&str> {
    let typed = name.contains('=');
    let mut parts = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (at, c) in name.char_indices() {
        let separates = match c {
            '/' if !typed => true,
            '/' | ',' => !escaped && name.get(at + 1..).is_some_and(begins_with_type),
            _ => false,
        };
        escaped = c == '\\' && !escaped;
        if separates {
            parts.extend(name.get(start..at).map(str::trim));
            start = at + 1;
        }
    }
    parts.extend(name.get(start..).map(str::trim));
    parts.retain(|part| !part.is_empty());
    parts
}

fn begins_with_type(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.split_once('=').is_some_and(|(kind, _)| {
        !kind.is_empty()
            && kind
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ' '))
    })
}

/// The name in the form in which two spellings of it are equal.
pub(crate) fn normal(name: &str) -> String {
    normal_parts(&parts(name))
}

fn normal_parts(parts: &[&str]) -> String {
    let mut normal = String::new();
    for part in parts {
        if !normal.is_empty() {
            normal.push('/');
        }
        match part.split_once('=') {
            Some((kind, value)) => {
                normal.push_str(&kind.trim().to_lowercase());
                normal.push('=');
                normal.push_str(&value.trim().to_lowercase());
            }
            None => normal.push_str(&part.to_lowercase()),
        }
    }
    normal
}

/// What `of` has beyond `shorter`, as it stands in `of`; none unless `shorter` is its beginning and `of` goes on.
pub(crate) fn beyond<'a>(of: &'a str, shorter: &str) -> Option<&'a str> {
    let shorter = parts(shorter);
    (!shorter.is_empty())
        .then(|| extra(of, |begin| normal_parts(begin) == normal_parts(&shorter)))
        .flatten()
}

/// What `of` has beyond its longest proper beginning that is known, as it stands in `of`. `known` is asked with names in
/// their [`normal`] form.
pub(crate) fn beyond_known(of: &str, known: impl Fn(&str) -> bool) -> Option<&str> {
    extra(of, |begin| known(&normal_parts(begin)))
}

fn extra(of: &str, is_known: impl Fn(&[&str]) -> bool) -> Option<&str> {
    let parts = parts(of);
    let split = (1..parts.len())
        .rev()
        .find(|&split| parts.get(..split).is_some_and(&is_known))?;
    from_part(of, parts.get(split)?)
}

/// The parts at the end of `of` whose types are all among `types`, as they stand in `of`; none if that is all of it.
pub(crate) fn trailing<'a>(of: &'a str, types: &[String]) -> Option<&'a str> {
    let parts = parts(of);
    let is_one = |part: &&&str| {
        part.split_once('=')
            .is_some_and(|(kind, _)| types.iter().any(|known| known.eq_ignore_ascii_case(kind.trim())))
    };
    let count = parts.iter().rev().take_while(is_one).count();
    let first = (count > 0 && count < parts.len()).then(|| parts.len() - count)?;
    from_part(of, parts.get(first)?)
}

/// The text from a part on that was cut out of it.
fn from_part<'a>(of: &'a str, part: &str) -> Option<&'a str> {
    let at = (part.as_ptr() as usize).checked_sub(of.as_ptr() as usize)?;
    of.get(at..).map(str::trim_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_same_parts_however_they_are_written() {
        assert_eq!(
            parts("CN=Ben Williams/O=ACME/C=US"),
            ["CN=Ben Williams", "O=ACME", "C=US"]
        );
        assert_eq!(
            parts("cn=Ben Williams, o=ACME ,c=US"),
            ["cn=Ben Williams", "o=ACME", "c=US"]
        );
        assert_eq!(parts("CN=Williams, Ben/O=ACME"), ["CN=Williams, Ben", "O=ACME"]);
        assert_eq!(parts("CN=Williams\\,o=x,O=ACME"), ["CN=Williams\\,o=x", "O=ACME"]);
        assert_eq!(parts("Ben Williams/ACME"), ["Ben Williams", "ACME"]);
        assert_eq!(parts(""), [""; 0]);
        assert_eq!(normal("CN=Ben Williams/O=ACME"), normal("cn=ben williams, O=Acme"));
        assert_ne!(normal("CN=Ben Williams/O=ACME"), normal("CN=Ben Williams/OU=ACME"));
    }

    #[test]
    fn what_a_name_has_beyond_another_is_told_in_its_own_words() {
        assert_eq!(
            beyond("CN=Ben Williams/O=ACME/C=US", "cn=Ben Williams,o=ACME"),
            Some("C=US")
        );
        assert_eq!(
            beyond("CN=Ben Williams,O=ACME,C=US", "CN=Ben Williams"),
            Some("O=ACME,C=US")
        );
        assert_eq!(beyond("CN=Ben Williams/O=ACME", "CN=Ben Williams/O=ACME"), None);
        assert_eq!(beyond("CN=Ben Williams/O=ACME/C=US", "CN=Ann Lee/O=ACME"), None);
        assert_eq!(beyond("CN=Ben Williams/O=ACME", ""), None);
        assert_eq!(
            beyond_known("CN=a/O=b/C=c", |name| name == "cn=a" || name == "cn=a/o=b"),
            Some("C=c")
        );
    }

    #[test]
    fn parts_at_the_end_are_found_by_their_types() {
        let country = ["C".to_owned()];
        assert_eq!(trailing("CN=Ben Williams/O=ACME/C=US", &country), Some("C=US"));
        assert_eq!(trailing("CN=Ben Williams/O=ACME", &country), None);
        assert_eq!(trailing("C=US", &country), None);
    }
}
