//! The tokens of expressions.

use crate::expr::tree::Order;

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::expr) enum Token {
    True,
    False,
    Digits(Vec<u8>),
    Name(String),
    /// A piece of a string.
    Text(Vec<u8>),
    Regex {
        pattern: Vec<u8>,
        case_insensitive: bool,
    },
    BackReference(u8),
    /// `-R`, without its dash.
    Unary(String),
    /// `-ipmatch`, without its dash.
    Binary(String),
    Quote,
    QuoteEnd,
    Variable,
    VariableEnd,
    /// `==`, `-eq` and the like.
    Compare {
        order: Order,
        numbers: bool,
    },
    /// `=~`, or `!~`.
    Matches {
        negated: bool,
    },
    In,
    Concat,
    Or,
    And,
    Not,
    Open,
    Close,
    ListOpen,
    ListClose,
    Comma,
    Colon,
}

impl Token {
    /// How it is called in a fault.
    pub(in crate::expr) fn called(&self) -> &'static str {
        match self {
            Self::True | Self::False => "a truth value",
            Self::Digits(_) => "a number",
            Self::Name(_) => "a name",
            Self::Text(_) | Self::Quote | Self::QuoteEnd => "a string",
            Self::Regex { .. } => "a regular expression",
            Self::BackReference(_) => "a back reference",
            Self::Unary(_) | Self::Binary(_) | Self::Compare { .. } | Self::Matches { .. } | Self::In => "an operator",
            Self::Variable | Self::VariableEnd => "a variable",
            Self::Concat => "`.`",
            Self::Or => "`||`",
            Self::And => "`&&`",
            Self::Not => "`!`",
            Self::Open => "`(`",
            Self::Close => "`)`",
            Self::ListOpen => "`{`",
            Self::ListClose => "`}`",
            Self::Comma => "`,`",
            Self::Colon => "`:`",
        }
    }
}
