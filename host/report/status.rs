//! The exit status: what a script may conclude.
//!
//! Comes in: the summary and `--fail-on`. Goes out: 0, 1, 2 or 3. Never here: printing.
//!
//! Incomplete (3) wins over findings (1). Status 1 promises that what is listed is all there is; a script that sees it may
//! file the findings and close those that are gone. When something could not be read, that conclusion would be wrong. A
//! script that only wants to know whether there are findings reads them: they are printed in both cases.

use std::process::ExitCode;

use crate::model::Severity;

use crate::finding::Summary;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitStatus {
    /// 0: everything was read, and nothing was found at or above `--fail-on`.
    Clean,
    /// 1: everything was read, and something was found.
    Findings,
    /// 2: the command, a rule pack or a plugin cannot be used as given; nothing was scanned.
    Usage,
    /// 3: something could not be read, a limit was hit, or a plugin failed, whatever was found besides.
    Incomplete,
}

impl ExitStatus {
    /// The status of a finished run. Findings below `fail_on` are printed and do not count.
    pub fn of(summary: &Summary, fail_on: Severity) -> Self {
        if !summary.complete {
            Self::Incomplete
        } else if summary.severities.at_least(fail_on) > 0 {
            Self::Findings
        } else {
            Self::Clean
        }
    }

    /// The number that the shell sees.
    pub fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::Incomplete => 3,
        }
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> Self {
        Self::from(status.code())
    }
}
