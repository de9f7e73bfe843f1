//! The plugin as it is shipped, in its sandbox, asked through the library: what is put to the proof.

use std::path::Path;
use std::sync::{Mutex, OnceLock};

use casebook::gate::{self, Request};
use casebook::plugin::{Cache, Compiler, Limits, Sandbox, default_cache_folder};
use casebook::rulebook::{Rulebook, Thoroughness};

use crate::client::Message;
use crate::decide::{Decide, Decision, Outcome, Policies};
use crate::httpd::Installation;

/// The plugin.
pub struct Sandboxed {
    pub rulebook: Rulebook,
}

/// The policies of one configuration.
struct Opened {
    policies: Mutex<gate::Policies>,
}

impl Sandboxed {
    /// The same for all tests of this process: compiled once.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Sandboxed> = OnceLock::new();
        SHARED.get_or_init(|| {
            let cache = default_cache_folder().and_then(|folder| Cache::open(&folder).ok());
            let sandbox = Sandbox::new(Limits::default(), cache).expect("a sandbox");
            let bytes = include_bytes!(concat!(env!("CASEBOOK_GUESTS"), "/photo-gate.wasm"));
            let plugin = sandbox
                .load("photo-gate", bytes, &Compiler::Inside)
                .expect("the plugin");
            let rulebook = Rulebook::build(vec![plugin], Vec::new(), Thoroughness::Foreign).expect("a rulebook");
            Self { rulebook }
        })
    }
}

impl Decide for Sandboxed {
    fn open(&self, conf: &Path) -> Result<Box<dyn Policies + '_>, String> {
        let member = self.rulebook.members.first().expect("the plugin");
        // As an administrator would say it in environment.toml: versions of 2.4 differ.
        let version = Installation::find().map(|installation| number(&installation.version).to_owned());
        let policies = gate::Policies::open(conf, version.as_deref(), member).map_err(|error| error.to_string())?;
        Ok(Box::new(Opened {
            policies: Mutex::new(policies),
        }))
    }
}

/// `2.4.71` of `Apache/2.4.71 (Debian)`.
fn number(version: &str) -> &str {
    let number = version.split_once('/').map_or(version, |(_, number)| number);
    number.split_whitespace().next().unwrap_or(number)
}

impl Policies for Opened {
    fn decide(&self, host: &str, messages: &[Message]) -> Vec<Decision> {
        let mut policies = self.policies.lock().expect("no test panicked here");
        let card = policies.choose(Some(host)).expect("the host").clone();
        let requests: Vec<Request> = messages.iter().map(request).collect();
        let decisions = policies.decide(card.number, &requests).expect("decisions");
        let outcomes = decisions.outcomes.iter().map(|outcome| match outcome {
            casebook::plugin::PolicyOutcome::Allow => Outcome::Allow,
            casebook::plugin::PolicyOutcome::Redirect => Outcome::Redirect,
            casebook::plugin::PolicyOutcome::Forbid => Outcome::Forbid,
            casebook::plugin::PolicyOutcome::NotFound => Outcome::NotFound,
            casebook::plugin::PolicyOutcome::Undecided => Outcome::Undecided,
        });
        let answered = outcomes.zip(&decisions.statuses).zip(&requests);
        answered
            .map(|((outcome, status), request)| {
                let mut decision = Decision {
                    outcome,
                    status: u16::try_from(*status).expect("a status"),
                    location: None,
                    why: String::new(),
                };
                if matches!(outcome, Outcome::Redirect | Outcome::Undecided) {
                    let told = policies.explain(&card, request).expect("an explanation");
                    assert_eq!(told.status, *status, "explained as it was decided");
                    // Bytes that are no text are shown as such, and cannot be compared.
                    let is_text = !told.location.is_empty() && !told.location.contains(char::REPLACEMENT_CHARACTER);
                    decision.location = is_text.then(|| told.location.into_bytes());
                    decision.why = told.summary;
                }
                decision
            })
            .collect()
    }
}

fn request(message: &Message) -> Request {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let fields = message.fields();
    Request {
        address: message.address.into(),
        method: text(&message.method),
        target: message.target.clone(),
        headers: fields
            .into_iter()
            .map(|(name, value)| (text(name), value.to_vec()))
            .collect(),
        unknown: Vec::new(),
    }
}
