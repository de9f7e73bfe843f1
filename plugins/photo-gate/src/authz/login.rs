//! Logins, as far as somebody without one is concerned.
//!
//! Comes in: the directives of scopes. Goes out: what httpd answers to somebody who would have to say who they are. Never here:
//! passwords, which nobody knows.

use crate::Place;
use crate::conf::Scope;
use crate::decide::Transaction;
use crate::oracle::Undecided;
use crate::request::Sent;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum User {
    /// Somebody who did not log in, or not yet.
    Nobody,
}

/// What a scope says about logins.
#[derive(Debug, Clone, Default)]
pub(super) struct Login {
    /// `AuthType`, and where it stands.
    kind: Option<(String, Place)>,
    has_name: bool,
    /// Something that may let in or ask in ways that are not followed.
    other: Option<Place>,
}

/// Directives of logins that are not followed.
const OTHERS: [&str; 6] = [
    "authbasicfake",
    "authformloginrequiredlocation",
    "authbasicauthoritative",
    "sslverifyclient",
    "sslrequire",
    "sslrequiressl",
];

impl Login {
    pub(super) fn of(scope: &Scope) -> Self {
        let mut login = Self::default();
        for directive in scope.directives() {
            match directive.name.as_str() {
                "authtype" => {
                    let kind = directive.args.first().map(|kind| kind.to_ascii_lowercase());
                    login.kind = Some((kind.unwrap_or_default(), directive.place));
                }
                "authname" => login.has_name = true,
                name if OTHERS.contains(&name) => login.other = Some(directive.place),
                _ => {}
            }
        }
        login
    }

    pub(super) fn is_empty(&self) -> bool {
        self.kind.is_none() && !self.has_name && self.other.is_none()
    }

    /// With that of a later scope.
    pub(super) fn merged(&self, over: &Self) -> Self {
        Self {
            kind: over.kind.clone().or_else(|| self.kind.clone()),
            has_name: over.has_name || self.has_name,
            other: over.other.or(self.other),
        }
    }

    /// Whether a login is asked for at all.
    pub(super) fn asks(&self) -> bool {
        self.kind.as_ref().is_some_and(|(kind, _)| kind != "none")
    }

    /// What does more than is followed.
    pub(super) fn not_followed(&self) -> Result<(), Undecided> {
        match self.other {
            Some(place) => Err(Undecided {
                place,
                why: "what this directive makes of a login or of TLS is not followed".to_owned(),
            }),
            None => Ok(()),
        }
    }

    /// The status that somebody gets who would have to log in.
    pub(super) fn required(&self, place: Place, tx: &mut Transaction) -> Result<u16, Undecided> {
        let Some((kind, place)) = self.kind.as_ref().filter(|_| self.asks()) else {
            // Nobody asks for a login, and without one there is no user: httpd takes that for a mistake.
            let _ = place;
            return Ok(500);
        };
        let undecided = |why: &str| Undecided {
            place: *place,
            why: why.to_owned(),
        };
        if kind != "basic" {
            return Err(undecided("what this kind of login answers is not followed"));
        }
        if !self.has_name {
            return Ok(500);
        }
        let sent = match tx.header(b"Authorization") {
            Sent::Absent => false,
            Sent::Value(_) => true,
            Sent::Unknown => tx
                .oracle
                .ask(*place, 2, || "whether a login was sent is not known".to_owned())?,
        };
        if sent {
            return Err(undecided("whether the login that was sent is right is not known"));
        }
        Ok(401)
    }
}
