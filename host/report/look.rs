//! How text looks: with or without colour, with which glyphs, how wide.
//!
//! Comes in: `--color`, the terminal, the environment's variables. Goes out: a [`Look`]. Never here: text.
//!
//! `NO_COLOR` (not empty) switches colour off, `CLICOLOR_FORCE` (neither empty nor `0`) on, `CLICOLOR=0` and `TERM=dumb`
//! off, in this order; then a terminal decides. `--color always` and `never` overrule all of them.

use std::ffi::OsString;
use std::str::FromStr;

/// `--color`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ColorChoice {
    /// Colour on a terminal that wants it.
    #[default]
    Auto,
    /// Colour everywhere.
    Always,
    /// No colour.
    Never,
}

/// A choice that does not exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--color knows auto, always and never, not {0:?}")]
pub struct UnknownColorChoice(String);

impl FromStr for ColorChoice {
    type Err = UnknownColorChoice;

    fn from_str(word: &str) -> Result<Self, UnknownColorChoice> {
        match word {
            "auto" => Ok(Self::Auto),
            "always" => Ok(Self::Always),
            "never" => Ok(Self::Never),
            other => Err(UnknownColorChoice(other.to_owned())),
        }
    }
}

/// How text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether styles are written.
    pub colour: bool,
    /// What lines are drawn with.
    pub glyphs: Glyphs,
    /// Columns.
    pub width: usize,
}

/// Lines longer than this tire the eye, however wide the terminal.
const WIDEST: usize = 100;

/// Below this, wrapping makes things worse.
const NARROWEST: usize = 40;

impl Look {
    /// The look of plain text in a file: no colour, Unicode, 100 columns.
    pub const PLAIN: Self = Self {
        colour: false,
        glyphs: Glyphs::UNICODE,
        width: WIDEST,
    };

    /// The look of an output. `columns` is the width of its terminal, if it is one; `variable` reads the environment.
    pub fn of(choice: ColorChoice, columns: Option<u16>, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let terminal = columns.is_some();
        let colour = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => wants_colour(terminal, &variable),
        };
        // A file or a pipe gets UTF-8 like the JSON formats; a terminal gets what its locale says it can show.
        let glyphs = if !terminal || shows_unicode(&variable) {
            Glyphs::UNICODE
        } else {
            Glyphs::ASCII
        };
        let width = columns.map_or(WIDEST, |columns| usize::from(columns).clamp(NARROWEST, WIDEST));
        Self { colour, glyphs, width }
    }
}

fn wants_colour(terminal: bool, variable: &impl Fn(&str) -> Option<OsString>) -> bool {
    let set = |name| variable(name).filter(|value| !value.is_empty());
    if set("NO_COLOR").is_some() {
        false
    } else if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        true
    } else if set("CLICOLOR").is_some_and(|value| value == "0") || set("TERM").is_some_and(|value| value == "dumb") {
        false
    } else {
        terminal
    }
}

/// The first of the locale's variables that is set decides, as in POSIX.
fn shows_unicode(variable: &impl Fn(&str) -> Option<OsString>) -> bool {
    if cfg!(windows) {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(variable)
        .find(|value| !value.is_empty());
    locale.is_some_and(|locale| {
        let locale = locale.to_string_lossy().to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

/// What lines are drawn with; each is one column wide, except the ellipsis in ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    pub(super) horizontal: &'static str,
    pub(super) vertical: &'static str,
    pub(super) gap: &'static str,
    pub(super) top: &'static str,
    pub(super) tee: &'static str,
    pub(super) bottom: &'static str,
    pub(super) continued: &'static str,
    pub(super) ellipsis: &'static str,
    pub(super) bullet: &'static str,
}

impl Glyphs {
    /// Box drawing.
    pub const UNICODE: Self = Self {
        horizontal: "─",
        vertical: "│",
        gap: "┊",
        top: "╭",
        tee: "├",
        bottom: "╰",
        continued: "┆",
        ellipsis: "…",
        bullet: "•",
    };

    /// For terminals that show nothing else.
    pub const ASCII: Self = Self {
        horizontal: "-",
        vertical: "|",
        gap: ":",
        top: ",",
        tee: "|",
        bottom: "`",
        continued: ":",
        ellipsis: "...",
        bullet: "*",
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(choice: ColorChoice, columns: Option<u16>, variables: &[(&str, &str)]) -> Look {
        Look::of(choice, columns, |name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn colour_is_for_terminals_unless_somebody_says_otherwise() {
        let terminal = Some(80);
        for (choice, columns, variables, colour) in [
            (ColorChoice::Auto, terminal, &[][..], true),
            (ColorChoice::Auto, None, &[], false),
            (ColorChoice::Auto, terminal, &[("NO_COLOR", "1")], false),
            (ColorChoice::Auto, terminal, &[("NO_COLOR", "")], true),
            (ColorChoice::Auto, None, &[("CLICOLOR_FORCE", "1")], true),
            (ColorChoice::Auto, None, &[("CLICOLOR_FORCE", "0")], false),
            (
                ColorChoice::Auto,
                None,
                &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")],
                false,
            ),
            (ColorChoice::Auto, terminal, &[("TERM", "dumb")], false),
            (ColorChoice::Auto, terminal, &[("CLICOLOR", "0")], false),
            (ColorChoice::Always, None, &[("NO_COLOR", "1")], true),
            (ColorChoice::Never, terminal, &[("CLICOLOR_FORCE", "1")], false),
        ] {
            assert_eq!(
                look(choice, columns, variables).colour,
                colour,
                "{choice:?} {columns:?} {variables:?}"
            );
        }
    }

    #[test]
    fn boxes_are_drawn_where_they_can_be_shown() {
        assert_eq!(
            look(ColorChoice::Auto, Some(80), &[("LANG", "en_GB.UTF-8")]).glyphs,
            Glyphs::UNICODE
        );
        assert_eq!(look(ColorChoice::Auto, None, &[("LANG", "C")]).glyphs, Glyphs::UNICODE);
        if !cfg!(windows) {
            assert_eq!(
                look(ColorChoice::Auto, Some(80), &[("LANG", "en_GB.utf8"), ("LC_ALL", "C")]).glyphs,
                Glyphs::ASCII
            );
            assert_eq!(look(ColorChoice::Auto, Some(80), &[]).glyphs, Glyphs::ASCII);
        }
    }

    #[test]
    fn width_follows_the_terminal_within_reason() {
        assert_eq!(look(ColorChoice::Auto, Some(72), &[]).width, 72);
        assert_eq!(look(ColorChoice::Auto, Some(300), &[]).width, WIDEST);
        assert_eq!(look(ColorChoice::Auto, Some(3), &[]).width, NARROWEST);
        assert_eq!(look(ColorChoice::Auto, None, &[]).width, WIDEST);
    }
}
