//! What a Domino server has been told about the names by which it may be called.
//!
//! Comes in: `notes.ini` files and Configuration documents. Goes out: the [`Setting`] of each, and which of the files belong
//! to a server. Never here: whether a name needs it.
//!
//! `NETWORK_SPRAYER_ADDRESS` is `*`, for any name, or a list of names with commas. It stands in `notes.ini`, or comes from
//! the Configuration document for the server, for a group of servers, or for all (`*`). In an exported document the setting
//! is an item of that name, or stands in the text of one.

use casebook_plugin_configs::{Document, Interest, Node, Site};

use super::hosts::same;
use super::servers::Server;
use crate::code::directory::{self, Note, form};

const KEY: &str = "network_sprayer_address";

/// What the host has to hand over.
pub(super) fn wants() -> Interest {
    // The tasks of a server tell its file from that of a client.
    Interest::in_kind("notes.ini").nodes([KEY, "servertasks"])
}

/// What one file or document says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting<'s> {
    /// The value; none where it is not set.
    pub(super) value: Option<&'s str>,
    /// Where it stands, or the beginning of the file.
    pub(super) place: Node<'s>,
}

impl Setting<'_> {
    /// Whether a server that was told this may be called by the name.
    pub(super) fn covers(&self, name: &str) -> bool {
        let listed = self.value.unwrap_or_default().split([',', ';', ' ']).map(str::trim);
        let mut listed = listed.filter(|listed| !listed.is_empty());
        listed.any(|listed| listed == "*" || same(listed, name))
    }
}

/// The `notes.ini` files of servers; of all, where none of them has server tasks.
pub(super) fn files(site: &Site) -> Vec<Document<'_>> {
    let all: Vec<Document<'_>> = site.of_kind("notes.ini").collect();
    let servers: Vec<Document<'_>> = all
        .iter()
        .filter(|file| file.named("servertasks").next().is_some() || file.named(KEY).next().is_some())
        .copied()
        .collect();
    if servers.is_empty() { all } else { servers }
}

/// The settings in the files of a server, and whether it is known that they are its own: the only file is, and one in a
/// folder that is called as the server is.
pub(super) fn of_server<'s>(files: &[Document<'s>], server: &Server<'_>) -> (Vec<Setting<'s>>, bool) {
    let belongs = |file: &&Document<'_>| {
        let mut folders = file.folder().split('/').filter(|folder| !folder.is_empty());
        folders.any(|folder| server.names.iter().any(|name| same(name, folder)))
    };
    let own: Vec<&Document<'s>> = files.iter().filter(belongs).collect();
    let certain = !own.is_empty() || files.len() <= 1;
    let files = if own.is_empty() { files.iter().collect() } else { own };
    (files.into_iter().map(|file| in_file(*file)).collect(), certain)
}

fn in_file(file: Document<'_>) -> Setting<'_> {
    let key = file.named(KEY).find(|node| node.attribute("superseded").is_none());
    Setting {
        value: key.map(Node::value),
        place: key.unwrap_or_else(|| file.root()),
    }
}

/// The settings in the Configuration documents that apply to a server.
pub(super) fn configured<'s>(site: &'s Site, server: &Server<'_>) -> Vec<Setting<'s>> {
    let documents = directory::of_form(site, form::SERVER_CONFIGURATION);
    documents.filter(|note| applies(*note, server)).map(in_note).collect()
}

/// A document without a name may be for any server.
fn applies(note: Note<'_>, server: &Server<'_>) -> bool {
    let servers = note.item("ServerName").map(|item| item.values()).unwrap_or_default();
    servers.is_empty() || servers.iter().any(|name| *name == "*" || server.is_called(name))
}

fn in_note(note: Note<'_>) -> Setting<'_> {
    for item in note.items() {
        if item.name().eq_ignore_ascii_case(KEY) {
            let value = item
                .place()
                .descendants()
                .find(|node| node.is("text"))
                .unwrap_or(item.place())
                .value();
            return Setting {
                value: Some(value),
                place: item.place(),
            };
        }
        for value in item.values() {
            if let Some((key, value)) = value.split_once('=')
                && key.trim().eq_ignore_ascii_case(KEY)
            {
                return Setting {
                    value: Some(value),
                    place: item.place(),
                };
            }
        }
    }
    Setting {
        value: None,
        place: note.place(),
    }
}
