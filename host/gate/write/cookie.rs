//! Names of cookies.

use super::Fault;

/// The name of a cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieName(String);

impl CookieName {
    /// A name, if a cookie can have it.
    ///
    /// # Errors
    ///
    /// [`Fault::Cookie`].
    pub fn new(name: &str) -> Result<Self, Fault> {
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if !name.is_empty() && name.bytes().all(is_of_name) {
            Ok(Self(name.to_owned()))
        } else {
            Err(Fault::Cookie(name.to_owned()))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A regular expression that finds the cookie, with any value but an empty one, in a header.
    pub(super) fn pattern(&self) -> String {
        let mut pattern = r"(^|;\s*)".to_owned();
        for c in self.0.chars() {
            // `%` and `#` mean nothing in a pattern, but the first begins a variable in other places and the second a comment.
            if !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-') {
                pattern.push('\\');
            }
            pattern.push(c);
        }
        pattern.push_str("=[^;]+");
        pattern
    }
}
