//! From the text of a path to its steps.
//!
//! Reads character by character, and what it cannot read it shows: the part that was read, then what was expected. A path
//! comes from a pack, which is anybody's: its length and the depth of its brackets have limits, and brackets are the only
//! thing that recurs.

use super::{Axis, Comparison, End, Filter, Path, Predicate, Step};

/// Characters of a path: 1,000, ten times the longest that anybody would read.
const MAX_LENGTH: usize = 1_000;

/// Brackets within brackets: 8.
const MAX_DEPTH: usize = 8;

/// Reads a whole text as a path.
pub(super) fn path(text: &str) -> Result<Path, String> {
    if text.chars().count() > MAX_LENGTH {
        return Err(format!("the path has more than {MAX_LENGTH} characters, the limit"));
    }
    let mut reader = Reader {
        text,
        rest: text,
        depth: 0,
    };
    reader.blanks();
    let path = reader.path()?;
    reader.blanks();
    if reader.rest.is_empty() {
        Ok(path)
    } else {
        Err(reader.expected("the end of the path"))
    }
}

struct Reader<'t> {
    text: &'t str,
    rest: &'t str,
    depth: usize,
}

/// Whether a character can stand in a name without quotes.
fn in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '$')
}

impl<'t> Reader<'t> {
    fn expected(&self, what: &str) -> String {
        let read = self.text.strip_suffix(self.rest).unwrap_or(self.text);
        match (read.is_empty(), self.rest.is_empty()) {
            (true, true) => format!("an empty path; expected {what}"),
            (true, false) => format!("`{}` is no path; expected {what}", self.rest),
            (false, true) => format!("`{read}` ends too soon; expected {what}"),
            (false, false) => format!("`{read}` is followed by `{}`; expected {what}", self.rest),
        }
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// Steps over a text if it is next.
    fn takes(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Steps over a word such as `or`, blanks before it included.
    fn takes_word(&mut self, word: &str) -> bool {
        let after = self.rest.trim_start().strip_prefix(word);
        match after.filter(|after| !after.starts_with(in_name)) {
            Some(after) => {
                self.rest = after;
                true
            }
            None => false,
        }
    }

    fn next_is_name(&self) -> bool {
        self.rest
            .starts_with(|c: char| (in_name(c) && c != '.') || matches!(c, '\'' | '"'))
    }

    fn path(&mut self) -> Result<Path, String> {
        let mut steps = Vec::new();
        let mut axis = Axis::Child;
        let absolute = self.rest.starts_with('/');
        if self.takes("//") {
            axis = Axis::Descendant;
        } else if self.takes("/") {
            if self.rest.starts_with('@') {
                return Err(self.expected("a name: the attributes of the root are `/*/@NAME`"));
            }
            if !self.begins_step() {
                return Ok(Path::top());
            }
        }
        loop {
            if let Some(end) = self.end()? {
                if axis == Axis::Descendant {
                    steps.push(any(Axis::DescendantOrSelf));
                }
                return Ok(Path { absolute, steps, end });
            }
            self.step(axis, &mut steps)?;
            axis = match (self.takes("//"), self.takes("/")) {
                (true, _) => Axis::Descendant,
                (false, true) => Axis::Child,
                (false, false) => break,
            };
        }
        let end = End::Node;
        Ok(Path { absolute, steps, end })
    }

    fn begins_step(&self) -> bool {
        self.next_is_name() || self.rest.starts_with(['*', '@', '.'])
    }

    /// What can only stand at the end of a path.
    fn end(&mut self) -> Result<Option<End>, String> {
        if self.takes("@") {
            return self.name().map(|name| Some(End::Attribute(name)));
        }
        if self.takes("text()") {
            return Ok(Some(End::Node));
        }
        Ok(self.takes("name()").then_some(End::Name))
    }

    fn step(&mut self, axis: Axis, steps: &mut Vec<Step>) -> Result<(), String> {
        let up = self.takes("..");
        if up || self.takes(".") {
            if self.rest.starts_with('[') {
                return Err(self.expected("`/` or the end: nothing in brackets can follow `.` and `..`"));
            }
            if axis == Axis::Descendant {
                steps.push(any(Axis::DescendantOrSelf));
            }
            if up {
                steps.push(any(Axis::Parent));
            }
            return Ok(());
        }
        let name = match self.takes("*") {
            true => None,
            false => Some(self.name()?),
        };
        let mut filters = Vec::new();
        while self.takes("[") {
            filters.push(self.filter()?);
        }
        steps.push(Step { axis, name, filters });
        Ok(())
    }

    fn name(&mut self) -> Result<String, String> {
        if self.rest.starts_with(['\'', '"']) {
            return self.quoted();
        }
        let end = self.rest.find(|c| !in_name(c)).unwrap_or(self.rest.len());
        match self.rest.split_at_checked(end) {
            Some((name, _)) if name.contains("::") => Err(self.expected("no axis, only a name")),
            Some((name, rest)) if self.next_is_name() => {
                self.rest = rest;
                Ok(name.to_owned())
            }
            _ => Err(self.expected("a name, `*`, `.`, `..`, `@NAME` or `text()`")),
        }
    }

    fn quoted(&mut self) -> Result<String, String> {
        for quote in ['\'', '"'] {
            if let Some(rest) = self.rest.strip_prefix(quote) {
                let (text, rest) = rest
                    .split_once(quote)
                    .ok_or_else(|| self.expected(&format!("a text that ends in {quote}")))?;
                self.rest = rest;
                return Ok(text.to_owned());
            }
        }
        Err(self.expected("a text in quotes"))
    }

    /// What stands between `[` and `]`; the bracket at its end is stepped over.
    fn filter(&mut self) -> Result<Filter, String> {
        self.blanks();
        let digits = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let filter = if let Some((number, rest)) = self.rest.split_at_checked(digits).filter(|_| digits > 0) {
            let number = number.parse().ok().filter(|number| *number > 0);
            let number = number.ok_or_else(|| self.expected("a number from 1"))?;
            self.rest = rest;
            Filter::Position(number)
        } else if self.takes("last()") {
            Filter::Last
        } else {
            Filter::That(self.any()?)
        };
        self.blanks();
        match self.takes("]") {
            true => Ok(filter),
            false => Err(self.expected("`]`")),
        }
    }

    fn any(&mut self) -> Result<Predicate, String> {
        if self.depth >= MAX_DEPTH {
            return Err(self.expected(&format!("at most {MAX_DEPTH} brackets within brackets")));
        }
        self.depth += 1;
        let mut several = vec![self.all()?];
        while self.takes_word("or") {
            several.push(self.all()?);
        }
        self.depth -= 1;
        Ok(one_or(several, Predicate::Any))
    }

    fn all(&mut self) -> Result<Predicate, String> {
        let mut several = vec![self.term()?];
        while self.takes_word("and") {
            several.push(self.term()?);
        }
        Ok(one_or(several, Predicate::All))
    }

    fn term(&mut self) -> Result<Predicate, String> {
        self.blanks();
        for (word, compare) in [
            ("contains(", Comparison::Contains as fn(String) -> Comparison),
            ("starts-with(", Comparison::StartsWith),
        ] {
            if self.takes(word) {
                self.blanks();
                let path = self.path()?;
                self.mark(",")?;
                let text = self.quoted()?;
                self.mark(")")?;
                return Ok(Predicate::Some(path, compare(text)));
            }
        }
        let not = self.takes("not(");
        if not || self.takes("(") {
            let inner = self.any()?;
            self.mark(")")?;
            return Ok(if not { Predicate::Not(Box::new(inner)) } else { inner });
        }
        let path = self.path()?;
        self.blanks();
        let compare = match (self.takes("!="), self.takes("=")) {
            (true, _) => Comparison::Differs as fn(String) -> Comparison,
            (false, true) => Comparison::Equal,
            (false, false) => return Ok(Predicate::Some(path, Comparison::Exists)),
        };
        self.blanks();
        Ok(Predicate::Some(path, compare(self.quoted()?)))
    }

    /// A mark that must be next, with the blanks around it.
    fn mark(&mut self, mark: &str) -> Result<(), String> {
        self.blanks();
        if !self.takes(mark) {
            return Err(self.expected(&format!("`{mark}`")));
        }
        self.blanks();
        Ok(())
    }
}

fn any(axis: Axis) -> Step {
    Step {
        axis,
        name: None,
        filters: Vec::new(),
    }
}

fn one_or(mut several: Vec<Predicate>, all: fn(Vec<Predicate>) -> Predicate) -> Predicate {
    match several.pop() {
        Some(only) if several.is_empty() => only,
        last => {
            several.extend(last);
            all(several)
        }
    }
}
