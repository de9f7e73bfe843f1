//! XML, and what is nearly XML.
//!
//! Comes in: the text of a file. Goes out: a tree whose root is the root element, with a node for each element and its
//! attributes, and a remark for all that is not well-formed and for what was made of it. Never here: files, networks,
//! schemas, namespaces (a prefix is part of a name), and entities beyond the plain ones: none is fetched, none is
//! expanded inside of another, so that no text grows by more than a megabyte.
//!
//! ```text
//!  text ──tokens──► tag ──attributes──► name, value ──entities──┐
//!         quick-xml      tolerant        references resolved    ▼
//!                  text, CDATA, references ──────────────► elements ──► tree
//!                                                          what is open, what was never closed
//! ```
//!
//! One pass serves good files and broken ones, because the broken ones are those that people copy out of articles: tags
//! that nobody closes, typographic quotes, a list of elements without a root. [quick-xml](quick_xml) tells tokens apart,
//! the fastest tokenizer that is well kept and borrows from the text; whether they belong together is checked here,
//! since it stops where this has to go on. Where it stops or runs too far, reading goes on behind the markup that is
//! broken; what was read in vain is counted and has a limit, so that the time stays in proportion to the text.
//!
//! Not everything that is not well-formed is said, only what could change the tree: the inside of a comment, of the XML
//! declaration and of declarations that are skipped is nobody's concern. Defaults that a DOCTYPE gives to attributes
//! are not applied.

mod attributes;
mod elements;
mod entities;
mod fault;
mod place;
mod quotes;
mod tags;
#[cfg(test)]
mod tests;
mod tokens;
mod values;

use crate::document::{At, Full, Parsed};

use attributes::{Attributes, Found, Names};
use elements::Elements;
use entities::{Entities, Resolved};
use fault::{Fault, Remarks};
use place::Place;
use tags::Tag;
use tokens::{Kind, Tokens};

/// The tree of a text of at most 64 MiB without a byte order mark.
pub fn parse(text: &str) -> Parsed {
    let mut reading = Reading::of(text);
    reading.run();
    let tree = reading.elements.finish(&mut reading.remarks);
    Parsed {
        tree,
        remarks: reading.remarks.sorted(),
    }
}

struct Reading<'t> {
    tokens: Tokens<'t>,
    place: Place<'t>,
    entities: Entities<'t>,
    elements: Elements<'t>,
    remarks: Remarks<'t>,
    /// The names of the attributes of one tag.
    names: Names<'t>,
    /// The value of one attribute.
    value: String,
}

impl<'t> Reading<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            tokens: Tokens::of(text),
            place: Place::of(text),
            entities: Entities::default(),
            elements: Elements::of(text.len()),
            remarks: Remarks::default(),
            names: Names::default(),
            value: String::new(),
        }
    }

    fn run(&mut self) {
        loop {
            let token = self.tokens.next();
            if let Some(fault) = token.fault {
                self.remark(token.start, fault);
            }
            match token.kind {
                Kind::Text(text) => self.text(token.start, text),
                Kind::Reference(name) => self.reference(token.start, name),
                Kind::Start(tag) => {
                    if let Err(full) = self.start(token.start, tag) {
                        self.remark(token.start, Fault::Full(full));
                        self.elements.stop();
                        return;
                    }
                }
                Kind::End(name) => {
                    if !self.elements.close(name, &mut self.remarks) {
                        self.remark(token.start, Fault::Unmatched(name));
                    }
                }
                Kind::Doctype(doctype) => {
                    if !self.entities.declare(doctype) {
                        self.remark(token.start, Fault::TooManyEntities);
                    }
                }
                Kind::Nothing => {}
                Kind::EndOfText => return,
            }
        }
    }

    fn remark(&mut self, offset: usize, fault: Fault<'t>) {
        if !self.remarks.ignore(fault) {
            self.remarks.add(self.place.at(offset).line, fault);
        }
    }

    fn text(&mut self, start: usize, text: &str) {
        if !self.elements.text(text) {
            let blanks = text.len() - text.trim_start().len();
            self.remark(start + blanks, Fault::Outside);
        }
    }

    fn reference(&mut self, start: usize, name: &'t str) {
        let inside = match self.entities.resolve(name) {
            Ok(Resolved::Character(character)) => self.elements.text(character.encode_utf8(&mut [0; 4])),
            Ok(Resolved::Text(text)) => self.elements.text(text),
            Err(fault) => {
                self.remark(start, fault);
                self.elements.text("&") && self.elements.text(name) && self.elements.text(";")
            }
        };
        if !inside {
            self.remark(start, Fault::Outside);
        }
    }

    /// An element that is too deep is left out with all in it; no other limit is survived.
    fn start(&mut self, start: usize, tag: Tag<'t>) -> Result<(), Full> {
        let at = self.place.at(start);
        match self.elements.open(tag.name, at, &mut self.remarks) {
            Ok(()) => {
                self.attributes(at, tag)?;
                if tag.empty {
                    self.elements.close_innermost();
                }
                Ok(())
            }
            Err(Full::Depth) => {
                self.remarks.add(at.line, Fault::Full(Full::Depth));
                if !tag.empty {
                    self.elements.descend();
                }
                Ok(())
            }
            Err(full) => Err(full),
        }
    }

    fn attributes(&mut self, at: At, tag: Tag<'t>) -> Result<(), Full> {
        if tag.attributes.is_empty() {
            return Ok(());
        }
        self.names.clear();
        let one_line = memchr::memchr(b'\n', tag.attributes.as_bytes()).is_none();
        for found in Attributes::of(tag.attributes) {
            let line = if one_line {
                at.line
            } else {
                self.place.at(tag.attributes_at + found.offset).line
            };
            if let Some(fault) = found.fault {
                self.remarks.add(line, fault);
            }
            self.attribute(line, found)?;
        }
        Ok(())
    }

    fn attribute(&mut self, line: u32, found: Found<'t>) -> Result<(), Full> {
        if found.name.is_empty() {
            return Ok(());
        }
        if !self.names.are_new(found.name) {
            self.remarks.add(line, Fault::Duplicate(found.name));
        }
        if entities::is_plain(found.value) {
            return self.elements.attribute(found.name, found.value, line);
        }
        self.value.clear();
        let remarks = &mut self.remarks;
        self.entities
            .attribute_value(found.value, &mut self.value, |fault| remarks.add(line, fault));
        self.elements.attribute(found.name, &self.value, line)
    }
}
