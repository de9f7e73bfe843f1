//! Requests are decided, hook by hook, in httpd's order.

pub mod transaction;

pub use transaction::{Circumstances, Outcome, Transaction, Value};
