//! Names of files with `*` for anything and `?` for one byte, compared without regard to the case of ASCII letters, as the
//! host compares them.

/// Whether a name fits a pattern; linear in the name for each star.
pub(crate) fn fits(pattern: &str, name: &str) -> bool {
    let (glob, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut at, mut read) = (0, 0);
    // Where the last star stands, and how much of the name it has taken so far.
    let mut star = None;
    while let Some(byte) = name.get(read) {
        match glob.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(wanted) if *wanted == b'?' || wanted.eq_ignore_ascii_case(byte) => {
                at += 1;
                read += 1;
            }
            _ => match star {
                Some((stands, taken)) => {
                    star = Some((stands, taken + 1));
                    at = stands + 1;
                    read = taken + 1;
                }
                None => return false,
            },
        }
    }
    glob.get(at..).is_some_and(|rest| rest.iter().all(|byte| *byte == b'*'))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_and_question_marks_stand_for_others() {
        for (pattern, name, expected) in [
            ("widgets-config*.xml", "Widgets-Config_1.XML", true),
            ("a?c", "ac", false),
            ("*", "", true),
            ("", "a", false),
            ("*a*b", "xaxxab", true),
        ] {
            assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        }
    }
}
