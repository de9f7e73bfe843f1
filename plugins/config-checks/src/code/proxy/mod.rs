//! The AJAX proxy of Connections, and whether the meeting server may be reached through it.
//!
//! Comes in: the proxy's configuration (`proxy-config.tpl` and its versions for single applications), the dynamic rules, and
//! the widgets, which say whether anybody asks for the meeting server at all. Goes out: findings of two rules. Never here:
//! the widget's own settings.
//!
//! ```text
//! widgets-config.xml ─ meeting ─► which address is asked for, in which cell
//!                                      │
//! proxy-config.tpl ──── policy ─► is there a policy for it        order ─► what is refused at check-in
//! proxy-rules ───────── allow ──► do the rules admit it
//! ```
//!
//! The proxy answers 403 where no policy fits. The same configuration lies in the folder of the deployment manager and,
//! copied, in that of every node: what is wrong in the copies is one finding a cell.

mod address;
mod allow;
pub(crate) mod meeting;
mod order;
mod policy;

pub(crate) use allow::CHECK as ALLOW;
pub(crate) use policy::CHECK as POLICY;

use std::collections::BTreeMap;

use casebook_plugin_configs::Node;

/// Places by what makes them one finding, in a fixed order.
type Gathered<'s, K> = BTreeMap<K, Vec<Node<'s>>>;

#[cfg(test)]
mod tests;
