//! What an expression looks at.
//!
//! Comes in: a tree. Goes out: its tests of addresses, for exact sets; its subjects, for whoever says what decided. Nothing is
//! evaluated: a part that is never reached counts as well.

use std::collections::BTreeSet;

use super::address::{AddressCondition, AddressTest, AddressTests, Whose};
use super::names::{Function, Variable};
use super::tree::{Node, NodeId, Order, Tree};
use crate::Place;
use crate::trace::Subject;

/// The tests of addresses.
pub(super) fn address_tests(tree: &Tree, place: Place) -> AddressTests {
    let mut found = AddressTests::default();
    // Each variable is in one part only, so those that no test accounts for are counted.
    let mut uses = 0_usize;
    let (mut back_references, mut captured) = (false, false);
    for node in tree.nodes() {
        match node {
            Node::Variable(variable) => uses += usize::from(address(variable)),
            Node::BackReference(_) => back_references = true,
            Node::ClientIn(network) => found.tests.push(AddressTest {
                place,
                whose: Whose::Client,
                condition: AddressCondition::In(*network),
            }),
            node => {
                let Some((whose, conditions)) = tests(tree, node) else {
                    continue;
                };
                uses -= 1;
                if let Node::Matches { regex, .. } = node {
                    captured |= regex.groups != Some(false);
                }
                found.tests.extend(conditions.into_iter().map(|condition| AddressTest {
                    place,
                    whose,
                    condition,
                }));
            }
        }
    }
    if uses > 0 || back_references && captured {
        found.looks_otherwise(place);
    }
    found
}

fn address(variable: &Variable) -> bool {
    match variable {
        Variable::ClientAddress | Variable::PeerAddress | Variable::PeerIsV6 => true,
        Variable::Untold(name) => name == "REMOTE_HOST",
        _ => false,
    }
}

fn whose(tree: &Tree, word: NodeId) -> Option<Whose> {
    match tree.get(word)? {
        Node::Variable(Variable::ClientAddress) => Some(Whose::Client),
        Node::Variable(Variable::PeerAddress) => Some(Whose::Peer),
        _ => None,
    }
}

/// The tests that a part is, if it looks at one address and at nothing else.
fn tests(tree: &Tree, node: &Node) -> Option<(Whose, Vec<AddressCondition>)> {
    let compared = |order, text: &[u8]| AddressCondition::Compared(order, text.to_vec());
    match node {
        Node::IpMatch(word, network) => Some((whose(tree, *word)?, vec![AddressCondition::In(*network)])),
        Node::Matches { word, regex, .. } => {
            let pattern = regex.pattern.as_ref().ok()?;
            Some((whose(tree, *word)?, vec![AddressCondition::Matches(pattern.clone())]))
        }
        Node::Compare {
            order,
            numbers: false,
            left,
            right,
        } => match (whose(tree, *left), whose(tree, *right)) {
            (Some(whose), None) => Some((whose, vec![compared(*order, tree.constant(*right)?)])),
            (None, Some(whose)) => Some((whose, vec![compared(order.exchanged(), tree.constant(*left)?)])),
            _ => None,
        },
        Node::In(word, list) => {
            let whose = whose(tree, *word)?;
            let conditions: Option<_> = list
                .iter()
                .map(|id| Some(compared(Order::Equal, tree.constant(*id)?)))
                .collect();
            Some((whose, conditions?))
        }
        _ => None,
    }
}

/// What is looked at.
pub(super) fn subjects(tree: &Tree) -> BTreeSet<Subject> {
    let mut subjects = BTreeSet::new();
    for node in tree.nodes() {
        let subject = match node {
            Node::ClientIn(_) => Subject::Address,
            Node::Variable(variable) if address(variable) => Subject::Address,
            Node::Variable(Variable::Header(name)) => header(name.as_bytes()),
            Node::Function(Function::Header, argument) => match tree.constant(*argument) {
                Some(name) => header(name),
                None => Subject::Other,
            },
            Node::Variable(Variable::ApiVersion | Variable::IsSubrequest) => continue,
            Node::Variable(_) | Node::InResult(..) => Subject::Other,
            Node::Function(
                Function::ResponseHeader
                | Function::RequestEnvironment
                | Function::Environment
                | Function::ProcessEnvironment
                | Function::Note
                | Function::File
                | Function::FileSize
                | Function::OfModule,
                _,
            ) => Subject::Other,
            _ => continue,
        };
        subjects.insert(subject);
    }
    subjects
}

fn header(name: &[u8]) -> Subject {
    let name = String::from_utf8_lossy(name).to_ascii_lowercase();
    if name == "cookie" {
        Subject::Cookie
    } else {
        Subject::Header(name)
    }
}

/// Whether `REMOTE_USER` is looked at.
pub(super) fn names_user(tree: &Tree) -> bool {
    tree.nodes()
        .any(|node| matches!(node, Node::Variable(Variable::Untold(name)) if name == "REMOTE_USER"))
}
