//! How a comparison went, in numbers.

use std::collections::BTreeMap;
use std::fmt::{Display, Formatter, Result};

use super::real::Real;

/// Reasons for what is undecided that are shown.
const MOST_REASONS: usize = 6;

/// Numbers.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub gates: usize,
    /// Gates that httpd does not start with.
    pub refused: usize,
    pub pairs: usize,
    /// Pairs that httpd let in.
    pub admitted: usize,
    pub undecided: usize,
    pub disagreements: usize,
    statuses: BTreeMap<u16, usize>,
    reasons: BTreeMap<String, usize>,
}

impl Tally {
    /// Counts answers of httpd.
    pub fn answered(&mut self, answers: &[Real]) {
        self.pairs += answers.len();
        for real in answers {
            self.admitted += usize::from(real.admitted());
            *self.statuses.entry(real.status).or_default() += 1;
        }
    }

    /// Counts a decision that says that something is not known.
    pub fn undecided(&mut self, why: &str) {
        self.undecided += 1;
        *self.reasons.entry(why.to_owned()).or_default() += 1;
    }

    /// So many of a hundred pairs.
    pub fn percent(&self, of: usize) -> f64 {
        100.0 * of as f64 / self.pairs.max(1) as f64
    }
}

impl Display for Tally {
    fn fmt(&self, to: &mut Formatter<'_>) -> Result {
        let statuses: Vec<String> = self
            .statuses
            .iter()
            .map(|(status, many)| format!("{status}: {many}"))
            .collect();
        write!(
            to,
            "{} gates ({} of them refused by httpd), {} pairs ({}), {:.0}% let in, {:.1}% undecided, {} disagreements",
            self.gates,
            self.refused,
            self.pairs,
            statuses.join(", "),
            self.percent(self.admitted),
            self.percent(self.undecided),
            self.disagreements,
        )?;
        let mut reasons: Vec<_> = self.reasons.iter().collect();
        reasons.sort_by_key(|(_, many)| std::cmp::Reverse(**many));
        for (why, many) in reasons.into_iter().take(MOST_REASONS) {
            write!(to, "\n    undecided {many} times: {why}")?;
        }
        Ok(())
    }
}
