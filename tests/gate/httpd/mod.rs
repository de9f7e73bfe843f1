//! A real Apache httpd, to be asked.
//!
//! Comes in: the text of a configuration. Goes out: a server that answers on a port of its own on loopback, or why it
//! refuses to start. Never here: the machine's own httpd is not touched, its configuration not read.
//!
//! ```text
//!   Installation::find ─► Ground (a folder: documents, configuration, logs) ─► Running (one process, ended when dropped)
//! ```
//!
//! Each gate gets a process of its own: starting one takes some milliseconds, less than finding out which of many gates
//! in one file it is that httpd refuses.

mod ground;
mod installation;
mod running;
mod unpacked;

pub use ground::Ground;
pub use installation::Installation;
pub use running::{Running, Start};
