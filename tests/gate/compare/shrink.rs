//! A disagreement is made small: lines of the gate and headers of the request are taken out as long as it stays.
//!
//! Each try is a start of httpd, some milliseconds; a gate of thirty lines needs a few hundred at most.

use super::case::Case;
use super::{answers, decisions, shown};
use crate::decide::{Decide, Outcome};
use crate::httpd::Ground;

/// Starts for one case: 400, some seconds.
const MOST_TRIES: usize = 400;

/// Makes a case smaller.
pub fn shrink(case: &mut Case, ground: &mut Ground, decider: &dyn Decide) {
    let mut tries = MOST_TRIES;
    loop {
        let before = (case.gate.lines.len(), header_count(case));
        for smaller in [without_lines, without_pair, without_header] {
            let mut at = 0;
            while let Some(tried) = smaller(case, at) {
                if tries == 0 {
                    return;
                }
                tries -= 1;
                match still(tried, ground, decider) {
                    Some(found) => *case = found,
                    None => at += 1,
                }
            }
        }
        if before == (case.gate.lines.len(), header_count(case)) {
            return;
        }
    }
}

fn header_count(case: &Case) -> usize {
    case.asked.as_ref().map_or(0, |asked| asked.message.headers.len())
}

/// The case without the line or the whole section that begins at `at`.
fn without_lines(case: &Case, at: usize) -> Option<Case> {
    let line = case.gate.lines.get(at)?;
    let last = if opens(line) { closing(&case.gate.lines, at) } else { at };
    let mut tried = case.clone();
    tried.gate.lines.drain(at..=last);
    Some(tried)
}

/// The case without the beginning and the end of the section that begins at or after `at`.
fn without_pair(case: &Case, at: usize) -> Option<Case> {
    let sections = case.gate.lines.iter().enumerate().filter(|(_, line)| opens(line));
    let (first, _) = sections.skip(at).next()?;
    let mut tried = case.clone();
    tried.gate.lines.remove(closing(&case.gate.lines, first));
    if first < tried.gate.lines.len() {
        tried.gate.lines.remove(first);
    }
    Some(tried)
}

fn without_header(case: &Case, at: usize) -> Option<Case> {
    let mut tried = case.clone();
    let headers = &mut tried.asked.as_mut()?.message.headers;
    // Without `Host` it would be another host's.
    let others = (0..headers.len()).filter(|place| !headers[*place].to_ascii_lowercase().starts_with(b"host:"));
    let place = others.skip(at).next()?;
    headers.remove(place);
    Some(tried)
}

fn opens(line: &str) -> bool {
    line.trim_start().starts_with('<') && !line.trim_start().starts_with("</")
}

/// Where the section that begins at `first` ends.
fn closing(lines: &[String], first: usize) -> usize {
    let mut deep = 0;
    for (at, line) in lines.iter().enumerate().skip(first) {
        if opens(line) {
            deep += 1;
        } else if line.trim_start().starts_with("</") {
            deep -= 1;
            if deep == 0 {
                return at;
            }
        }
    }
    lines.len() - 1
}

/// The case with what both sides say now, if they still do not agree, and about the same thing as before.
fn still(mut case: Case, ground: &mut Ground, decider: &dyn Decide) -> Option<Case> {
    let requests: Vec<_> = case.asked.iter().cloned().collect();
    let real = answers(ground, &case.gate, &requests);
    let decided = decisions(ground, decider, &requests);
    (case.real, case.decided) = match (real, decided) {
        (Ok(real), Ok(decided)) => {
            let (real, decision) = (real.first()?, decided.first()?);
            if decision.outcome == Outcome::Undecided || real.agrees(decision) {
                return None;
            }
            (real.shown(), shown(decision))
        }
        (Ok(_), Err(fault)) if case.asked.is_none() => ("starts".to_owned(), format!("refuses to open it: {fault}")),
        (Err(said), Ok(_)) if case.asked.is_none() && said.contains("Syntax error") && case.real.contains("Syntax error") => {
            (format!("refuses to start: {}", said.trim()), case.decided)
        }
        _ => return None,
    };
    Some(case)
}
