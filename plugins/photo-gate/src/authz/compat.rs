//! `Order`, `Allow`, `Deny`, `Satisfy`: all that 2.2 has of addresses, and what mod_access_compat keeps of it in 2.4.
//!
//! Comes in: the directives of a scope. Goes out: whether a request passes its lists. Those of one scope replace those of all scopes
//! before it, `Satisfy` of 2.2 aside.

use super::limit::Limit;
use super::limited;
use super::provider::is_set;
use crate::Refusal;
use crate::conf::{Directive, Item, Scope};
use crate::decide::Transaction;
use crate::expr::{AddressCondition, AddressTest, AddressTests, Network, Whose};
use crate::oracle::Undecided;
use crate::trace::{Decider, Step, Subject, Verdict};

/// `Order`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Order {
    #[default]
    DenyAllow,
    AllowDeny,
    MutualFailure,
}

/// An entry of a list.
#[derive(Debug)]
struct Entry<'s> {
    directive: &'s Directive,
    limit: Limit<'s>,
    from: From,
    /// The number of the word, for questions.
    number: u32,
}

#[derive(Debug)]
enum From {
    All,
    Network(Network),
    Set(String),
    NotSet(String),
    Host,
}

/// What a scope says.
#[derive(Debug)]
pub(super) struct Lists<'s> {
    orders: Vec<(Order, Limit<'s>, &'s Directive)>,
    allows: Vec<Entry<'s>>,
    denies: Vec<Entry<'s>>,
    satisfies: Vec<(bool, Limit<'s>)>,
    /// Its first directive.
    pub(super) first: Option<&'s Directive>,
}

impl<'s> Lists<'s> {
    /// Reads a scope; `None`: it says nothing.
    pub(super) fn of(scope: &'s Scope, refusals: &mut Vec<Refusal>) -> Option<Self> {
        let mut lists = Self {
            orders: Vec::new(),
            allows: Vec::new(),
            denies: Vec::new(),
            satisfies: Vec::new(),
            first: None,
        };
        for (item, limit) in limited(scope) {
            let Item::Directive(directive) = item else { continue };
            let first = directive
                .args
                .first()
                .map(|word| word.to_ascii_lowercase())
                .unwrap_or_default();
            let refused = match directive.name.as_str() {
                "order" => match first.as_str() {
                    "deny,allow" => lists.order(Order::DenyAllow, limit, directive),
                    "allow,deny" => lists.order(Order::AllowDeny, limit, directive),
                    "mutual-failure" => lists.order(Order::MutualFailure, limit, directive),
                    _ => Some("`Order` is `allow,deny`, `deny,allow` or `mutual-failure`".to_owned()),
                },
                "satisfy" => match first.as_str() {
                    "all" | "any" => {
                        lists.satisfies.push((first == "any", limit));
                        None
                    }
                    _ => Some("`Satisfy` is `all` or `any`".to_owned()),
                },
                "allow" | "deny" => lists.from(directive, limit),
                _ => continue,
            };
            lists.first.get_or_insert(directive);
            if let Some(why) = refused {
                refusals.push(Refusal {
                    place: directive.place,
                    why,
                });
            }
        }
        lists.first.is_some().then_some(lists)
    }

    fn order(&mut self, order: Order, limit: Limit<'s>, directive: &'s Directive) -> Option<String> {
        if directive.args.len() > 1 {
            return Some("`Order` takes one word, without a blank behind the comma".to_owned());
        }
        self.orders.push((order, limit, directive));
        None
    }

    fn from(&mut self, directive: &'s Directive, limit: Limit<'s>) -> Option<String> {
        let words = match directive.args.split_first() {
            Some((from, words)) if from.eq_ignore_ascii_case("from") && !words.is_empty() => words,
            _ => return Some(format!("`{}` is followed by `from` and by whom", directive.name)),
        };
        for (word, number) in words.iter().zip(1..) {
            let from = match From::read(word) {
                Ok(from) => from,
                Err(why) => return Some(why),
            };
            let entry = Entry {
                directive,
                limit,
                from,
                number,
            };
            if directive.name == "allow" {
                self.allows.push(entry);
            } else {
                self.denies.push(entry);
            }
        }
        None
    }

    /// Whether it says anything but `Satisfy`.
    pub(super) fn has_lists(&self) -> bool {
        !self.orders.is_empty() || !self.allows.is_empty() || !self.denies.is_empty()
    }

    pub(super) fn address_tests(&self, found: &mut AddressTests) {
        for entry in self.allows.iter().chain(&self.denies) {
            match &entry.from {
                From::Network(network) => found.tests.push(AddressTest {
                    place: entry.directive.place,
                    whose: Whose::Client,
                    condition: AddressCondition::In(*network),
                }),
                From::Host => found.looks_otherwise(entry.directive.place),
                From::All | From::Set(_) | From::NotSet(_) => {}
            }
        }
    }

    /// Whether one of `Satisfy`'s two is enough; `None`: it does not say.
    pub(super) fn satisfies_any(&self, method: &[u8]) -> Option<bool> {
        let about = self.satisfies.iter().filter(|(_, limit)| limit.includes(method));
        about.map(|(any, _)| *any).next_back()
    }

    /// Whether a request passes the lists; what decided is noted.
    pub(super) fn passes(&self, tx: &mut Transaction) -> Result<bool, Undecided> {
        let about = self
            .orders
            .iter()
            .filter(|(_, limit, _)| limit.includes(&tx.request.method));
        let order = about.map(|(order, ..)| *order).next_back().unwrap_or_default();
        Ok(match order {
            Order::AllowDeny => {
                let allowed = find(&self.allows, tx)?;
                match (allowed, find(&self.denies, tx)?) {
                    (_, Some(denied)) => denied.decides(false, tx),
                    (Some(allowed), None) => allowed.decides(true, tx),
                    (None, None) => self.nobody(tx),
                }
            }
            Order::DenyAllow => {
                let denied = find(&self.denies, tx)?;
                match (denied, find(&self.allows, tx)?) {
                    (_, Some(allowed)) => allowed.decides(true, tx),
                    (Some(denied), None) => denied.decides(false, tx),
                    (None, None) => true,
                }
            }
            Order::MutualFailure => {
                let Some(allowed) = find(&self.allows, tx)? else {
                    return Ok(self.nobody(tx));
                };
                match find(&self.denies, tx)? {
                    Some(denied) => denied.decides(false, tx),
                    None => allowed.decides(true, tx),
                }
            }
        })
    }

    /// Nobody was named: the order refuses.
    fn nobody(&self, tx: &mut Transaction) -> bool {
        if let Some((_, _, directive)) = self.orders.last() {
            tx.trace.deciders.push(Decider {
                place: directive.place,
                subject: Subject::Other,
                admitted: false,
            });
            tx.trace.step(|| Step {
                place: directive.place,
                text: format!("Order {}", directive.value),
                value: Vec::new(),
                verdict: Verdict::Held,
                note: "no `Allow` is about this client, so access is refused".to_owned(),
            });
        }
        false
    }
}

/// The first entry of a list that is about a request.
fn find<'e, 's>(list: &'e [Entry<'s>], tx: &mut Transaction) -> Result<Option<&'e Entry<'s>>, Undecided> {
    for entry in list.iter().filter(|entry| entry.limit.includes(&tx.request.method)) {
        let is_about = entry.is_about(tx)?;
        let client = tx.client;
        tx.trace.step(|| Step {
            place: entry.directive.place,
            text: entry.written(),
            value: match entry.from {
                From::Network(_) | From::Host => client.to_canonical().to_string().into_bytes(),
                _ => Vec::new(),
            },
            verdict: if is_about { Verdict::Held } else { Verdict::Failed },
            note: if is_about {
                "is about this request"
            } else {
                "is not about this request"
            }
            .to_owned(),
        });
        if is_about {
            return Ok(Some(entry));
        }
    }
    Ok(None)
}

impl Entry<'_> {
    fn written(&self) -> String {
        let name = if self.directive.name == "allow" {
            "Allow"
        } else {
            "Deny"
        };
        format!("{name} {}", self.directive.value)
    }

    fn is_about(&self, tx: &mut Transaction) -> Result<bool, Undecided> {
        Ok(match &self.from {
            From::All => true,
            From::Network(network) => network.contains(tx.client),
            From::Set(name) => is_set(name, tx),
            From::NotSet(name) => !is_set(name, tx),
            From::Host => tx.oracle.ask(self.directive.place, self.number, || {
                "the name of an address is not looked up".to_owned()
            })?,
        })
    }

    /// Notes that it decided, and hands on how.
    fn decides(&self, admitted: bool, tx: &mut Transaction) -> bool {
        tx.trace.deciders.push(Decider {
            place: self.directive.place,
            subject: match self.from {
                From::Network(_) | From::Host => Subject::Address,
                From::All | From::Set(_) | From::NotSet(_) => Subject::Other,
            },
            admitted,
        });
        admitted
    }
}

impl From {
    fn read(word: &str) -> Result<Self, String> {
        let lower = word.to_ascii_lowercase();
        if lower.starts_with("env=!") {
            return Ok(Self::NotSet(word.get(5..).unwrap_or_default().to_owned()));
        }
        if lower.starts_with("env=") {
            return Ok(Self::Set(word.get(4..).unwrap_or_default().to_owned()));
        }
        if lower == "all" {
            return Ok(Self::All);
        }
        match Network::parse(word.as_bytes()) {
            Some(network) => Ok(Self::Network(network)),
            None if word.contains('/') => Err(format!("`{word}` is no address")),
            None if word.contains('#') => Err("a comment behind names".to_owned()),
            None => Ok(Self::Host),
        }
    }
}
