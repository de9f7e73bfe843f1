//! What is refused at check-in, or never applies, because it stands in the wrong place.
//!
//! Comes in: the proxy's configuration. Goes out: findings, one a cell, file and problem. Never here: what a policy allows.
//!
//! The order is that of every configuration that was delivered or documented by its maker, with one exception, the example
//! for the meeting widget, which wsadmin refuses: actions, headers, managed-headers, mime-types, cookies, managed-cookies
//! in a policy; settings (`meta-data`) after all policies; the policy for every address (`url="*"`) last, since it answers
//! for all that stands behind it.

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::{Document, Node};

use super::Gathered;
use crate::code::listing::{MOST_PLACES, listed};
use crate::report::{Entry, Report};

/// The elements of a policy in their order.
pub(super) const ELEMENTS: &[&str] = &[
    "actions",
    "headers",
    "managed-headers",
    "mime-types",
    "cookies",
    "managed-cookies",
];

/// Where a problem is: cell, file, and the url of the policy.
type Subject<'s> = (&'s str, &'s str, &'s str);

/// Judges the order in all files.
pub(super) fn judge(documents: &[Document<'_>], report: &mut Report) {
    elements(documents, report);
    settings(documents, report);
    behind_all(documents, report);
}

fn url(policy: Node<'_>) -> &str {
    policy.attribute("url").unwrap_or_default()
}

fn subject<'s>(document: Document<'s>, policy: Node<'s>) -> Subject<'s> {
    (
        document.attribute("cell").unwrap_or_default(),
        document.file_name(),
        url(policy),
    )
}

fn places<'r>(entry: Entry<'r>, places: &[Node<'_>]) -> Entry<'r> {
    places
        .iter()
        .take(MOST_PLACES)
        .fold(entry, |entry, place| entry.at(*place))
}

/// The place of an element in a policy; none for those whose place is not known.
fn rank(element: Node<'_>) -> Option<usize> {
    ELEMENTS.iter().position(|known| element.is(known))
}

/// Policies with their elements in another order.
fn elements(documents: &[Document<'_>], report: &mut Report) {
    let mut gathered: Gathered<'_, (Subject<'_>, String, String)> = BTreeMap::new();
    for document in documents {
        for policy in document.named("policy") {
            let ranks: Vec<usize> = policy.children().filter_map(rank).collect();
            if ranks.is_sorted() {
                continue;
            }
            let mut sorted = ranks.clone();
            sorted.sort_unstable();
            let names = |ranks: &[usize]| listed(ranks.iter().filter_map(|rank| ELEMENTS.get(*rank).copied()));
            let key = (subject(*document, policy), names(&ranks), names(&sorted));
            gathered.entry(key).or_default().push(policy);
        }
    }
    for (((cell, file, url), found, wanted), policies) in gathered {
        let message = format!(
            "The policy for {url} has its elements in the order {found}: {file} will be refused when it is checked in."
        );
        let entry = places(
            report.finding(format!("{cell} {file} elements {url}"), message),
            &policies,
        );
        entry
            .field("cell", cell)
            .field("url", url)
            .values(found, wanted)
            .enter();
    }
}

/// Policies behind the settings, which must follow them.
fn settings(documents: &[Document<'_>], report: &mut Report) {
    let mut gathered: Gathered<'_, (&str, &str)> = BTreeMap::new();
    for document in documents {
        // The first setting in each parent; a policy has none of its own.
        let mut settings: BTreeMap<u32, Node<'_>> = BTreeMap::new();
        let mut misplaced = Vec::new();
        for node in document.nodes() {
            let Some(parent) = node.parent().map(|parent| parent.place().node) else {
                continue;
            };
            if node.is("meta-data") {
                settings.entry(parent).or_insert(node);
            } else if node.is("policy")
                && let Some(before) = settings.get(&parent)
            {
                misplaced.extend([node, *before]);
            }
        }
        if let Some(policy) = misplaced.first() {
            let (cell, file, _) = subject(*document, *policy);
            gathered
                .entry((cell, file))
                .or_default()
                .extend(misplaced.into_iter().take(MOST_PLACES));
        }
    }
    for ((cell, file), nodes) in gathered {
        let policies = nodes.iter().filter(|node| node.is("policy"));
        let behind = listed(policies.map(|policy| url(*policy)).collect::<BTreeSet<_>>());
        let message = format!("In {file} meta-data stands before policies ({behind}): it will be refused at check-in.");
        let entry = places(report.finding(format!("{cell} {file} settings"), message), &nodes);
        entry
            .field("cell", cell)
            .field("behind", behind)
            .values("meta-data before policies", "meta-data after all policies")
            .enter();
    }
}

/// Policies behind the one for every address.
fn behind_all(documents: &[Document<'_>], report: &mut Report) {
    let mut gathered: Gathered<'_, (&str, &str)> = BTreeMap::new();
    for document in documents {
        let mut policies = document.named("policy").skip_while(|policy| url(*policy).trim() != "*");
        let Some(all) = policies.next() else {
            continue;
        };
        let behind: Vec<_> = policies.collect();
        if behind.is_empty() {
            continue;
        }
        let (cell, file, _) = subject(*document, all);
        let nodes = gathered.entry((cell, file)).or_default();
        nodes.push(all);
        nodes.extend(behind.into_iter().take(MOST_PLACES));
    }
    for ((cell, file), nodes) in gathered {
        let urls = nodes.iter().map(|policy| url(*policy));
        let urls: BTreeSet<&str> = urls.filter(|url| url.trim() != "*").collect();
        let behind = listed(urls);
        let message =
            format!("In {file} the policy for every address stands before others, which never apply: {behind}.");
        let entry = places(report.finding(format!("{cell} {file} behind"), message), &nodes);
        entry
            .field("cell", cell)
            .field("behind", behind)
            .values("url=\"*\" before other policies", "url=\"*\" as the last policy")
            .enter();
    }
}
