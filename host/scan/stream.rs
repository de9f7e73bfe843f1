//! One stream under way: it deals out blocks, takes back what they yielded, and has them judged in order.

use std::sync::{Arc, Mutex, PoisonError, TryLockError};

use super::Run;
use super::file::{self, FileContext};
use super::judge::Judge;
use super::queue::{Event, Queue};
use super::records::{self, Scratch};
use crate::stream::{BlockBuffer, BlockSource, BlockTicket, Stream};

/// How many blocks of a stream may be away or waiting, for each worker: enough that none waits for another's slow block,
/// few enough that what waits fits into memory.
const WINDOW_PER_WORKER: u64 = 4;

pub(super) struct StreamRun<'r> {
    intake: Mutex<Intake<'r>>,
    queue: Mutex<Queue<'r>>,
    judge: Mutex<Judge<'r>>,
    window: u64,
}

struct Intake<'r> {
    stream: &'r Stream,
    next_file: usize,
    current: Option<(BlockSource, Arc<FileContext<'r>>)>,
    next_event: u64,
    ended: bool,
    buffer: BlockBuffer,
}

/// A block to scan.
pub(super) struct Job<'r> {
    number: u64,
    context: Arc<FileContext<'r>>,
    ticket: BlockTicket,
}

/// The answer to a worker that asks for work.
pub(super) enum Taken<'r> {
    Job(Job<'r>),
    /// Not now: another worker is at the intake, or too many blocks are away.
    Busy,
    /// All blocks are dealt out.
    Ended,
}

impl<'r> StreamRun<'r> {
    pub fn new(run: &'r Run<'r>, stream: &'r Stream, number: u32) -> Self {
        Self {
            intake: Mutex::new(Intake {
                stream,
                next_file: 0,
                current: None,
                next_event: 0,
                ended: false,
                buffer: BlockBuffer::default(),
            }),
            queue: Mutex::new(Queue::default()),
            judge: Mutex::new(Judge::new(run, stream, number)),
            window: WINDOW_PER_WORKER * run.plan.threads.max(1) as u64,
        }
    }

    /// The next block of the stream. For compressed files this is where they are unpacked, by one worker at a time.
    pub fn take(&self, run: &'r Run<'r>) -> Taken<'r> {
        let mut intake = match self.intake.try_lock() {
            Ok(intake) => intake,
            Err(TryLockError::WouldBlock) => return Taken::Busy,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        };
        if intake.ended {
            return Taken::Ended;
        }
        loop {
            if intake.next_event >= self.lock_queue().next() + self.window {
                return Taken::Busy;
            }
            let Intake {
                stream,
                next_file,
                current,
                next_event,
                ended,
                buffer,
            } = &mut *intake;
            let number = *next_event;
            *next_event += 1;
            if let Some((source, context)) = current
                && let Some(ticket) = source.next()
            {
                return Taken::Job(Job {
                    number,
                    context: Arc::clone(context),
                    ticket,
                });
            }
            let event = match current.take() {
                Some((source, context)) => Event::FileEnd(context, Box::new(source)),
                None => match stream.files.get(*next_file) {
                    None => {
                        *ended = true;
                        self.lock_queue().put(number, Event::StreamEnd);
                        return Taken::Ended;
                    }
                    Some(file) => {
                        let number = u32::try_from(*next_file).unwrap_or(u32::MAX);
                        *next_file += 1;
                        let (opened, coverage) = file::open(run, file, number, buffer);
                        *current = opened;
                        Event::NoFile(coverage)
                    }
                },
            };
            self.lock_queue().put(number, event);
        }
    }

    /// Scans a block and puts what it yields into the queue.
    pub fn scan(&self, run: &Run<'r>, job: Job<'r>, buffer: &mut BlockBuffer, scratch: &mut Scratch) {
        let Job {
            number,
            context,
            ticket,
        } = job;
        let found = ticket.read(buffer).map(|mut block| {
            // Unpacked bytes are not those that are to be read: a compressed file counts when it is done.
            if context.newlines.is_some() {
                run.progress
                    .done
                    .fetch_add(block.body().len() as u64, std::sync::atomic::Ordering::Relaxed);
            }
            records::candidates(&mut block, &context, scratch)
        });
        self.lock_queue().put(number, Event::Block(context, found));
    }

    /// Judges what is ready, unless another worker is at it: that one sees what has just arrived.
    pub fn judge(&self, buffer: &mut BlockBuffer) {
        while self.lock_queue().is_ready() {
            let mut judge = match self.judge.try_lock() {
                Ok(judge) => judge,
                Err(TryLockError::WouldBlock) => return,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            };
            // The lock on the queue is not held while the judge works.
            while let Some(event) = self.take_event() {
                judge.hear(event, buffer);
            }
            // An event that arrives between the last look and the release of the judge is seen by the outer loop.
        }
    }

    /// Whether everything of the stream was judged.
    pub fn is_done(&self) -> bool {
        self.judge.try_lock().is_ok_and(|judge| judge.is_done())
    }

    fn take_event(&self) -> Option<Event<'r>> {
        self.lock_queue().take()
    }

    fn lock_queue(&self) -> std::sync::MutexGuard<'_, Queue<'r>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
