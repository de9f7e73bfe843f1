//! Which methods a directive is about.

use crate::conf::Directive;
use crate::conf::walk::limits;

/// What a `<Limit>` around a directive says.
#[derive(Debug, Clone, Copy)]
pub(super) enum Limit<'s> {
    /// There is none: all methods.
    None,
    /// That one, or `<LimitExcept>`.
    To(&'s Directive),
}

impl Limit<'_> {
    /// Whether it is about requests of that method.
    pub(super) fn includes(self, method: &[u8]) -> bool {
        match self {
            Self::None => true,
            Self::To(section) => limits(section, method),
        }
    }
}
