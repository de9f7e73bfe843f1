//! The workers: rayon's threads, each taking the next block of any open stream.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use rayon::ThreadPool;

use super::records::Scratch;
use super::stream::{StreamRun, Taken};
use super::{Run, ScanError, ScanPlan};
use crate::stream::{BlockBuffer, Stream};

/// How long a worker without work waits before it looks again by itself. It is woken when a block was judged; this only
/// bounds what a wake-up missed between looking and sleeping would cost.
const DOZE: Duration = Duration::from_millis(2);

/// Streams under way, in order; those that are not begun yet.
struct Board<'r> {
    open: Vec<std::sync::Arc<StreamRun<'r>>>,
    next: usize,
}

/// The threads of a scan.
pub(super) fn pool(plan: &ScanPlan) -> Result<ThreadPool, ScanError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(plan.threads.max(1))
        .thread_name(|index| format!("scan-{index}"))
        .build()
        .map_err(|error| ScanError::Workers(error.to_string()))
}

/// Scans all streams.
pub(super) fn run<'r>(run: &'r Run<'r>, pool: &ThreadPool, streams: &'r [Stream]) {
    let threads = run.plan.threads.max(1);
    let board = Mutex::new(Board {
        open: Vec::new(),
        next: 0,
    });
    let freed = Condvar::new();
    pool.broadcast(|_| work(run, streams, &board, &freed, threads));
}

fn work<'r>(run: &'r Run<'r>, streams: &'r [Stream], board: &Mutex<Board<'r>>, freed: &Condvar, threads: usize) {
    let mut buffer = BlockBuffer::default();
    let mut scratch = Scratch::default();
    loop {
        let open = {
            let mut board = lock(board);
            board.open.retain(|stream| !stream.is_done());
            // One more than there are workers, so that one which finds every stream busy can begin another.
            while board.open.len() <= threads && board.next < streams.len() {
                let Some(stream) = streams.get(board.next) else { break };
                let number = u32::try_from(board.next).unwrap_or(u32::MAX);
                board
                    .open
                    .push(std::sync::Arc::new(StreamRun::new(run, stream, number)));
                board.next += 1;
            }
            if board.open.is_empty() {
                break;
            }
            board.open.clone()
        };
        let mut worked = false;
        for stream in &open {
            match stream.take(run) {
                Taken::Job(job) => {
                    stream.scan(run, job, &mut buffer, &mut scratch);
                    stream.judge(&mut buffer);
                    worked = true;
                    break;
                }
                Taken::Ended | Taken::Busy => stream.judge(&mut buffer),
            }
            if stream.is_done() {
                worked = true;
                break;
            }
        }
        if worked {
            freed.notify_all();
        } else if rayon::yield_now() != Some(rayon::Yield::Executed) {
            // Neither a block nor batches that another worker has to judge.
            let board = lock(board);
            drop(freed.wait_timeout(board, DOZE));
        }
    }
    freed.notify_all();
}

fn lock<'b, 'r>(board: &'b Mutex<Board<'r>>) -> std::sync::MutexGuard<'b, Board<'r>> {
    board.lock().unwrap_or_else(PoisonError::into_inner)
}
