//! Groups: what they have matched, references to them, and those that are not gone back into.

use super::super::program::Step;
use super::{Frame, Machine};

impl Machine<'_> {
    pub(super) fn open(&mut self, group: u32, at: u32) {
        self.tries += 1;
        if !self.keeps_groups {
            return;
        }
        if let Some(place) = self.opened.get_mut(group as usize) {
            let before = std::mem::replace(place, at);
            self.push(Frame::Opened { group, at: before });
        }
    }

    pub(super) fn close(&mut self, group: u32, at: u32) {
        if !self.keeps_groups {
            return;
        }
        let from = self.opened.get(group as usize).copied().unwrap_or(at);
        if let Some(place) = self.groups.get_mut(group as usize) {
            let (before_from, before_to) = std::mem::replace(place, (from, at));
            self.push(Frame::Group {
                group,
                from: before_from,
                to: before_to,
            });
        }
    }

    pub(super) fn reference(&mut self, group: u32, any_case: bool, at: u32) -> Option<u32> {
        let (from, to) = self.groups.get(group as usize).copied()?;
        let wanted = self.text.get(from as usize..to as usize)?;
        let there = self.text.get(at as usize..)?.get(..wanted.len())?;
        self.work += wanted.len() as u64 / 16;
        let same = if any_case {
            there.eq_ignore_ascii_case(wanted)
        } else {
            there == wanted
        };
        same.then_some(at + (to - from))
    }

    /// The way back into an atomic group or a look is closed; what groups were before stays known.
    pub(super) fn cut(&mut self) -> Option<(u32, u32)> {
        let barrier = self.barriers.pop()?;
        let Some(Frame::Barrier { step, at }) = self.stack.get(barrier).copied() else {
            return None;
        };
        self.work += (self.stack.len() - barrier) as u64 / 8;
        let mut kept = barrier;
        for number in barrier + 1..self.stack.len() {
            let Some(frame) = self.stack.get(number).copied() else {
                break;
            };
            if matches!(frame, Frame::Group { .. } | Frame::Opened { .. } | Frame::Mark { .. }) {
                if let Some(place) = self.stack.get_mut(kept) {
                    *place = frame;
                }
                kept += 1;
            }
        }
        self.stack.truncate(kept);
        Some((step, at))
    }

    pub(super) fn look_ends(&mut self) -> Option<(u32, u32)> {
        let barrier = *self.barriers.last()?;
        let Some(Frame::Barrier { step, at }) = self.stack.get(barrier).copied() else {
            return None;
        };
        let Some(Step::Look { negated, holds, fails }) = self.program.step(step) else {
            return None;
        };
        if !negated {
            self.cut();
            return Some((holds, at));
        }
        self.barriers.pop();
        while self.stack.len() > barrier {
            if let Some(frame) = self.stack.pop() {
                self.restore(frame);
            }
        }
        fails.map(|fails| (fails, at))
    }

    pub(super) fn restore(&mut self, frame: Frame) {
        match frame {
            Frame::Group { group, from, to } => {
                if let Some(place) = self.groups.get_mut(group as usize) {
                    *place = (from, to);
                }
            }
            Frame::Opened { group, at } => {
                if let Some(place) = self.opened.get_mut(group as usize) {
                    *place = at;
                }
            }
            Frame::Mark { mark, at } => {
                if let Some(place) = self.marks.get_mut(mark as usize) {
                    *place = at;
                }
            }
            _ => {}
        }
    }
}
