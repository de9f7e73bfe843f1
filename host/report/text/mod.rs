//! Text for people.
//!
//! Comes in: objects. Goes out: a block for each finding, what was not read, and a summary. Never here: decisions about
//! colour, width and glyphs ([`Look`]).
//!
//! ```text
//!  HIGH   A user's LTPA token is rejected  sametime-ltpa-token-rejected         badge, title, rule
//!  The token of CN=Ben Williams/O=ACME was rejected with reason 4098.           message
//!
//!    ╭─ logs/stusers_1.txt:3  2010-11-17 09:59:33.884 UTC                       place, time, count
//!  3 │ 101117_095933.869,INF,Users   ,VpUsrAuthenticate::…                      evidence, numbered as in the file
//!    ╰─
//!    user = CN=Ben Williams/O=ACME                                              fields
//!
//!    Cause   …                                                                  wrapped
//!    Remedy  …
//!    See     https://…
//!    Explained by  ltpa-token-type-mismatch  security.xml:12                    findings that belong to it
//! ```
//!
//! Every text goes through [`printable`] once more on its way out. Findings are clean already, but names of files, rules
//! and environments are as they are, and this is the last door before somebody's terminal.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::finding::{CoverageEntry, Finding, FindingId, Summary, Time, printable};
use crate::model::{EnvironmentName, RuleId, Severity};

use super::Report;
use super::look::Look;

mod ending;
mod evidence;

/// Writes text into `out`.
pub struct Text<W> {
    page: Page<W>,
    environment: Option<EnvironmentName>,
    /// Rules whose cause and remedy were told in this environment: once is enough.
    told: BTreeSet<RuleId>,
    /// Findings that others may point at: rule, and place.
    known: BTreeMap<FindingId, (RuleId, String)>,
    /// Told at the end, together.
    coverage: Vec<CoverageEntry>,
}

/// A writer with a look.
struct Page<W> {
    out: W,
    look: Look,
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const RULE: Style = AnsiColor::Cyan.on_default();
const PLACE: Style = AnsiColor::Cyan.on_default().bold();
const GUTTER: Style = AnsiColor::Blue.on_default().bold();
const NAME: Style = AnsiColor::Green.on_default();
const VALUE: Style = AnsiColor::Yellow.on_default().bold();
const LABEL: Style = Style::new().bold();
const LINK: Style = AnsiColor::Blue.on_default().underline();

/// Findings that are named of those that belong to one.
const JOINED: usize = 8;

/// Before everything that belongs to a finding.
const INDENT: &str = "  ";

impl<W: Write> Text<W> {
    /// A report into `out` that looks like `look`.
    pub fn new(out: W, look: Look) -> Self {
        Self {
            page: Page { out, look },
            environment: None,
            told: BTreeSet::new(),
            known: BTreeMap::new(),
            coverage: Vec::new(),
        }
    }
}

impl<W: Write> Report for Text<W> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn announce(&mut self, findings: &[Finding]) {
        let joined: BTreeSet<FindingId> = findings
            .iter()
            .flat_map(|finding| finding.explains.iter().chain(&finding.explained_by))
            .copied()
            .collect();
        self.known = findings
            .iter()
            .filter(|finding| joined.contains(&finding.id))
            .map(|finding| (finding.id, (finding.rule.clone(), place_of(finding))))
            .collect();
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        if self.environment.as_ref() != Some(&finding.environment) {
            self.page.heading(&line(finding.environment.as_str()))?;
            self.environment = Some(finding.environment.clone());
            self.told.clear();
        }
        self.page.finding(finding)?;
        if self.told.insert(finding.rule.clone()) {
            self.page.explanation(finding)?;
        } else if !finding.cause.trim().is_empty() || !finding.remedy.trim().is_empty() {
            self.page.wrapped(
                INDENT,
                "Cause",
                "and remedy as above, where this rule was broken first.",
            )?;
        }
        for (label, ids) in [("Explained by", &finding.explained_by), ("Explains", &finding.explains)] {
            self.page.joined(label, ids, &self.known)?;
        }
        self.page.line("")?;
        // A live view shows each finding when it comes; elsewhere the writer's buffer decides.
        self.page.out.flush()
    }

    fn coverage(&mut self, entry: &CoverageEntry) -> io::Result<()> {
        self.coverage.push(entry.clone());
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.page.coverage(&self.coverage)?;
        self.page.summary(summary)?;
        self.page.out.flush()
    }
}

impl<W: Write> Page<W> {
    /// `text` in `style`, or plain. `text` must be printable.
    fn paint(&self, style: Style, text: &str) -> String {
        if self.look.colour && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    fn line(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", text.trim_end_matches(' '))
    }

    /// A title and a line to the right edge.
    fn heading(&mut self, title: &str) -> io::Result<()> {
        let used = textwrap::core::display_width(title) + 4;
        let rule = self
            .look
            .glyphs
            .horizontal
            .repeat(self.look.width.saturating_sub(used).max(3));
        let lead = self.look.glyphs.horizontal.repeat(2);
        let heading = format!(
            "{} {} {}",
            self.paint(DIM, &lead),
            self.paint(BOLD, title),
            self.paint(DIM, &rule)
        );
        self.line(&heading)?;
        self.line("")
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let (title, rule) = (line(&finding.title), line(finding.rule.as_str()));
        let width = |text: &str| textwrap::core::display_width(text);
        let fits = width(&title) + width(&rule) + finding.severity.as_str().len() + 5 <= self.look.width;
        let (title, rule) = (self.paint(BOLD, &title), self.paint(RULE, &rule));
        let badge = self.badge(finding.severity);
        if fits {
            self.line(&format!("{badge} {title}  {rule}"))?;
        } else {
            self.line(&format!("{badge} {title}"))?;
            self.line(&rule)?;
        }
        if finding.message != finding.title {
            self.wrapped("", "", &finding.message)?;
        }
        self.line("")?;
        self.evidence(finding)?;
        self.fields(&finding.fields)
    }

    /// Findings that belong to this one, each by rule and place.
    fn joined(
        &mut self,
        label: &str,
        ids: &[FindingId],
        known: &BTreeMap<FindingId, (RuleId, String)>,
    ) -> io::Result<()> {
        let blank = " ".repeat(label.len());
        // Two findings of one rule in one place are one line: the place is what a reader goes to.
        let mut others: Vec<String> = Vec::new();
        for id in ids {
            let other = match known.get(id) {
                Some((rule, place)) => format!("{}  {}", self.paint(RULE, &line(rule.as_str())), line(place)),
                None => id.to_string(),
            };
            if !others.contains(&other) {
                others.push(other);
            }
        }
        for (number, other) in others.iter().take(JOINED).enumerate() {
            let label = self.paint(LABEL, if number == 0 { label } else { &blank });
            self.line(&format!("{INDENT}{label}  {other}"))?;
        }
        if others.len() > JOINED {
            let more = counted((others.len() - JOINED) as u64, "more place");
            let more = self.paint(DIM, &format!("and {more}"));
            self.line(&format!("{INDENT}{blank}  {more}"))?;
        }
        Ok(())
    }

    fn badge(&self, severity: Severity) -> String {
        let word = severity.as_str().to_ascii_uppercase();
        let style = match severity {
            Severity::Critical => AnsiColor::BrightWhite.on(AnsiColor::Magenta),
            Severity::High => AnsiColor::BrightWhite.on(AnsiColor::Red),
            Severity::Medium => AnsiColor::Black.on(AnsiColor::Yellow),
            Severity::Low => AnsiColor::Black.on(AnsiColor::Cyan),
            Severity::Info => AnsiColor::Black.on(AnsiColor::White),
        };
        if self.look.colour {
            self.paint(style.bold(), &format!(" {word} "))
        } else {
            format!("[{word}]")
        }
    }

    /// Names and values, the values below each other.
    fn fields(&mut self, fields: &[(String, String)]) -> io::Result<()> {
        let names: Vec<Cow<'_, str>> = fields.iter().map(|(name, _)| line(name)).collect();
        // A very long name moves only its own value.
        let longest = names
            .iter()
            .map(|name| textwrap::core::display_width(name))
            .filter(|width| *width <= 24)
            .max();
        for ((_, value), name) in fields.iter().zip(names) {
            let padding = " ".repeat(
                longest
                    .unwrap_or(0)
                    .saturating_sub(textwrap::core::display_width(&name)),
            );
            let name = self.paint(NAME, &name);
            let value = self.paint(VALUE, &line(value));
            self.line(&format!("{INDENT}{name}{padding} = {value}"))?;
        }
        if fields.is_empty() { Ok(()) } else { self.line("") }
    }

    fn explanation(&mut self, finding: &Finding) -> io::Result<()> {
        for (label, text) in [("Cause", &finding.cause), ("Remedy", &finding.remedy)] {
            if !text.trim().is_empty() {
                self.wrapped(INDENT, label, text)?;
            }
        }
        for (number, reference) in finding.references.iter().enumerate() {
            let label = self.paint(LABEL, if number == 0 { "See     " } else { "        " });
            let style = if reference.contains("://") { LINK } else { Style::new() };
            let reference = self.paint(style, &line(reference));
            self.line(&format!("{INDENT}{label}{reference}"))?;
        }
        Ok(())
    }

    /// A text under `indent`, wrapped to the width, behind a label if there is one. Its own line ends stay.
    fn wrapped(&mut self, indent: &str, label: &str, text: &str) -> io::Result<()> {
        let column = if label.is_empty() {
            String::new()
        } else {
            format!("{label:<8}")
        };
        let below = format!("{indent}{}", " ".repeat(column.len()));
        let width = self.look.width.saturating_sub(below.len()).max(20);
        let mut before = format!("{indent}{}", self.paint(LABEL, &column));
        for paragraph in printable(text.trim_end()).replace('\t', "    ").split('\n') {
            let hanging = " ".repeat(list_marker(paragraph));
            let options = textwrap::Options::new(width).subsequent_indent(&hanging);
            for row in textwrap::wrap(paragraph, options) {
                let row = format!("{before}{row}");
                self.line(&row)?;
                before.clone_from(&below);
            }
        }
        Ok(())
    }
}

/// Where a finding stands, in a word.
fn place_of(finding: &Finding) -> String {
    match finding.line.0 {
        0 => finding.file.to_string(),
        number => format!("{}:{number}", finding.file),
    }
}

/// The columns of a list item's marker, `1. ` or `- `, under whose text its further rows stand.
fn list_marker(paragraph: &str) -> usize {
    let blanks = paragraph.len() - paragraph.trim_start_matches(' ').len();
    let text = paragraph.trim_start_matches(' ');
    let behind_digits = text.trim_start_matches(|letter: char| letter.is_ascii_digit());
    let digits = text.len() - behind_digits.len();
    let marker = match behind_digits {
        numbered if (1..=3).contains(&digits) && numbered.starts_with(". ") => digits + 2,
        bulleted if digits == 0 && (bulleted.starts_with("- ") || bulleted.starts_with("* ")) => 2,
        _ => 0,
    };
    // A line that is nearly all blanks is no list.
    (blanks + marker).min(12)
}

/// `text` in one line: a line feed in a name is shown, not obeyed.
fn line(text: &str) -> Cow<'_, str> {
    let text = printable(text);
    if text.contains(['\n', '\t']) {
        Cow::Owned(text.replace('\n', "\\n").replace('\t', "    "))
    } else {
        text
    }
}

/// `text` with its numbers as one digit each: equal for texts that differ in numbers only.
fn shape(text: &str) -> String {
    let mut shape = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '0'..='9' if shape.ends_with('0') => {}
            '0'..='9' => shape.push('0'),
            other => shape.push(other),
        }
    }
    shape
}

/// A time as people write it.
fn moment(time: Time) -> String {
    time.timestamp().strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()
}

/// A number with separators: 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number and its noun: `1 file`, `2 files`.
fn counted(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}
