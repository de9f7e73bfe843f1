//! A disagreement is made small: lines of the gate, headers and cookies of the request are taken out, and the rest of it is
//! made plain, as long as it stays.
//!
//! Each try is a start of httpd, some milliseconds; a gate of thirty lines needs a few hundred at most.

use std::net::Ipv4Addr;

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
        let before = size(case);
        for smaller in [without_lines, without_pair, without_header, without_cookie, plainer] {
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
        if before == size(case) {
            return;
        }
    }
}

fn size(case: &Case) -> (usize, usize) {
    let asked = case.asked.as_ref().map_or(0, |asked| asked.message.bytes().len());
    (case.gate.lines.len(), asked)
}

/// The case without a line, or the whole section that begins with it.
fn without_lines(case: &Case, at: usize) -> Option<Case> {
    let lines = &case.gate.lines;
    let first = (0..lines.len()).filter(|line| !stays(&lines[*line])).nth(at)?;
    let last = closing(lines, first).unwrap_or(first);
    let mut tried = case.clone();
    tried.gate.lines.drain(first..=last);
    Some(tried)
}

/// The case without the beginning and the end of a section.
fn without_pair(case: &Case, at: usize) -> Option<Case> {
    let lines = &case.gate.lines;
    let sections = (0..lines.len()).filter(|line| !stays(&lines[*line]));
    let (first, last) = sections
        .filter_map(|first| Some((first, closing(lines, first)?)))
        .nth(at)?;
    let mut tried = case.clone();
    tried.gate.lines.remove(last);
    tried.gate.lines.remove(first);
    Some(tried)
}

fn without_header(case: &Case, at: usize) -> Option<Case> {
    let mut tried = case.clone();
    let headers = &mut tried.asked.as_mut()?.message.headers;
    // Without `Host` it would be another host's.
    let mut others = (0..headers.len()).filter(|place| !headers[*place].to_ascii_lowercase().starts_with(b"host:"));
    let place = others.nth(at)?;
    headers.remove(place);
    Some(tried)
}

fn without_cookie(case: &Case, at: usize) -> Option<Case> {
    let mut tried = case.clone();
    let headers = &mut tried.asked.as_mut()?.message.headers;
    let is_cookie = |header: &&mut Vec<u8>| header.to_ascii_lowercase().starts_with(b"cookie:");
    let mut left = at;
    for header in headers.iter_mut().filter(is_cookie) {
        let mut parts: Vec<&[u8]> = header.split(|byte| *byte == b';').collect();
        // The first has the name of the header before it.
        if left + 1 < parts.len() {
            parts.remove(left + 1);
            *header = parts.join(&b';');
            return Some(tried);
        }
        left = (left + 1).saturating_sub(parts.len());
    }
    None
}

/// The case with an ordinary method, target or address.
fn plainer(case: &Case, at: usize) -> Option<Case> {
    let asked = case.asked.as_ref()?;
    let message = &asked.message;
    let path = message.target.split(|byte| *byte == b'?').next().unwrap_or_default();
    let mut tries = vec![message.clone(), message.clone(), message.clone(), message.clone()];
    tries[0].method = b"GET".to_vec();
    tries[1].target = path.to_vec();
    tries[2].target = b"/photos/default.jpg".to_vec();
    tries[3].address = Ipv4Addr::LOCALHOST;
    tries.retain(|tried| tried != message && tried.bytes().len() <= message.bytes().len());
    let mut tried = case.clone();
    tried.asked.as_mut()?.message = tries.into_iter().nth(at)?;
    Some(tried)
}

/// Without its host, a request would be another host's.
fn stays(line: &str) -> bool {
    let line = line.trim_start().to_ascii_lowercase();
    ["<virtualhost", "</virtualhost", "servername"]
        .iter()
        .any(|kept| line.starts_with(kept))
}

fn opens(line: &str) -> bool {
    line.trim_start().starts_with('<') && !line.trim_start().starts_with("</")
}

/// Where the section that begins at `first` ends; `None`: none begins there, or it does not end.
fn closing(lines: &[String], first: usize) -> Option<usize> {
    let mut deep = 0;
    for (at, line) in lines.iter().enumerate().skip(first) {
        if opens(line) {
            deep += 1;
        } else if line.trim_start().starts_with("</") {
            deep -= 1;
        }
        if deep <= 0 {
            return (at > first).then_some(at);
        }
    }
    None
}

/// What httpd complains of, wherever it stands.
fn complaint(said: &str) -> String {
    let last = said.trim().lines().last().unwrap_or_default();
    last.chars().filter(|letter| !letter.is_ascii_digit()).collect()
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
        (Err(said), Ok(_)) if case.asked.is_none() && complaint(&said) == complaint(&case.real) => {
            (format!("refuses to start: {}", said.trim()), case.decided)
        }
        _ => return None,
    };
    Some(case)
}
