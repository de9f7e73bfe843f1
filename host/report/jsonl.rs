//! JSON Lines: the contract, one object a line.
//!
//! Comes in: objects. Goes out: each on a line of its own, as soon as it comes when somebody is watching. Never here:
//! anything that is not in the objects; the other formats are made from the same.

use std::io::{self, Write};

use crate::finding::{CoverageEntry, Finding, Object, Summary};

use super::{Report, json};

/// Writes objects to `out`.
pub struct Jsonl<W> {
    out: W,
    interactive: bool,
}

type Written<'a> = Object<&'a Finding, &'a CoverageEntry, &'a Summary>;

impl<W: Write> Jsonl<W> {
    /// A report into `out`, flushed after each object if it is `interactive`: a terminal, or a pipe that somebody reads
    /// while the logs grow.
    pub fn new(out: W, interactive: bool) -> Self {
        Self { out, interactive }
    }

    fn object(&mut self, object: &Written<'_>) -> io::Result<()> {
        json::write(&mut self.out, object)?;
        self.out.write_all(b"\n")?;
        if self.interactive { self.out.flush() } else { Ok(()) }
    }
}

impl<W: Write> Report for Jsonl<W> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.object(&Object::Finding(finding))
    }

    fn coverage(&mut self, entry: &CoverageEntry) -> io::Result<()> {
        self.object(&Object::Coverage(entry))
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.object(&Object::Summary(summary))?;
        self.out.flush()
    }
}
