//! `photo-file-names`: whether the photos are named as the Meeting server asks for them.
//!
//! Comes in: listings of the folders that hold images, and the fact `photos.folder`. Goes out: a finding a folder and kind
//! of mistake, with a count. Never here: the images.
//!
//! The Meeting server asks for `name@example.com.jpg` in small letters. Without the fact a folder is taken for that of the
//! photos if most of its images are named after e-mail addresses, as those of a site's logos are not (`logo@2x.png` is
//! none: a domain has a dot and ends in letters).

use std::collections::BTreeMap;

use casebook_plugin_configs::{Document, Interest, Node, Severity};

use super::listing::{MOST_PLACES, listed};
use super::{Check, Inquiry};
use crate::report::{Entry, Report};

pub(crate) static CHECK: Check = Check {
    name: "photo-file-names",
    wants,
    run,
};

/// Images of a folder before it is taken for that of the photos: 3. One or two may be anything.
const FEWEST: usize = 3;

/// Endings of images, with their dots.
const IMAGES: &[&str] = &[".jpg", ".jpeg", ".png", ".gif"];

fn wants() -> Vec<Interest> {
    let images = ["*.jpg", "*.jpeg", "*.png", "*.gif"];
    vec![Interest::in_kind("folder").nodes(images)]
}

fn run(inquiry: &Inquiry<'_>, report: &mut Report) {
    let fact = inquiry.facts.photos.folder.trim_start_matches("./").trim_matches('/');
    for document in inquiry.site.of_kind("folder") {
        let photos: Vec<_> = document.root().children().filter_map(Photo::read).collect();
        let named = photos
            .iter()
            .filter(|photo| photo.mistake != Some(Mistake::NoAddress))
            .count();
        let guessed = photos.len() >= FEWEST && named * 2 > photos.len();
        let meant = if fact.is_empty() {
            guessed
        } else {
            document.file() == fact
        };
        if meant {
            judge(document, &photos, named * 2 > photos.len(), report);
        }
    }
}

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mistake {
    Capitals,
    Ending,
    NoAddress,
    Twice,
}

/// An image.
struct Photo<'s> {
    node: Node<'s>,
    name: &'s str,
    mistake: Option<Mistake>,
}

impl<'s> Photo<'s> {
    /// The image of that name; `None` where it is none.
    fn read(node: Node<'s>) -> Option<Self> {
        let name = node.name();
        let small = name.to_lowercase();
        let (stem, ending) = IMAGES
            .iter()
            .find_map(|ending| Some((small.strip_suffix(ending)?, *ending)))?;
        let mistake = match (is_address(stem), ending) {
            (false, _) => Some(Mistake::NoAddress),
            (true, ".jpg") => (small != name).then_some(Mistake::Capitals),
            (true, _) => Some(Mistake::Ending),
        };
        Some(Self { node, name, mistake })
    }
}

/// Whether a name in small letters is an e-mail address with a domain.
fn is_address(name: &str) -> bool {
    let Some((user, domain)) = name.split_once('@') else {
        return false;
    };
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let last = domain.rsplit_once('.').map(|(_, last)| last).unwrap_or_default();
    !user.is_empty()
        && user.chars().all(|c| !c.is_whitespace() && !c.is_control())
        && domain.split('.').all(label)
        && last.chars().count() >= 2
        && last.chars().all(char::is_alphabetic)
}

fn judge(document: Document<'_>, photos: &[Photo<'_>], mostly_addresses: bool, report: &mut Report) {
    let mut wrong: BTreeMap<Mistake, Vec<&Photo<'_>>> = BTreeMap::new();
    for photo in photos {
        if let Some(mistake) = photo.mistake {
            wrong.entry(mistake).or_default().push(photo);
        }
    }
    let twice = twice(photos);
    if !twice.is_empty() {
        wrong.insert(Mistake::Twice, twice);
    }
    for (mistake, photos) in wrong {
        enter(document, mistake, &photos, mostly_addresses, report);
    }
}

/// The photos whose names differ in capitals only, those of a name side by side.
fn twice<'p, 's>(photos: &'p [Photo<'s>]) -> Vec<&'p Photo<'s>> {
    let mut alike: BTreeMap<String, Vec<&Photo<'_>>> = BTreeMap::new();
    for photo in photos {
        alike.entry(photo.name.to_lowercase()).or_default().push(photo);
    }
    alike
        .into_values()
        .filter(|photos| photos.len() > 1)
        .flatten()
        .collect()
}

fn enter(document: Document<'_>, mistake: Mistake, photos: &[&Photo<'_>], mostly_addresses: bool, report: &mut Report) {
    let folder = document.file();
    let count = photos.len();
    let (key, what, wanted, severity) = match mistake {
        Mistake::Capitals => (
            "capitals",
            "named with capitals, while the Meeting server asks for small letters",
            "names in small letters",
            Severity::Medium,
        ),
        Mistake::Ending => (
            "ending",
            "named after an address, but not .jpg, which is all that the Meeting server asks for",
            "name@example.com.jpg",
            Severity::Medium,
        ),
        // Among photos there may be a picture for those who have none; a folder of other names is not in use.
        Mistake::NoAddress => (
            "no-address",
            "not named after an e-mail address, so the Meeting server never asks for it",
            "name@example.com.jpg",
            if mostly_addresses {
                Severity::Low
            } else {
                Severity::Medium
            },
        ),
        Mistake::Twice => (
            "twice",
            "there more than once, in names that differ in capitals only: which one is shown depends on the file system",
            "one file for each address",
            Severity::Low,
        ),
    };
    let images = if count == 1 { "image is" } else { "images are" };
    let message = format!("{folder}: {count} {images} {what}.");
    let entry = report.finding(format!("{folder} {key}"), message).severity(severity);
    let entry = photos
        .iter()
        .take(MOST_PLACES)
        .fold(entry, |entry, photo| Entry::at(entry, photo.node));
    entry
        .field("folder", folder)
        .field("mistake", key)
        .field("count", count.to_string())
        .values(listed(photos.iter().map(|photo| photo.name)), wanted)
        .enter();
}

#[cfg(test)]
mod tests {
    use casebook_plugin_configs::{DrawnSite, Severity};
    use proptest::prelude::*;

    use super::{CHECK, is_address};
    use crate::code::trial::{field, groups, judged};

    fn said(facts: &str, names: &[&str]) -> Vec<(String, String, Option<Severity>)> {
        let mut site = DrawnSite::new("acme", facts);
        let mut document = site.document("ihs/photos", "folder", "folder", &[], "folder");
        for name in names {
            document.node(0, name, "", 1, &[]);
        }
        let findings = judged(&CHECK, site);
        let row = |finding| (field(finding, "mistake").to_owned(), field(finding, "found").to_owned());
        findings
            .iter()
            .map(|finding| (row(finding).0, row(finding).1, finding.severity))
            .collect()
    }

    const FACT: &str = r#"{"photos":{"folder":"ihs/photos/"}}"#;

    fn row(mistake: &str, found: &str, severity: Severity) -> (String, String, Option<Severity>) {
        (mistake.to_owned(), found.to_owned(), Some(severity))
    }

    #[test]
    fn each_kind_of_mistake_is_one_finding() {
        let names = [
            "ann.lee@acme.example.jpg",
            "Ben.Williams@acme.example.jpg",
            "ben.williams@acme.example.jpg",
            "cal@acme.example.JPG",
            "dan@acme.example.png",
            "nophoto.jpg",
        ];
        let expected = [
            row(
                "capitals",
                "Ben.Williams@acme.example.jpg, cal@acme.example.JPG",
                Severity::Medium,
            ),
            row("ending", "dan@acme.example.png", Severity::Medium),
            row("no-address", "nophoto.jpg", Severity::Low),
            row(
                "twice",
                "Ben.Williams@acme.example.jpg, ben.williams@acme.example.jpg",
                Severity::Low,
            ),
        ];
        assert_eq!(said(FACT, &names), expected);
        assert_eq!(said("{}", &names), expected);
    }

    #[test]
    fn a_folder_of_other_images_is_not_that_of_the_photos() {
        for names in [
            vec!["logo.png", "icon@2x.png", "ben@acme.example.jpg"],
            vec!["Ben@acme.example.jpg", "Ann@acme.example.jpg"],
            vec!["a.gif", "b.gif", "c.gif", "Ben@acme.example.jpg"],
        ] {
            assert_eq!(said("{}", &names), [], "{names:?}");
        }
        // Unless it is said to be.
        let names = ["bwilliams.jpg", "alee.jpg"];
        assert_eq!(
            said(FACT, &names),
            [row("no-address", "bwilliams.jpg, alee.jpg", Severity::Medium)]
        );
        assert_eq!(said(r#"{"photos":{"folder":"other"}}"#, &names), []);
    }

    #[test]
    fn good_names_are_good() {
        let names = [
            "ann.lee@acme.example.jpg",
            "o'neil@mail.acme.example.jpg",
            "jörg@acme.example.jpg",
        ];
        assert_eq!(said(FACT, &names), []);
    }

    #[test]
    fn an_address_has_a_domain() {
        assert!(is_address("a@b.co") && is_address("a+b@x-y.acme.example"));
        for name in [
            "a", "a@", "@b.co", "a@b", "icon@2x", "a@b.2x", "a@b..co", "a b@c.de", "a@b@c.de", "a@b.c",
        ] {
            assert!(!is_address(name), "{name}");
        }
    }

    #[test]
    fn a_thousand_names_are_one_finding() {
        let names: Vec<String> = (0..1000)
            .map(|number| format!("User{number}@acme.example.jpg"))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut site = DrawnSite::new("acme", "{}");
        let mut document = site.document("photos", "folder", "folder", &[], "folder");
        names.iter().for_each(|name| _ = document.node(0, name, "", 1, &[]));
        let findings = judged(&CHECK, site);
        assert_eq!(
            (groups(&findings), findings[0].places.len()),
            (vec!["photos capitals"], 200)
        );
        assert_eq!(field(&findings[0], "count"), "1000");
        assert!(field(&findings[0], "found").ends_with(" and 990 more"));
    }

    proptest! {
        #[test]
        fn no_names_panic(names in prop::collection::vec("([@.A-z]|\\PC){0,8}[.](jpg|JPG|png|gif)", 0..6)) {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            prop_assert!(said(FACT, &names).len() <= 4);
        }
    }
}
