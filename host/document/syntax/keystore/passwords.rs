//! The passwords that may open a key store.
//!
//! Comes in: what the user gave, in a file or in the environment. Goes out: what to try, in order. Never here: a password
//! in a message; printing a [`Passwords`] shows how many there are.

use std::fmt;

use zeroize::Zeroizing;

/// Passwords that a user may give: 32. Each costs a derivation of a key, for every store of every environment.
pub const MAX_PASSWORDS: usize = 32;

/// Tried last: nothing, and what every profile of WebSphere has until somebody changes it.
const WELL_KNOWN: [&str; 2] = ["", "WebAS"];

/// Candidates for the password of a key store. Their memory is wiped when they are dropped.
#[derive(Clone, Default)]
pub struct Passwords {
    given: Vec<Zeroizing<String>>,
}

/// More than [`MAX_PASSWORDS`] were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {MAX_PASSWORDS} passwords for key stores; leave out those that open nothing")]
pub struct TooManyPasswords;

impl Passwords {
    /// Adds a password; one that is there already changes nothing.
    ///
    /// # Errors
    ///
    /// [`TooManyPasswords`], and it is not added.
    pub fn add(&mut self, password: String) -> Result<(), TooManyPasswords> {
        let password = Zeroizing::new(password);
        if self.given.contains(&password) {
            return Ok(());
        }
        if self.given.len() >= MAX_PASSWORDS {
            return Err(TooManyPasswords);
        }
        self.given.push(password);
        Ok(())
    }

    /// Adds those of a file: one a line, exactly as it stands there, blanks included. Empty lines are none.
    ///
    /// # Errors
    ///
    /// [`TooManyPasswords`], and the first of them are added.
    pub fn add_lines(&mut self, text: &str) -> Result<(), TooManyPasswords> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        text.lines()
            .filter(|line| !line.is_empty())
            .try_for_each(|line| self.add(line.to_owned()))
    }

    /// What to try, in order.
    pub(super) fn candidates(&self) -> impl Iterator<Item = &str> {
        let given = self.given.iter().map(|password| password.as_str());
        let known = WELL_KNOWN
            .into_iter()
            .filter(|known| self.given.iter().all(|given| given.as_str() != *known));
        given.chain(known)
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Passwords({} given)", self.given.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_is_tried_in_order_and_what_everybody_knows_last() {
        let mut passwords = Passwords::default();
        passwords.add_lines("\u{FEFF}one\r\n\r\n two \nWebAS\none\n").unwrap();
        passwords.add("three".to_owned()).unwrap();
        assert_eq!(
            passwords.candidates().collect::<Vec<_>>(),
            ["one", " two ", "WebAS", "three", ""]
        );
    }

    #[test]
    fn printing_passwords_shows_none() {
        let mut passwords = Passwords::default();
        passwords.add("geheim".to_owned()).unwrap();
        assert_eq!(format!("{passwords:?}"), "Passwords(1 given)");
    }

    #[test]
    fn too_many_passwords_are_an_error() {
        let mut passwords = Passwords::default();
        let lines: String = (0..=MAX_PASSWORDS).map(|number| format!("{number}\n")).collect();
        assert_eq!(passwords.add_lines(&lines), Err(TooManyPasswords));
        assert_eq!(passwords.candidates().count(), MAX_PASSWORDS + WELL_KNOWN.len());
    }
}
