//! What is known of an environment besides its logs.
//!
//! Comes in: the folder's `environment.toml`, if there is one, and what its own files say of its machines ([`mod@derive`]). Goes
//! out: the environment's name, its time zone, and the facts as JSON for plugins. Never here: guesses. What is not given is
//! absent, and a rule that lacks it says so.

pub mod derive;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::model::{EnvironmentName, LineNumber};

/// The file's name, at the root of an environment.
pub const FILE: &str = "environment.toml";

/// Largest `environment.toml` that is read: 1 MiB, some 10,000 hosts.
const MAX_FILE: u64 = 1 << 20;

/// One customer site.
#[derive(Clone, Debug)]
pub struct Environment {
    /// Its name: given, else that of its folder.
    pub name: EnvironmentName,
    /// For records that carry no zone: given, else absent.
    pub zone: Option<TimeZone>,
    /// What plugins are told.
    pub facts: Facts,
}

/// The content of `environment.toml`; everything in it is optional.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Facts {
    /// The environment's name in findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// An IANA time zone such as `Europe/London`, for records that carry none.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "known_zone")]
    pub timezone: Option<String>,
    /// Product and version, such as `websphere = "8.5.5.12"`.
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub products: std::collections::BTreeMap<String, String>,
    /// The day for which certificates are judged, such as `2016-10-12`: for a bundle that was collected long ago. None: the
    /// day of the run.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "known_day")]
    pub today: Option<String>,
    /// The machines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<Host>,
    /// The meeting server that clients use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meetings: Option<Meetings>,
    /// Who is meant to see photos, and where they lie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub photos: Option<Photos>,
    /// What Domino was told and no file may say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domino: Option<Domino>,
    /// Where the Sametime SDK was unpacked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sdk: Option<Sdk>,
}

/// A machine.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Host {
    /// Its full name.
    pub name: String,
    /// All its addresses.
    pub addresses: Vec<String>,
    /// The one that other servers must resolve.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary: Option<String>,
    /// The WebSphere node on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// The WebSphere servers on it that have the roles; none: all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub servers: Vec<String>,
    /// Such as `sametime-proxy` or `deployment-manager`.
    pub roles: Vec<String>,
    /// Other names by which it is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
}

/// The meeting server.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Meetings {
    /// The name that clients use.
    pub host: String,
}

/// The photos that a web server gives out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Photos {
    /// The path below which they are asked for.
    pub path: String,
    /// Who is meant to see them without a cookie.
    pub networks: Vec<String>,
    /// Where they lie, below the environment's root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
}

/// What Domino was told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Domino {
    /// The kinds of token that the Web SSO document allows: `LtpaToken`, `LtpaToken2`, or both.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tokens: Vec<String>,
    /// The organisation, such as `O=ACME`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// The name of the Domino server behind the community server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
}

/// Where the Sametime SDK was unpacked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sdk {
    /// The path on the server, as class path entries begin with it.
    pub path: String,
    /// The folder below the environment's root that holds the same.
    pub folder: String,
}

/// An `environment.toml` that cannot be used: wrong usage, since half of it must not be silently ignored.
#[derive(Debug, thiserror::Error)]
#[error("{}{}: {reason}", .file.display(), .line.map_or_else(String::new, |line| format!(":{}", line.0)))]
pub struct EnvironmentError {
    /// The file.
    pub file: PathBuf,
    /// The line; none where it is about the file as a whole.
    pub line: Option<LineNumber>,
    /// What is wrong and what was expected.
    pub reason: String,
}

impl Environment {
    /// The environment at `root`: a folder, or a single file (whose environment is the folder's name and nothing else).
    ///
    /// # Errors
    ///
    /// See [`EnvironmentError`]. A missing `environment.toml` is none.
    pub fn read(root: &Path) -> Result<Self, EnvironmentError> {
        let folder = if root.is_dir() {
            root
        } else {
            root.parent().unwrap_or(root)
        };
        let file = folder.join(FILE);
        let wrong = |reason: String| EnvironmentError {
            file: file.clone(),
            line: None,
            reason,
        };
        if leads_out(&file, folder) {
            return Err(wrong(
                "is a link out of the site; copy the file here, or remove the link".to_owned(),
            ));
        }
        let facts = match fs::metadata(&file) {
            Ok(found) if !found.is_file() => return Err(wrong("is no regular file".to_owned())),
            Ok(found) if found.len() > MAX_FILE => return Err(wrong(format!("is larger than {} MiB", MAX_FILE >> 20))),
            Ok(_) => {
                let text = fs::read_to_string(&file).map_err(|error| wrong(format!("cannot be read: {error}")))?;
                toml::from_str::<Facts>(&text).map_err(|error| EnvironmentError {
                    line: error.span().map(|span| line_of(&text, span.start)),
                    ..wrong(error.message().trim().replace('\n', "; "))
                })?
            }
            Err(_) => Facts::default(),
        };
        let zone = match &facts.timezone {
            None => None,
            Some(name) => Some(zone_of(name).map_err(wrong)?),
        };
        let name = match &facts.name {
            Some(name) if !name.trim().is_empty() => name.clone(),
            _ => folder_name(folder),
        };
        Ok(Self {
            name: EnvironmentName::from(name),
            zone,
            facts,
        })
    }

    /// The same environment, of which more is known.
    #[must_use]
    pub fn with_facts(&self, facts: Facts) -> Self {
        Self { facts, ..self.clone() }
    }

    /// The facts as JSON text, for plugins.
    pub fn facts_json(&self) -> String {
        serde_json::to_string(&self.facts).unwrap_or_else(|_| "{}".to_owned())
    }

    /// The same with the day for which certificates are judged: that of the file, else the given one. `today_epoch` is its
    /// first second in UTC, so that no plugin needs a calendar.
    pub fn facts_json_on(&self, today: Date) -> String {
        let day = self
            .facts
            .today
            .as_deref()
            .and_then(|day| day.parse().ok())
            .unwrap_or(today);
        let epoch = day
            .to_zoned(TimeZone::UTC)
            .map_or(0, |start| start.timestamp().as_second());
        let mut facts = serde_json::to_value(&self.facts).unwrap_or_default();
        if let Some(facts) = facts.as_object_mut() {
            facts.insert("today".to_owned(), day.to_string().into());
            facts.insert("today_epoch".to_owned(), epoch.into());
        }
        facts.to_string()
    }
}

/// Whether a file is a link to somewhere outside of its folder.
fn leads_out(file: &Path, folder: &Path) -> bool {
    let is_link = fs::symlink_metadata(file).is_ok_and(|found| found.file_type().is_symlink());
    is_link
        && match (file.canonicalize(), folder.canonicalize()) {
            (Ok(target), Ok(folder)) => !target.starts_with(folder),
            _ => true,
        }
}

/// The line of a place in a text.
fn line_of(text: &str, at: usize) -> LineNumber {
    let before = text.as_bytes().get(..at).unwrap_or(text.as_bytes());
    LineNumber(bytecount::count(before, b'\n') as u64 + 1)
}

fn zone_of(name: &str) -> Result<TimeZone, String> {
    let unknown = |_| format!("there is no time zone `{name}`; expected a name such as `Europe/London` or `UTC`");
    TimeZone::get(name).map_err(unknown)
}

/// Refuses a zone that is not known where it is read, since only there its line is known.
fn known_zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let name = Option::<String>::deserialize(deserializer)?;
    name.as_deref().map(zone_of).transpose().map_err(D::Error::custom)?;
    Ok(name)
}

/// Refuses a day that is none where it is read. TOML's own dates (without quotes) are taken too.
fn known_day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Day {
        Date(toml::value::Datetime),
        Text(String),
    }
    let text = match Option::<Day>::deserialize(deserializer)? {
        None => return Ok(None),
        Some(Day::Date(date)) => date.to_string(),
        Some(Day::Text(text)) => text,
    };
    match text.parse::<Date>() {
        Ok(_) => Ok(Some(text)),
        Err(_) => Err(D::Error::custom(format!(
            "there is no day `{text}`; expected one such as `2016-10-12`"
        ))),
    }
}

fn folder_name(folder: &Path) -> String {
    let resolved = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    resolved
        .file_name()
        .map_or_else(|| "environment".to_owned(), |name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Environment, EnvironmentError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), text).unwrap();
        Environment::read(folder.path())
    }

    #[test]
    fn a_folder_without_the_file_is_named_after_itself() {
        let folder = tempfile::tempdir().unwrap();
        let site = folder.path().join("acme");
        fs::create_dir(&site).unwrap();
        let environment = Environment::read(&site).unwrap();
        assert_eq!(environment.name.as_str(), "acme");
        assert!(environment.zone.is_none());
    }

    #[test]
    fn a_misspelt_key_is_refused_with_its_line() {
        let error = read("name = \"acme\"\ntimezon = \"UTC\"\n").unwrap_err();
        assert!(error.to_string().contains(":2"), "{error}");
    }

    #[test]
    fn plugins_are_told_what_was_given_and_nothing_else() {
        let environment = read("name = \"acme\"\n[meetings]\nhost = \"m.example\"\n").unwrap();
        assert_eq!(
            environment.facts_json(),
            r#"{"name":"acme","meetings":{"host":"m.example"}}"#
        );
    }

    #[test]
    fn a_day_is_a_date_or_a_text_and_nothing_else() {
        for (text, day) in [
            ("today = 2016-10-12", true),
            ("today = \"2016-10-12\"", true),
            ("today = \"soon\"", false),
        ] {
            assert_eq!(read(text).is_ok(), day, "{text}");
        }
        assert_eq!(
            read("today = 2016-10-12").unwrap().facts.today.as_deref(),
            Some("2016-10-12")
        );
    }

    #[test]
    fn a_link_out_of_the_site_is_not_followed() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("theirs.toml"), "name = \"theirs\"\n").unwrap();
        let site = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path().join("theirs.toml"), site.path().join(FILE)).unwrap();
        let error = Environment::read(site.path()).unwrap_err();
        assert!(error.to_string().contains("link out of the site"), "{error}");
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-z\\[\\]=\"'\\n#. 0-9{}]{0,120}") {
            let _ = read(&text);
        }
    }
}
