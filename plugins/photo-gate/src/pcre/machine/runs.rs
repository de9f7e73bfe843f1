//! Runs: what matches one byte, again and again.

use super::super::program::{Reach, Run, Step};
use super::super::tree::Appetite;
use super::{Frame, Machine};

impl Machine<'_> {
    /// How many bytes of a run there are from here, up to `most`.
    pub(super) fn reach(&mut self, run: &Run, at: u32, most: u32) -> u32 {
        let rest = self.text.get(at as usize..).unwrap_or_default();
        let rest = rest.get(..most as usize).unwrap_or(rest);
        let reach = match run.reach {
            Reach::All => rest.len(),
            Reach::Until(byte) => memchr::memchr(byte, rest).unwrap_or(rest.len()),
            Reach::Set => rest
                .iter()
                .position(|byte| !run.set.contains(*byte))
                .unwrap_or(rest.len()),
        };
        self.work += reach as u64 / 16;
        reach as u32
    }

    pub(super) fn run_of_bytes(&mut self, number: u32, run: u32, at: u32) -> Option<(u32, u32)> {
        let program = self.program;
        let run = program.runs.get(run as usize)?;
        if run.appetite == Appetite::Lazy {
            if self.reach(run, at, run.least) < run.least {
                return None;
            }
            self.visit(number, at)?;
            let end = at + run.least;
            if run.most > run.least {
                let most = at.saturating_add(run.most);
                self.push(Frame::TakeMore {
                    step: number,
                    most,
                    at: end,
                });
            }
            return Some((number + 1, end));
        }
        let reach = self.reach(run, at, run.most);
        if reach < run.least {
            return None;
        }
        // PCRE's tries, also where it sees a group of one item as a group.
        self.tries += u64::from(reach);
        if run.settled {
            return Some((number + 1, at + reach));
        }
        self.visit(number, at)?;
        self.give_back(number, run, at + run.least, at + reach)
    }

    /// The longest end of a run that is left, down to the least; what follows may tell that ends are in vain.
    pub(super) fn give_back(&mut self, number: u32, run: &Run, least: u32, at: u32) -> Option<(u32, u32)> {
        let mut end = at;
        if let Some(next) = run.next {
            let tried = self.text.get(least as usize..(at as usize + 1).min(self.text.len()))?;
            let found = memchr::memrchr(next, tried);
            end = least + found.map_or(0, |found| found as u32);
            self.tries += u64::from(at - end);
            self.work += u64::from(at - end) / 16;
            found?;
        }
        if end > least {
            self.push(Frame::GiveBack {
                step: number,
                least,
                at: end - 1,
            });
        }
        Some((number + 1, end))
    }

    pub(super) fn take_more(&mut self, step: u32, most: u32, at: u32) -> Option<(u32, u32)> {
        let Some(Step::Run(run)) = self.program.step(step) else {
            return None;
        };
        let run = self.program.runs.get(run as usize)?;
        if !run.set.contains(self.byte(at)?) {
            return None;
        }
        let at = at + 1;
        if at < most {
            self.push(Frame::TakeMore { step, most, at });
        }
        Some((step + 1, at))
    }
}
