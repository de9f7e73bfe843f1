//! Which file includes which.
//!
//! Comes in: the documents of a site, with the `included-by` that the host gave them. Goes out: the files that an `Include`
//! stands for, in the order in which httpd reads them; and the main files, those that no other file includes. Never here:
//! looking for files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use casebook_plugin_configs::{Document, Site};

/// All inclusions of a site.
#[derive(Debug)]
pub(super) struct Inclusions<'s> {
    documents: Vec<Document<'s>>,
    /// By file and line of the directive.
    by_line: BTreeMap<(&'s str, u32), Vec<Document<'s>>>,
    /// By file, all that it includes.
    by_file: BTreeMap<&'s str, Vec<Document<'s>>>,
}

/// A file to begin with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Main<'s> {
    pub(super) document: Document<'s>,
    /// Whether it is only included by files that it includes itself: some file of a circle has to be the first.
    pub(super) in_circle: bool,
}

impl<'s> Inclusions<'s> {
    pub(super) fn of(site: &'s Site) -> Self {
        let documents: Vec<Document<'s>> = site
            .documents()
            .filter(|document| document.syntax() == "httpd" && document.file_name() != ".htaccess")
            .collect();
        let mut by_line: BTreeMap<(&str, u32), Vec<Document<'s>>> = BTreeMap::new();
        let mut by_file: BTreeMap<&str, Vec<Document<'s>>> = BTreeMap::new();
        for document in &documents {
            for by in document.attribute_values("included-by") {
                let Some((file, line)) = by.rsplit_once(':') else {
                    continue;
                };
                let Ok(line) = line.parse() else { continue };
                by_line.entry((file, line)).or_default().push(*document);
                by_file.entry(file).or_default().push(*document);
            }
        }
        for files in by_line.values_mut() {
            // httpd goes through a folder by the names in it, and through a folder in it when its name comes.
            files.sort_by(|one, other| one.file().split('/').cmp(other.file().split('/')));
        }
        Self {
            documents,
            by_line,
            by_file,
        }
    }

    /// The files that the `Include` in that line stands for.
    pub(super) fn at(&self, file: &'s str, line: u32) -> &[Document<'s>] {
        self.by_line.get(&(file, line)).map_or(&[], Vec::as_slice)
    }

    /// A file and all that it includes, in the order in which they are first met.
    pub(super) fn reached_from(&self, document: Document<'s>) -> Vec<Document<'s>> {
        let mut seen = BTreeSet::from([document.file()]);
        let mut reached = vec![document];
        let mut waiting = VecDeque::from([document]);
        while let Some(next) = waiting.pop_front() {
            for included in self.by_file.get(next.file()).into_iter().flatten() {
                if seen.insert(included.file()) {
                    reached.push(*included);
                    waiting.push_back(*included);
                }
            }
        }
        reached
    }

    /// The main files, in order of their names.
    pub(super) fn mains(&self) -> Vec<Main<'s>> {
        let of_others = |document: &Document<'s>| {
            let mut by = document.attribute_values("included-by");
            by.any(|by| by.rsplit_once(':').is_none_or(|(file, _)| file != document.file()))
        };
        let mut mains = Vec::new();
        let mut reached = BTreeSet::new();
        for (in_circle, wanted) in [(false, false), (true, true)] {
            for document in self.documents.iter().filter(|document| of_others(document) == wanted) {
                if in_circle && reached.contains(document.file()) {
                    continue;
                }
                mains.push(Main {
                    document: *document,
                    in_circle,
                });
                self.reach(*document, &mut reached);
            }
        }
        mains.sort_by_key(|main| main.document.file());
        mains
    }

    /// Marks what is read from there on, and passes over what was marked before.
    fn reach(&self, document: Document<'s>, reached: &mut BTreeSet<&'s str>) {
        let mut waiting = vec![document];
        while let Some(next) = waiting.pop() {
            if reached.insert(next.file()) {
                waiting.extend(self.by_file.get(next.file()).into_iter().flatten());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drawn;

    #[test]
    fn main_files_are_those_that_no_other_includes() {
        let site = drawn::site(
            &[
                ("a.conf", "Include b.conf\nInclude a.conf"),
                ("b.conf", "Include c.conf"),
                ("c.conf", ""),
                ("d.conf", "Include e.conf"),
                ("e.conf", "Include d.conf"),
            ],
            "{}",
        );
        let inclusions = Inclusions::of(&site);
        let mains: Vec<(&str, bool)> = inclusions
            .mains()
            .iter()
            .map(|main| (main.document.file(), main.in_circle))
            .collect();
        assert_eq!(mains, [("a.conf", false), ("d.conf", true)]);
        let a = site.document("a.conf").expect("a document");
        let reached: Vec<&str> = inclusions
            .reached_from(a)
            .iter()
            .map(|document| document.file())
            .collect();
        assert_eq!(reached, ["a.conf", "b.conf", "c.conf"]);
        assert_eq!(inclusions.at("a.conf", 1).len(), 1);
        assert!(inclusions.at("a.conf", 9).is_empty());
    }

    #[test]
    fn files_of_a_folder_come_in_the_order_of_their_names() {
        let files = ["conf/x.d/a.conf", "conf/x.d/a/z.conf", "conf/x.d/B.conf"];
        let mut drawn = casebook_plugin_configs::DrawnSite::new("drawn", "{}");
        for file in files {
            drawn.document(
                file,
                "httpd.conf",
                "httpd",
                &[("included-by", "conf/httpd.conf:4")],
                "httpd",
            );
        }
        let site = drawn.into_site().expect("a drawn site");
        let inclusions = Inclusions::of(&site);
        let read: Vec<&str> = inclusions
            .at("conf/httpd.conf", 4)
            .iter()
            .map(|document| document.file())
            .collect();
        // `a` is before `a.conf`, though `/` comes after `.`.
        assert_eq!(read, ["conf/x.d/B.conf", "conf/x.d/a/z.conf", "conf/x.d/a.conf"]);
    }
}
