//! Small improvements of a program: bytes in a row become one text, and a run learns what follows it.
//!
//! Nothing here changes what matches.

use super::program::{Program, Step};
use super::tree::Appetite;

pub(super) fn improve(program: &mut Program) {
    join_bytes(program);
    look_behind_runs(program);
}

/// Where steps jump to.
fn targets(program: &Program) -> Vec<bool> {
    let mut targets = vec![false; program.steps.len() + 1];
    let mut mark = |at: u32| {
        if let Some(target) = targets.get_mut(at as usize) {
            *target = true;
        }
    };
    for step in &program.steps {
        match *step {
            Step::Either(first, second) => {
                mark(first);
                mark(second);
            }
            Step::Jump(to) | Step::Again { body: to, .. } | Step::IfGroup { otherwise: to, .. } => mark(to),
            Step::Look { holds, fails, .. } => fails.into_iter().chain([holds]).for_each(&mut mark),
            _ => {}
        }
    }
    targets
}

/// A text stands at its first byte and jumps over the others, which stay where they are.
fn join_bytes(program: &mut Program) {
    let targets = targets(program);
    let mut at = 0;
    while at < program.steps.len() {
        let mut text = Vec::new();
        while let Some(Step::Byte(byte)) = program.steps.get(at + text.len()) {
            if !text.is_empty() && targets.get(at + text.len()) == Some(&true) {
                break;
            }
            text.push(*byte);
        }
        let length = text.len();
        if length > 1 {
            let number = u32::try_from(program.texts.len()).unwrap_or(u32::MAX);
            program.texts.push(text);
            if let Some(step) = program.steps.get_mut(at) {
                *step = Step::Text(number);
            }
        }
        at += length.max(1);
    }
}

fn look_behind_runs(program: &mut Program) {
    for at in 0..program.steps.len() {
        let Some(Step::Run(number)) = program.steps.get(at).copied() else {
            continue;
        };
        let next = next_significant(program, at + 1);
        let byte = match next {
            Some(Step::Byte(byte)) => Some(byte),
            Some(Step::Text(text)) => program.texts.get(text as usize).and_then(|text| text.first()).copied(),
            _ => None,
        };
        let set = match next {
            Some(Step::Bytes(set)) => Some(program.set(set)),
            Some(Step::Run(run)) => program
                .runs
                .get(run as usize)
                .filter(|run| run.least > 0)
                .map(|run| run.set),
            _ => byte.map(super::set::ByteSet::one),
        };
        let Some(run) = program.runs.get_mut(number as usize) else {
            continue;
        };
        run.next = byte;
        let disjoint = set.is_some_and(|set| !set.meets(&run.set));
        run.settled = match run.appetite {
            Appetite::Greedy => disjoint || matches!(next, Some(Step::Match)),
            Appetite::Possessive => true,
            Appetite::Lazy => false,
        };
    }
}

/// What is done next, over groups that begin or end.
fn next_significant(program: &Program, mut at: usize) -> Option<Step> {
    for _ in 0..program.steps.len() {
        match program.steps.get(at)? {
            Step::Open(_) | Step::Close(_) => at += 1,
            Step::Jump(to) => at = *to as usize,
            step => return Some(*step),
        }
    }
    None
}
