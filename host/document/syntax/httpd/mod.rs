//! Apache httpd and IBM HTTP Server: `httpd.conf` and whatever it includes.
//!
//! Comes in: the decoded text of one file. Goes out: a [`Parsed`] tree of directives and sections, and remarks about what
//! httpd itself would refuse or what had to be guessed. Never here: other files (an `Include` is a node like any other,
//! `document::include` follows it), which sections apply, what a directive means.
//!
//! ```text
//!   text ──lines──► one line of the server's ──defines──► ${NAME} ──words──► name, arguments ──sections──► tree
//!          joined at `\`, templates' own                  where a Define
//!          lines passed over                              stands before
//! ```
//!
//! No crate reads this syntax as the server does: those that exist know neither templates nor where a `\` ends a word, and
//! the rules that judge a rewrite condition stand or fall with the exact pattern. The reading follows Apache 2.4, on which
//! IBM HTTP Server 9 is built; each difference of 2.2 (IBM HTTP Server 7 to 8.5) is said where it matters:
//!
//! - a backslash at the end of a line always continues it. 2.2 takes two of them for an escaped one, which is remarked;
//! - a comment that ends with a backslash swallows the line behind it, in both;
//! - `${NAME}` is replaced in the whole line, before it is taken apart: a value with blanks becomes several arguments. 2.2
//!   knows only variables of the environment there, no `Define` with a value;
//! - a directive stands on the first of its lines. httpd's own messages name the last one.
//!
//! A node is a directive or a section: its name in small letters, its value as written (of a section without the `>`),
//! and these attributes:
//!
//! | attribute | is |
//! |---|---|
//! | `written` | the name as written |
//! | `1`, `2`, … | the arguments, quotes and escapes taken away; those of `RewriteRule` and `RewriteCond` as that module does |
//! | `expanded` | the value with each `${NAME}` replaced that a `Define` earlier in the file set, if that changes anything |
//! | `expanded-1`, … | then also: the arguments of that |

mod defines;
mod joined;
mod sections;
mod template;
mod words;

#[cfg(test)]
mod tests;

use crate::document::syntax::lines::Remarks;
use crate::document::{At, Full, MAX_DEPTH, Parsed, Tree};
use defines::Defines;
use joined::{Line, Lines};
use sections::{Closed, Sections};
use words::{Quoting, Words};

/// Reads a file. It always gives a tree; what could not be taken as it stands is remarked.
pub fn parse(text: &str) -> Parsed {
    let mut remarks = Remarks::default();
    let mut lines = Lines::new(text);
    let mut reader = Reader {
        tree: Tree::new("httpd"),
        sections: Sections::default(),
        defines: Defines::default(),
    };
    while let Some(line) = lines.next(&mut remarks) {
        if let Err(full) = reader.line(&line, &mut remarks) {
            remarks.stop(line.at.line, full);
            break;
        }
    }
    for section in reader.sections.open() {
        remarks.say(section.line, &format!("`<{}>` is not closed", section.shown));
    }
    remarks.beside(reader.tree)
}

/// What has been read so far.
struct Reader {
    tree: Tree,
    sections: Sections,
    defines: Defines,
}

/// A directive or the beginning of a section, before and after its `${NAME}` are replaced.
struct Directive<'l> {
    at: At,
    /// The name that counts, without `<`.
    name: &'l str,
    written: &'l str,
    value: &'l str,
    expanded: Option<&'l str>,
    quoting: Quoting,
}

impl Reader {
    fn line(&mut self, line: &Line<'_>, remarks: &mut Remarks) -> Result<(), Full> {
        let (text, number) = (line.text.as_ref(), line.at.line);
        if text.is_empty() || text.starts_with('#') {
            return Ok(());
        }
        if text.starts_with("{{") {
            remarks.say(
                number,
                "is filled in by a template as a whole; the line was passed over",
            );
            return Ok(());
        }
        let expanded = self.expanded(text, number, remarks);
        let (written, value) = words::name(text);
        let (name, expanded_value) = words::name(expanded.as_deref().unwrap_or(text));
        let expanded_value = Some(expanded_value).filter(|_| expanded.is_some());
        if name.starts_with("</") {
            self.close(expanded.as_deref().unwrap_or(text), number, remarks);
            return Ok(());
        }
        let mut directive = Directive {
            at: line.at,
            name: &name,
            written: &written,
            value,
            expanded: expanded_value,
            quoting: Quoting::of(&name),
        };
        if let Some(name) = name.strip_prefix('<') {
            directive.name = name;
            directive.written = written.strip_prefix('<').unwrap_or(&written);
            return self.open(directive, remarks);
        }
        if name.is_empty() {
            remarks.say(number, "has no name before its arguments; httpd passes the line over");
            return Ok(());
        }
        self.add(&directive)
    }

    /// The line with its variables replaced, if there are any, and noticed in case it sets one itself.
    fn expanded(&mut self, text: &str, number: u32, remarks: &mut Remarks) -> Option<String> {
        let expanded = self.defines.expand(text);
        let noticed = match &expanded {
            Ok(expanded) => self.defines.learn(expanded.as_deref().unwrap_or(text)),
            Err(refused) => {
                self.defines.forget(text);
                Err(*refused)
            }
        };
        if let Err(refused) = noticed {
            remarks.say(number, &refused.to_string());
        }
        expanded.ok().flatten()
    }

    fn open(&mut self, mut section: Directive<'_>, remarks: &mut Remarks) -> Result<(), Full> {
        let number = section.at.line;
        let bare = section.name.strip_suffix('>');
        section.written = section.written.strip_suffix('>').unwrap_or(section.written);
        section.name = bare.unwrap_or(section.name);
        let shown = sections::shown(section.written);
        if section.name.is_empty() {
            remarks.say(number, "begins a section without a name; httpd refuses it");
        }
        match section.value.rsplit_once('>') {
            Some((value, behind)) => {
                section.value = value.trim_end_matches(words::is_blank);
                let behind = behind.trim_start_matches(words::is_blank);
                if !behind.is_empty() && !behind.starts_with('#') {
                    remarks.say(
                        number,
                        &format!("has text behind the `>` of `<{shown}`; httpd does not read it"),
                    );
                }
            }
            None if bare.is_none() => remarks.say(number, &format!("`<{shown}` lacks its `>`")),
            None if !section.value.is_empty() => {
                section.value = "";
                remarks.say(number, &format!("has text behind `<{shown}>`; httpd refuses it"));
            }
            None => {}
        }
        section.expanded = section.expanded.map(|value| match value.rsplit_once('>') {
            Some((value, _)) => value.trim_end_matches(words::is_blank),
            None if bare.is_some() => "",
            None => value,
        });
        self.add(&section)?;
        if self.sections.enter(section.name, section.written, number, &self.tree) {
            remarks.say(
                number,
                &format!("is nested more than {MAX_DEPTH} levels deep; what is in it stands beside it"),
            );
        }
        Ok(())
    }

    fn close(&mut self, text: &str, number: u32, remarks: &mut Remarks) {
        let inner = text.strip_prefix("</").unwrap_or(text);
        let end = inner.find(|c| c == '>' || words::is_blank(c)).unwrap_or(inner.len());
        let (name, behind) = inner.split_at_checked(end).unwrap_or((inner, ""));
        let closed = self.sections.leave(name);
        let name = sections::shown(name);
        let said = match closed {
            Closed::Innermost if behind == ">" => return,
            Closed::Innermost if behind.starts_with('>') => {
                format!("has text behind `</{name}>`; httpd passes it over or refuses it")
            }
            Closed::Innermost => format!("`</{name}` lacks its `>`"),
            Closed::Outer { inner, line } => {
                format!("`</{name}>` stands where `</{inner}>`, for line {line}, is expected; both were closed")
            }
            Closed::Other { inner, line } => {
                format!("`</{name}>` stands where `</{inner}>`, for line {line}, is expected; it was passed over")
            }
            Closed::Nothing => format!("`</{name}>` closes nothing; it was passed over"),
        };
        remarks.say(number, &said);
    }

    fn add(&mut self, directive: &Directive<'_>) -> Result<(), Full> {
        let line = directive.at.line;
        let name = directive.name.to_ascii_lowercase();
        self.tree
            .add(self.sections.holder(), &name, directive.value, directive.at)?;
        self.tree.attribute("written", directive.written, line)?;
        for (number, word) in Words::new(directive.value, directive.quoting).enumerate() {
            self.tree.attribute(&(number + 1).to_string(), &word, line)?;
        }
        // A name alone may have been replaced.
        let Some(expanded) = directive.expanded.filter(|expanded| *expanded != directive.value) else {
            return Ok(());
        };
        self.tree.attribute("expanded", expanded, line)?;
        for (number, word) in Words::new(expanded, directive.quoting).enumerate() {
            self.tree.attribute(&format!("expanded-{}", number + 1), &word, line)?;
        }
        Ok(())
    }
}
