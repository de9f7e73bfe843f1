//! One request on its way through the server.
//!
//! Comes in: a request. Goes through: the hooks of httpd in their order, each of which may change it. Goes out: what became of
//! it. Everything that a hook may look at or change stands here, as `request_rec` does in httpd.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::Place;
use crate::conf::Version;
use crate::oracle::{Oracle, Undecided};
use crate::request::Request;
use crate::trace::Trace;

/// A value that may not be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Known; what is not set is empty.
    Known(Vec<u8>),
    /// Not known, and why, in a clause such as "the log does not say which cookies were sent".
    Unknown(String),
}

/// What does not change on the way: the server's side.
#[derive(Debug, Clone)]
pub struct Circumstances {
    /// Which httpd.
    pub version: Version,
    /// The last of its three numbers; `None`: not known.
    pub patch: Option<u32>,
    /// The port on which the request arrived; `None`: not known.
    pub port: Option<u16>,
    /// Whether it came by TLS; `None`: not known.
    pub https: Option<bool>,
    /// The virtual host's name, as `%{SERVER_NAME}` gives it; empty: not known.
    pub server_name: String,
    /// The port that the client said in `Host` or in an absolute target; `None`: none was said.
    pub said_port: Option<u16>,
    /// `DocumentRoot`; empty: not known.
    pub document_root: String,
}

/// A request on its way.
#[derive(Debug)]
pub struct Transaction<'r> {
    /// As it was sent.
    pub request: &'r Request,
    /// Where it arrived.
    pub circumstances: &'r Circumstances,
    /// Who is asked about by `REMOTE_ADDR` and `Require ip`: the peer, or what mod_remoteip made of it.
    pub client: IpAddr,
    /// The path, decoded, `//` and `..` resolved; rules may change it.
    pub uri: Vec<u8>,
    /// Without `?`; `None`: none was sent.
    pub query: Option<Vec<u8>>,
    /// The file to which it was mapped; `None`: not yet.
    pub filename: Option<Vec<u8>>,
    /// What follows the file in the path.
    pub path_info: Vec<u8>,
    /// `subprocess_env`: by `SetEnvIf`, `[E=…]`, `SetEnv` (which comes after access control).
    pub env: BTreeMap<String, Vec<u8>>,
    /// Headers as they are seen from now on, where something changed them (`RequestHeader`, mod_remoteip takes out what it used):
    /// by name in small letters; `None`: taken out.
    pub changed_headers: BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// How often the request was redirected inside the server.
    pub internal_redirects: u32,
    /// Answers what cannot be known.
    pub oracle: &'r mut Oracle,
    /// What was looked at.
    pub trace: &'r mut Trace,
}

/// Whether httpd is that 2.4 or a later one, if one knows the patch or else asks.
pub(super) fn is_since(
    known: Option<u32>,
    patch: u32,
    place: Place,
    number: u32,
    oracle: &mut Oracle,
    why: impl FnOnce() -> String,
) -> Result<bool, Undecided> {
    match known {
        Some(known) => Ok(known >= patch),
        None => oracle.ask(place, number, why),
    }
}

/// What a hook says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing: the next hook.
    Declined,
    /// Done for this phase.
    Ok,
    /// An answer with that status; for 3xx, where to.
    Answer {
        /// The status.
        status: u16,
        /// The redirect's target as it would be sent, as far as it is known.
        location: Vec<u8>,
    },
    /// The server starts anew with another target, as if that had been sent: it is decoded and its slashes and dots are resolved
    /// once more, the environment's names get `REDIRECT_` before them, and there is no file yet.
    Redirected {
        /// The path, which begins with a slash.
        uri: Vec<u8>,
        /// Without `?`.
        query: Option<Vec<u8>>,
    },
}

impl Transaction<'_> {
    /// Whether httpd is that 2.4 or a later one: a question, unless the configuration's facts say so.
    ///
    /// # Errors
    ///
    /// When there are too many questions.
    pub fn is_since(
        &mut self,
        patch: u32,
        place: Place,
        number: u32,
        why: impl FnOnce() -> String,
    ) -> Result<bool, Undecided> {
        is_since(self.circumstances.patch, patch, place, number, self.oracle, why)
    }

    /// What is known of a header at this moment.
    pub fn header(&self, name: &[u8]) -> crate::request::Sent {
        match self.changed_headers.get(name.to_ascii_lowercase().as_slice()) {
            Some(Some(value)) => crate::request::Sent::Value(value.clone()),
            Some(None) => crate::request::Sent::Absent,
            None => self.request.header(name),
        }
    }
}
