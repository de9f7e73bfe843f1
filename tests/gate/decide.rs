//! The side that is put to the proof.
//!
//! Comes in: a configuration file and requests. Goes out: what becomes of them, or that this is not known. Whoever decides
//! sees the file that httpd reads, and nothing of the documents beside it.

use std::path::Path;

use crate::client::Message;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It is served, if what it asks for is there.
    Allow,
    Redirect,
    Forbid,
    NotFound,
    Undecided,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub outcome: Outcome,
    /// The status that is sent; 0 where that is not said.
    pub status: u16,
    /// Where a redirect leads; `None` where that is not said.
    pub location: Option<Vec<u8>>,
    /// What is not known, of what is undecided.
    pub why: String,
}

/// Who decides.
pub trait Decide {
    /// Opens a configuration.
    ///
    /// # Errors
    ///
    /// Why httpd would refuse to start with it.
    fn open(&self, conf: &Path) -> Result<Box<dyn Policies + '_>, String>;
}

/// The policies of one configuration.
pub trait Policies {
    /// Decides requests to the virtual host of this `ServerName`, one decision each, in order.
    fn decide(&self, host: &str, requests: &[Message]) -> Vec<Decision>;
}
