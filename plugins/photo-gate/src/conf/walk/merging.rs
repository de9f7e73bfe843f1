//! Which of the scopes that apply are merged with each other before they are merged onto the rest.
//!
//! Comes in: the scopes that apply, in order. Goes out: them in groups. httpd merges the `<Directory>`s among themselves and the
//! outcome onto the server's, then so the `<Files>`, the `<Location>`s, and the `<If>`s of each level. Where merging is not
//! the same from left to right (rules of mod_rewrite, `AuthMerging`), the groups decide.

use super::condition::conditions;
use super::{Applied, Kind};

/// The groups, in order; the first is that of the server and its virtual host.
pub fn merged_together<'a, 's>(applied: &'a [Applied<'s>]) -> impl Iterator<Item = &'a [Applied<'s>]> {
    let mut rest = applied;
    std::iter::from_fn(move || {
        let first = rest.first()?;
        let within = |(at, next): &(usize, &Applied<'s>)| {
            class(next.kind) == class(first.kind) && !is_within(next, rest.get(..*at).unwrap_or_default())
        };
        let length = rest.iter().enumerate().take_while(within).count().max(1);
        let (group, behind) = rest.split_at_checked(length)?;
        rest = behind;
        Some(group)
    })
}

fn class(kind: Kind) -> u8 {
    match kind {
        Kind::Server => 0,
        Kind::Directory | Kind::DirectoryMatch | Kind::Proxy => 1,
        Kind::Files => 2,
        Kind::Location | Kind::LocationMatch => 3,
        Kind::If => 4,
    }
}

/// Whether a condition stands in one of those before it, and so belongs to the next level.
fn is_within(inner: &Applied<'_>, before: &[Applied<'_>]) -> bool {
    inner.kind == Kind::If
        && before
            .iter()
            .any(|outer| conditions(outer.scope).any(|condition| std::ptr::eq(condition.scope, inner.scope)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::walk::{Existing, File, Sections, with_conditions};
    use crate::oracle::Oracle;
    use crate::{conf, drawn};

    #[test]
    fn sections_of_a_kind_are_merged_together() {
        let text = "<Directory />\n</Directory>\n<Directory /d>\n<Files *.jpg>\n</Files>\n</Directory>\n<Location /a>\n</Location>\n\
                    <Location />\n</Location>\n<If \"true\">\n<If \"true\">\n</If>\n</If>\n<If \"true\">\n</If>\n";
        let site = drawn::site(&[("httpd.conf", text)], "{}");
        let servers = conf::servers(&site);
        let file = File {
            name: b"/d/x.jpg",
            existing: Existing::File,
        };
        let sections = Sections::of(&servers[0], None);
        let mut applied = sections
            .of_file(b"/a/x.jpg", file, &mut Oracle::default())
            .expect("known");
        with_conditions(&mut applied, |_| Ok::<_, ()>(true)).expect("all hold");
        let groups: Vec<usize> = merged_together(&applied).map(<[Applied<'_>]>::len).collect();
        assert_eq!(groups, [1, 2, 1, 2, 2, 1]);
        assert_eq!(merged_together(&[]).count(), 0);
    }
}
