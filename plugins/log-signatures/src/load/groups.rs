//! The named groups of a regular expression.
//!
//! The host compiles and searches; the plugin only has to know which captures to ask for. So this reads just enough of the
//! syntax of the `regex` crate to find `(?<name>…)` and `(?P<name>…)`: escapes and character classes are stepped over.

/// The names of the groups, in order.
///
/// # Errors
///
/// A sentence about a group that has no end to its name, or a name that comes twice.
pub(super) fn groups(regex: &str) -> Result<Vec<String>, String> {
    let mut groups: Vec<String> = Vec::new();
    let mut rest = regex;
    let mut classes = 0_u32;
    while let Some(c) = rest.chars().next() {
        let mut step = c.len_utf8();
        match c {
            '\\' => step += rest.chars().nth(1).map_or(0, char::len_utf8),
            '[' => {
                classes += 1;
                // `]` that opens a class, also behind `^`, stands for itself.
                let inside = rest.get(1..).unwrap_or_default();
                step += usize::from(inside.starts_with('^'));
                step += usize::from(inside.trim_start_matches('^').starts_with(']'));
            }
            ']' => classes = classes.saturating_sub(1),
            '(' if classes == 0 => {
                let named = rest.strip_prefix("(?<").or_else(|| rest.strip_prefix("(?P<"));
                if let Some(named) = named {
                    let (name, _) = named
                        .split_once('>')
                        .ok_or("the name of a group has no `>` at its end")?;
                    if groups.iter().any(|known| known == name) {
                        return Err(format!("the group `{name}` comes twice; each needs a name of its own"));
                    }
                    groups.push(name.to_owned());
                }
            }
            _ => {}
        }
        rest = rest.get(step..).unwrap_or_default();
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::groups;

    #[test]
    fn named_groups_are_found_wherever_they_stand() {
        let names = |regex| groups(regex).expect("sound groups");
        assert_eq!(
            names(r"(?<user>[^(?<no>]+)(?:x(?P<host>\w+))?(\(?<no>)"),
            ["user", "host"]
        );
        assert_eq!(names(r"[](?<no>)](?<yes>.)"), ["yes"]);
        assert_eq!(names(r"[^](?<no>)](?i)(?<é>.)"), ["é"]);
        assert_eq!(names(r"\[(?<yes>\d+)\]"), ["yes"]);
        assert_eq!(names(r"[a[b](?<no>)](?<yes>.)\"), ["yes"]);
        assert!(groups("(?<a>.)(?<a>.)").is_err() && groups("(?<a").is_err());
    }
}
