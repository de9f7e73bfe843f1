//! Documents of a Domino directory, however they were exported.
//!
//! Comes in: a site. Goes out: [`Note`]s with their [`Item`]s, the same for DXL and for exported text. Never here: what an
//! item means; and never the value of a key: the host masks it, and no check has a use for it.
//!
//! ```text
//! DXL:   <document form='Server'><item name='ServerName'><text>CN=…</text></item></document>     one file, many notes
//! text:  ServerName:  CN=…                                                                     one note, or several
//! ```
//!
//! A note's form is an attribute in DXL and an item in text. Items of many values are text lists in DXL and one line in
//! text, where commas and semicolons separate the values.

mod name;

use casebook_plugin_configs::{Interest, Node, Site};

pub(crate) use name::Name;

/// The forms of notes that checks look at.
pub(crate) mod form {
    /// A Web SSO Configuration document.
    pub(crate) const WEB_SSO: &str = "WebSSOConfig";
    /// A server document.
    pub(crate) const SERVER: &str = "Server";
    /// A server Configuration document, whose settings the server takes into its notes.ini.
    pub(crate) const SERVER_CONFIGURATION: &str = "ServerConfig";
}

/// What the host has to hand over for notes to be seen.
pub(crate) fn wants() -> [Interest; 2] {
    [
        Interest::in_kind("dxl").nodes(["item", "text"]),
        Interest::in_kind("domino-document"),
    ]
}

/// A document of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Note<'s>(Node<'s>);

/// An item of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Item<'s>(Node<'s>);

/// All notes of a site.
pub(crate) fn notes(site: &Site) -> impl Iterator<Item = Note<'_>> {
    let exports = site
        .documents()
        .filter(|document| matches!(document.kind(), "dxl" | "domino-document"));
    exports.flat_map(|export| export.named("document")).map(Note)
}

/// The notes of a form.
pub(crate) fn of_form<'s>(site: &'s Site, form: &'static str) -> impl Iterator<Item = Note<'s>> {
    notes(site).filter(move |note| note.form().eq_ignore_ascii_case(form))
}

impl<'s> Note<'s> {
    /// Where it begins.
    pub(crate) fn place(self) -> Node<'s> {
        self.0
    }

    /// The form with which it was made; empty where that is not said.
    pub(crate) fn form(self) -> &'s str {
        match self.0.attribute("form") {
            Some(form) => form,
            None => self.item("Form").map_or("", Item::text),
        }
    }

    /// Its items.
    pub(crate) fn items(self) -> impl Iterator<Item = Item<'s>> {
        self.0.children().map(Item).filter(|item| !item.name().is_empty())
    }

    /// The first item of that name, in any case.
    pub(crate) fn item(self, name: &str) -> Option<Item<'s>> {
        self.items().find(|item| item.name().eq_ignore_ascii_case(name))
    }

    /// The first value of the item of that name; empty where there is none.
    pub(crate) fn text(self, name: &str) -> &'s str {
        self.item(name).map_or("", Item::text)
    }
}

impl<'s> Item<'s> {
    /// Where it stands.
    pub(crate) fn place(self) -> Node<'s> {
        self.0
    }

    /// Its name. Elements of DXL that are no items, such as those about the note, have none.
    pub(crate) fn name(self) -> &'s str {
        match (self.0.document().kind(), self.0.attribute("name")) {
            ("dxl", Some(name)) if self.0.is("item") => name,
            ("dxl", _) => "",
            _ => self.0.name(),
        }
    }

    /// Its values, without the blanks around them.
    pub(crate) fn values(self) -> Vec<&'s str> {
        let written = match self.0.document().kind() {
            "dxl" => {
                let texts = self.0.descendants().filter(|node| node.is("text"));
                texts.map(Node::value).collect()
            }
            _ => self.0.value().split([',', ';']).collect::<Vec<_>>(),
        };
        let values = written.into_iter().map(str::trim);
        values.filter(|value| !value.is_empty()).collect()
    }

    /// Its first value.
    fn text(self) -> &'s str {
        self.values().first().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use casebook_plugin_configs::{DrawnSite, Site};

    use super::*;

    fn site() -> Site {
        let mut site = DrawnSite::new("acme", "{}");
        let mut dxl = site.document("names.dxl", "dxl", "xml", &[], "database");
        let note = dxl.node(0, "document", "", 2, &[("form", "Server")]);
        dxl.node(note, "noteinfo", "", 3, &[]);
        let item = dxl.node(note, "item", "", 4, &[("name", "ServerName")]);
        dxl.node(item, "text", " CN=A/O=ACME ", 4, &[]);
        let item = dxl.node(note, "item", "", 5, &[("name", "Members")]);
        let list = dxl.node(item, "textlist", "", 5, &[]);
        dxl.node(list, "text", "a, b", 6, &[]);
        dxl.node(list, "text", "c", 7, &[]);
        let mut text = site.document("sso.txt", "domino-document", "items", &[], "document");
        text.node(0, "Form", "WebSSOConfig", 1, &[]);
        text.node(0, "Members", "a, b;c", 2, &[]);
        site.into_site().unwrap()
    }

    #[test]
    fn notes_are_the_same_from_dxl_and_from_text() {
        let site = site();
        let forms: Vec<_> = notes(&site).map(Note::form).collect();
        assert_eq!(forms, ["Server", "WebSSOConfig"]);
        let server = of_form(&site, form::SERVER).next().unwrap();
        assert_eq!((server.text("servername"), server.text("Gone")), ("CN=A/O=ACME", ""));
        assert_eq!(
            server.items().map(Item::name).collect::<Vec<_>>(),
            ["ServerName", "Members"]
        );
        assert_eq!(server.item("Members").unwrap().values(), ["a, b", "c"]);
        let sso = of_form(&site, form::WEB_SSO).next().unwrap();
        assert_eq!(sso.item("MEMBERS").unwrap().values(), ["a", "b", "c"]);
        assert_eq!(of_form(&site, form::SERVER_CONFIGURATION).count(), 0);
    }
}
