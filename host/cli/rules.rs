//! `casebook rules …` and `casebook explain`.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::arguments::{Common, Explain, ListFormat, RulesVerb, SchemaName};
use super::load::{self, Wanted};
use super::{Refusal, print};
use crate::finding::RuleCard;
use crate::model::{FormatName, Severity};
use crate::report::{ExitStatus, Look};
use crate::rulebook::{Rulebook, Thoroughness};
use crate::trial;

/// The JSON Schema of that name.
fn schema(of: SchemaName) -> &'static str {
    match of {
        SchemaName::LogSignatures => include_str!("../../rules/schema/log-signatures.json"),
        SchemaName::ConfigChecks => include_str!("../../rules/schema/config-checks.json"),
        SchemaName::PhotoGate => include_str!("../../rules/schema/photo-gate.json"),
        SchemaName::Environment => include_str!("../../rules/schema/environment.json"),
    }
}

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = Style::new()
    .fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)))
    .bold();
const BAD: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red))).bold();

pub(super) fn run(verb: &RulesVerb, common: &Common) -> Result<ExitStatus, Refusal> {
    match verb {
        RulesVerb::List { format } => list(&rulebook(common, None)?, *format, common),
        RulesVerb::Explain(arguments) => explain(arguments, common),
        RulesVerb::Check { paths } => check(&rulebook(common, chosen(paths))?, common),
        RulesVerb::Test { paths } => test(&rulebook(common, chosen(paths))?, common),
        RulesVerb::Formats => formats(&rulebook(common, None)?, common),
        RulesVerb::Schema { of } => print(schema(*of)),
    }
}

/// The folders that a verb names; none: the built-in packs.
fn chosen(paths: &[std::path::PathBuf]) -> Option<&[std::path::PathBuf]> {
    (!paths.is_empty()).then_some(paths)
}

fn rulebook(common: &Common, packs: Option<&[std::path::PathBuf]>) -> Result<Rulebook, Refusal> {
    load::rulebook(&Wanted {
        common,
        packs,
        thoroughness: Thoroughness::All,
        plugin_timeout: None,
    })
}

fn list(rulebook: &Rulebook, format: ListFormat, common: &Common) -> Result<ExitStatus, Refusal> {
    let mut rules: Vec<&RuleCard> = rulebook.rules.iter().collect();
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    let mut text = String::new();
    match format {
        ListFormat::Jsonl => {
            for rule in rules {
                let _ = writeln!(text, "{}", as_json(rule));
            }
        }
        ListFormat::Text => {
            let width = rules.iter().map(|rule| rule.id.as_str().len()).max().unwrap_or(0);
            for rule in &rules {
                let severity = rule.severity.as_str();
                let style = severity_style(rule.severity);
                let _ = writeln!(
                    text,
                    "{BOLD}{:width$}{BOLD:#}  {style}{severity:8}{style:#}  {}",
                    rule.id, rule.title
                );
            }
            let _ = writeln!(
                text,
                "\n{DIM}{} rules. `casebook explain RULE` says more of one.{DIM:#}",
                rules.len()
            );
        }
    }
    print_styled(&text, common)
}

fn as_json(rule: &RuleCard) -> serde_json::Value {
    json!({
        "id": rule.id, "plugin": rule.plugin, "severity": rule.severity, "title": rule.title, "symptom": rule.symptom,
        "cause": rule.cause, "remedy": rule.remedy, "references": rule.references,
    })
}

pub(super) fn explain(arguments: &Explain, common: &Common) -> Result<ExitStatus, Refusal> {
    let rulebook = rulebook(common, None)?;
    let Some(rule) = rulebook.rule(&arguments.rule) else {
        let near = nearest(&arguments.rule, &rulebook);
        let hint = near.map_or_else(|| ";".to_owned(), |near| format!("; did you mean `{near}`?"));
        return Err(Refusal(format!(
            "there is no rule `{}`{hint} `casebook rules list` shows all of them",
            arguments.rule
        )));
    };
    let look = crate::report::Output::stdout().look(common.color);
    let style = severity_style(rule.severity);
    let mut text = format!("{BOLD}{}{BOLD:#}\n", rule.title);
    let _ = writeln!(
        text,
        "{} {style}{}{style:#} {DIM}plugin {}{DIM:#}",
        rule.id,
        rule.severity.as_str(),
        rule.plugin
    );
    for (heading, part) in [
        ("Symptom", &rule.symptom),
        ("Cause", &rule.cause),
        ("Remedy", &rule.remedy),
    ] {
        if !part.trim().is_empty() {
            let _ = writeln!(text, "\n{BOLD}{heading}{BOLD:#}\n{}", wrapped(part, &look));
        }
    }
    if !rule.references.is_empty() {
        let _ = writeln!(text, "\n{BOLD}References{BOLD:#}");
        for reference in &rule.references {
            let _ = writeln!(text, "  {reference}");
        }
    }
    for (heading, others) in [
        ("Explained by", rulebook.causes_of(&rule.id)),
        ("Explains", rulebook.symptoms_of(&rule.id)),
    ] {
        if !others.is_empty() {
            let _ = writeln!(text, "\n{BOLD}{heading}{BOLD:#}");
            for other in others {
                let _ = writeln!(text, "  {other}");
            }
        }
    }
    let number = rulebook.rules.iter().position(|candidate| candidate.id == rule.id);
    let own = rulebook
        .patterns
        .iter()
        .filter(|pattern| Some(pattern.rule.0 as usize) == number);
    let mut patterns = String::new();
    for pattern in own {
        let formats = pattern
            .formats
            .iter()
            .map(FormatName::as_str)
            .collect::<Vec<_>>()
            .join(", ");
        let formats = if formats.is_empty() {
            "all formats".to_owned()
        } else {
            formats
        };
        let _ = writeln!(patterns, "  {}\n    {DIM}in {formats}{DIM:#}", pattern.regex);
    }
    if !patterns.is_empty() {
        let _ = write!(text, "\n{BOLD}What is searched for{BOLD:#}\n{patterns}");
    }
    print_styled(&text, common)
}

/// Paragraphs, indented and wrapped; what follows the first line of a list's item stands below its text.
fn wrapped(text: &str, look: &Look) -> String {
    let filled = text.trim().lines().map(|line| {
        let marker = line
            .split_once(". ")
            .filter(|(number, _)| number.bytes().all(|byte| byte.is_ascii_digit()));
        let hanging = " ".repeat(2 + marker.map_or(0, |(number, _)| number.len() + 2));
        let options = textwrap::Options::new(look.width)
            .initial_indent("  ")
            .subsequent_indent(&hanging);
        textwrap::fill(line, options)
    });
    filled.collect::<Vec<_>>().join("\n")
}

/// The id that shares most of its words with what was typed.
fn nearest<'r>(typed: &str, rulebook: &'r Rulebook) -> Option<&'r str> {
    let shared = |id: &str| {
        typed
            .split('-')
            .filter(|word| id.split('-').any(|part| part == *word))
            .count()
    };
    let best = rulebook
        .rules
        .iter()
        .map(|rule| rule.id.as_str())
        .max_by_key(|id| shared(id))?;
    (shared(best) > 0).then_some(best)
}

fn check(rulebook: &Rulebook, common: &Common) -> Result<ExitStatus, Refusal> {
    let mut text = String::new();
    // Errors were refused while the rulebook was built; what is left to say is what it costs.
    let mut slow = 0;
    for (pattern, reason) in rulebook.slow_patterns() {
        slow += 1;
        let rule = rulebook
            .rules
            .get(pattern.rule.0 as usize)
            .map_or("", |rule| rule.id.as_str());
        let _ = writeln!(
            text,
            "{BOLD}slow{BOLD:#} {rule}: `{}`: {reason}; it is tried on every record",
            pattern.regex
        );
    }
    let (rules, patterns, packs) = (rulebook.rules.len(), rulebook.patterns.len(), rulebook.packs.len());
    let _ = writeln!(
        text,
        "{GOOD}ok{GOOD:#} {packs} packs, {rules} rules, {patterns} patterns, {slow} of them slow"
    );
    print_styled(&text, common)
}

fn test(rulebook: &Rulebook, common: &Common) -> Result<ExitStatus, Refusal> {
    let trial = trial::run(rulebook, |_| true)?;
    let mut text = String::new();
    let mut failed = 0;
    for verdict in &trial.verdicts {
        if verdict.differences.is_empty() {
            if common.verbose {
                let _ = writeln!(text, "{GOOD}ok{GOOD:#}     {}: {}", verdict.rule, verdict.about);
            }
            continue;
        }
        failed += 1;
        let _ = writeln!(text, "{BAD}failed{BAD:#} {}: {}", verdict.rule, verdict.about);
        let _ = writeln!(text, "       {DIM}{}:{}{DIM:#}", verdict.pack, verdict.line.0);
        for difference in &verdict.differences {
            let _ = writeln!(text, "       {difference}");
        }
    }
    for (rule, lacking) in &trial.untried {
        let _ = writeln!(text, "{BOLD}note{BOLD:#}   {rule}: {lacking}");
    }
    let (passed, rules) = (trial.verdicts.len() - failed, rulebook.rules.len());
    let style = if failed == 0 { GOOD } else { BAD };
    let _ = writeln!(
        text,
        "{style}{passed} examples came true, {failed} did not{style:#}, of {rules} rules"
    );
    print_styled(&text, common)?;
    Ok(if failed == 0 {
        ExitStatus::Clean
    } else {
        ExitStatus::Findings
    })
}

fn formats(rulebook: &Rulebook, common: &Common) -> Result<ExitStatus, Refusal> {
    let mut text = String::new();
    let width = rulebook
        .formats
        .iter()
        .map(|format| format.name().as_str().len())
        .max()
        .unwrap_or(0);
    for format in rulebook.formats.iter() {
        let _ = writeln!(text, "{BOLD}{:width$}{BOLD:#}  {}", format.name(), format.title());
    }
    print_styled(&text, common)
}

fn severity_style(severity: Severity) -> Style {
    let colour = match severity {
        Severity::Critical | Severity::High => AnsiColor::Red,
        Severity::Medium => AnsiColor::Yellow,
        Severity::Low => AnsiColor::Cyan,
        Severity::Info => AnsiColor::White,
    };
    Style::new().fg_color(Some(colour.into())).bold()
}

/// Prints styled text with or without its styles.
fn print_styled(text: &str, common: &Common) -> Result<ExitStatus, Refusal> {
    if crate::report::Output::stdout().look(common.color).colour {
        print_raw(text)
    } else {
        print(&anstream::adapter::strip_str(text).to_string())
    }
}

fn print_raw(text: &str) -> Result<ExitStatus, Refusal> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Refusal(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(ExitStatus::Clean),
    }
}
