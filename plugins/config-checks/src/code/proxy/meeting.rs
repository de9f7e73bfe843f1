//! Who asks for the meeting server, and by which address.
//!
//! Comes in: the `widgets-config.xml` of every cell, and the fact `meetings.host`. Goes out: what is asked of a cell's
//! proxy. Never here: whether the widget is set up well.
//!
//! A widget that is commented out is no node and asks for nothing. A cell whose `widgets-config.xml` has no meeting widget
//! asks for nothing either, whatever the facts say: they name the meeting server for other reasons too.

use std::collections::{BTreeMap, BTreeSet};

use casebook_plugin_configs::{Document, Interest, Node};

use super::address::Address;
use crate::code::Inquiry;
use crate::code::listing::MOST_PLACES;

/// The item of the widget that says where the meeting server is.
const ITEM: &str = "sametimeMeetingsServerUrl";

/// Levels from an item up to its widget: itemSet, widgetDef, and one to spare.
const ABOVE_ITEM: usize = 3;

/// What one needs to see to know the widgets.
pub(crate) fn wants() -> Interest {
    Interest::in_kind("widgets-config.xml").nodes(["widgetDef", "item"])
}

/// Different addresses of one cell that are followed: 8. A cell has one meeting server, two while it moves.
const MOST_ADDRESSES: usize = 8;

/// The meeting widgets of a site.
#[derive(Debug)]
pub(crate) struct Meetings<'s> {
    cells: BTreeMap<&'s str, Cell<'s>>,
    /// What is in no known cell: it may belong to any.
    loose: Cell<'s>,
    /// All cells together, for what is in no known cell.
    all: Cell<'s>,
    fact: Option<Address>,
}

/// What the files of a cell say.
#[derive(Debug, Clone, Default)]
struct Cell<'s> {
    /// Whether there is a `widgets-config.xml` at all.
    seen: bool,
    /// Where the widget is set up: the item if there is one.
    places: Vec<Node<'s>>,
    addresses: BTreeSet<Address>,
}

/// What a cell asks of its proxy.
#[derive(Debug)]
pub(crate) enum Asked<'s> {
    /// Nothing.
    Nothing,
    /// A meeting server, and neither a file nor a fact says which.
    Unknown(Vec<Node<'s>>),
    /// These addresses.
    For(BTreeSet<Address>),
}

impl<'s> Meetings<'s> {
    /// The widgets of a site.
    pub(crate) fn of(inquiry: &Inquiry<'s>) -> Self {
        // A fact is the name of a host: how it is asked for is not said.
        let fact = Address::read(&inquiry.facts.meeting_host).map(|address| Address {
            scheme: None,
            port: None,
            path: String::new(),
            ..address
        });
        let mut meetings = Self {
            cells: BTreeMap::new(),
            loose: Cell::default(),
            all: Cell::default(),
            fact,
        };
        for document in inquiry.site.of_kind("widgets-config.xml") {
            let own = widgets(document);
            meetings.all.add(&own);
            match document.attribute("cell") {
                Some(cell) => meetings.cells.entry(cell).or_default().add(&own),
                None => meetings.loose.add(&own),
            }
        }
        meetings
    }

    /// Whether the widget is set up anywhere.
    pub(crate) fn installed(&self) -> bool {
        !self.all.places.is_empty()
    }

    /// Whether a `widgets-config.xml` shows which widgets a cell has.
    pub(crate) fn seen(&self, cell: Option<&str>) -> bool {
        self.known_of(cell).seen
    }

    /// Where a cell sets up the widget, at most [`MOST_PLACES`]; a cell without a name may be any.
    pub(crate) fn places(&self, cell: Option<&str>) -> Vec<Node<'s>> {
        self.known_of(cell).places
    }

    /// What a cell asks of its proxy.
    pub(crate) fn asked(&self, cell: Option<&str>) -> Asked<'s> {
        let known = self.known_of(cell);
        if !known.addresses.is_empty() {
            return Asked::For(known.addresses);
        }
        match &self.fact {
            Some(fact) if !known.places.is_empty() || !known.seen => Asked::For(BTreeSet::from([fact.clone()])),
            _ if known.places.is_empty() => Asked::Nothing,
            _ => Asked::Unknown(known.places),
        }
    }

    fn known_of(&self, cell: Option<&str>) -> Cell<'s> {
        let Some(cell) = cell else {
            return self.all.clone();
        };
        let mut known = self.cells.get(cell).cloned().unwrap_or_default();
        known.add(&self.loose);
        known
    }
}

impl<'s> Cell<'s> {
    fn add(&mut self, other: &Self) {
        self.seen |= other.seen;
        let room = MOST_PLACES.saturating_sub(self.places.len());
        self.places.extend(other.places.iter().take(room));
        let room = MOST_ADDRESSES.saturating_sub(self.addresses.len());
        self.addresses.extend(other.addresses.iter().take(room).cloned());
    }
}

/// What a document says: the item of the meeting widget, or the widget where the item is missing.
fn widgets(document: Document<'_>) -> Cell<'_> {
    let mut found = Cell {
        seen: true,
        ..Cell::default()
    };
    let mut with_item = BTreeSet::new();
    let items = document
        .named("item")
        .filter(|item| item.attribute("name").is_some_and(is_item));
    for item in items.take(MOST_PLACES) {
        let widget = item.ancestors().take(ABOVE_ITEM).find(|above| above.is("widgetDef"));
        with_item.extend(widget.map(|widget| widget.place().node));
        found.places.push(item);
        found.addresses.extend(item.attribute("value").and_then(Address::read));
    }
    let others = document.named("widgetDef").filter(|widget| is_meeting_widget(*widget));
    let others = others.filter(|widget| !with_item.contains(&widget.place().node));
    found.places.extend(others.take(MOST_PLACES));
    found
}

/// Files that were copied from a web page have their quotes inside the values.
fn is_item(name: &str) -> bool {
    name.trim_matches(|c: char| !c.is_ascii_alphanumeric())
        .eq_ignore_ascii_case(ITEM)
}

/// Whether a widget is the one for meeting rooms, by its name and by the file that it loads.
fn is_meeting_widget(widget: Node<'_>) -> bool {
    let says = |attribute: &str| {
        let value = widget.attribute(attribute).unwrap_or_default();
        let letters: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
        letters.to_ascii_lowercase().contains("meetingrooms")
    };
    says("defId") || says("url")
}
