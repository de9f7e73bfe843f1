//! The bar on standard error, for as long as a scan runs and only where somebody sees it.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::scan::Progress;

/// A scan that is over sooner than this shows no bar: one that flashes up and is gone is only noise.
const PATIENCE: Duration = Duration::from_millis(400);

/// How often the bar is drawn.
const REDRAW: Duration = Duration::from_millis(100);

/// A bar that is drawn until it is dropped.
pub(super) struct Bar {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Bar {
    /// Draws `progress`, if standard error is a terminal.
    pub fn draw(progress: &Arc<Progress>, quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self {
                stop: None,
                thread: None,
            };
        }
        let (stop, stopped) = channel();
        let progress = Arc::clone(progress);
        let thread = thread::spawn(move || {
            if stopped.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = ProgressBar::new(progress.total());
            let style = "{bar:40} {bytes}/{total_bytes}  {bytes_per_sec}  {eta} left";
            bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
            while stopped.recv_timeout(REDRAW) == Err(RecvTimeoutError::Timeout) {
                bar.set_length(progress.total());
                bar.set_position(progress.done().min(progress.total()));
            }
            bar.finish_and_clear();
        });
        Self {
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // The bar's thread has nothing that could fail the run.
            let _ = thread.join();
        }
    }
}
