//! What a Domino server has been told about the names by which it may be called.
//!
//! Comes in: `notes.ini` files and Configuration documents. Goes out: the [`Setting`] of each, and which of them are
//! a server's. Never here: whether a name needs it.
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

/// All that servers were told.
pub(super) struct Settings<'s> {
    /// The `notes.ini` files of servers: those of clients have no server tasks.
    files: Vec<(Document<'s>, Setting<'s>)>,
    /// The Configuration documents: for whom, and what.
    documents: Vec<(Vec<&'s str>, Setting<'s>)>,
}

impl<'s> Settings<'s> {
    /// Those of a site.
    pub(super) fn of(site: &'s Site) -> Self {
        let is_servers = |file: &Document<'_>| file.nodes().any(|node| node.is("servertasks") || node.is(KEY));
        let files = site.of_kind("notes.ini").filter(is_servers);
        let documents = directory::of_form(site, form::SERVER_CONFIGURATION);
        let names = |note: Note<'s>| note.item("ServerName").map(|item| item.values()).unwrap_or_default();
        Self {
            files: files.map(|file| (file, in_file(file))).collect(),
            documents: documents.map(|note| (names(note), in_note(note))).collect(),
        }
    }

    /// Whether there are files, and all of them let any server be called by a name.
    pub(super) fn all_cover(&self, name: &str) -> bool {
        !self.files.is_empty() && self.files.iter().all(|(_, setting)| setting.covers(name))
    }

    /// The settings in the files of a server, and whether it is known that they are its own: the only file is, and one in
    /// a folder that is called as the server is.
    pub(super) fn in_files(&self, server: &Server<'_>) -> (Vec<Setting<'s>>, bool) {
        let belongs = |file: Document<'_>| {
            let mut folders = file.folder().split('/').filter(|folder| !folder.is_empty());
            folders.any(|folder| server.may_be(folder))
        };
        let own: Vec<Setting<'s>> = self
            .files
            .iter()
            .filter(|(file, _)| belongs(*file))
            .map(|(_, setting)| *setting)
            .collect();
        if own.is_empty() {
            let all = self.files.iter().map(|(_, setting)| *setting);
            (all.collect(), self.files.len() <= 1)
        } else {
            (own, true)
        }
    }

    /// The settings in the Configuration documents that apply to a server. One without a name may be for any.
    pub(super) fn configured(&self, server: &Server<'_>) -> Vec<Setting<'s>> {
        let applies = |servers: &[&str]| {
            let mut servers = servers.iter();
            servers.len() == 0 || servers.any(|name| *name == "*" || server.is_called(name))
        };
        let applying = self.documents.iter().filter(|(servers, _)| applies(servers));
        applying.map(|(_, setting)| *setting).collect()
    }
}

fn in_file(file: Document<'_>) -> Setting<'_> {
    let key = file.named(KEY).find(|node| node.attribute("superseded").is_none());
    Setting {
        value: key.map(Node::value),
        place: key.unwrap_or_else(|| file.root()),
    }
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
