//! Paths of a server, as a class path has them.
//!
//! Comes in: a text with slashes of either kind. Goes out: [`Path`], its segments without drive and variable. Never here: a
//! file system.

/// A path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    /// Whether it begins with a variable, such as `${WAS_INSTALL_ROOT}`.
    variable: bool,
    /// Whether capitals do not count: it has a drive, or its slashes lean back.
    windows: bool,
    segments: Vec<String>,
}

impl Path {
    /// The path in a text.
    pub(super) fn read(text: &str) -> Self {
        let mut segments: Vec<String> = text
            .split(['/', '\\'])
            .map(str::trim)
            .filter(|segment| !segment.is_empty() && *segment != ".")
            .map(str::to_owned)
            .collect();
        let first = segments.first().map(String::as_str).unwrap_or_default();
        let drive = first.len() == 2 && first.ends_with(':');
        let variable = first.starts_with("${") && first.ends_with('}');
        if drive || variable {
            segments.remove(0);
        }
        Self {
            variable,
            windows: drive || text.contains('\\'),
            segments,
        }
    }

    /// The folder of the path.
    pub(super) fn folder(&self) -> &[String] {
        self.segments.split_last().map_or(&[], |(_, folder)| folder)
    }

    /// The file that it names, if that is a jar.
    pub(super) fn jar(&self) -> Option<&str> {
        let name = self.segments.last()?;
        name.to_ascii_lowercase().ends_with(".jar").then_some(name.as_str())
    }

    /// Whether two names are the same to the path's file system.
    pub(super) fn same(&self, one: &str, other: &str) -> bool {
        one == other || (self.windows && one.eq_ignore_ascii_case(other))
    }

    /// What follows `base` in the path; `None` if it does not lie below. A variable may stand for the beginning of `base`.
    pub(super) fn below<'p>(&'p self, base: &Self) -> Option<&'p [String]> {
        let longest = base.segments.len();
        let shortest = if self.variable && !base.variable { 1 } else { longest };
        let equal = |(own, other): (&String, &String)| self.same(own, other);
        (shortest..=longest).rev().find_map(|count| {
            let tail = base.segments.get(longest - count..)?;
            let (head, rest) = self.segments.split_at_checked(count)?;
            (count > 0 && head.iter().zip(tail).all(equal)).then_some(rest)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn a_path_lies_below_another_one_or_its_end_behind_a_variable() {
        for (path, base, rest) in [
            ("/opt/sdk/lib/a.jar", "/opt/sdk/", Some("lib/a.jar")),
            ("C:\\IBM\\SDK\\lib\\a.jar", "c:/ibm/sdk", Some("lib/a.jar")),
            ("/opt/SDK/lib/a.jar", "/opt/sdk", None),
            ("/opt/sdk2/a.jar", "/opt/sdk", None),
            (
                "${WAS}/optional/SPI/lib/a.jar",
                "/opt/IBM/AppServer/optional/SPI",
                Some("lib/a.jar"),
            ),
            ("${WAS}/optional/SPI/a.jar", "${WAS}/optional/SPI", Some("a.jar")),
            ("${WAS}/lib/a.jar", "/opt/IBM/AppServer/optional/SPI", None),
            ("/opt/a.jar", "", None),
        ] {
            let found = Path::read(path).below(&Path::read(base)).map(|rest| rest.join("/"));
            assert_eq!(found.as_deref(), rest, "{path} {base}");
        }
    }
}
