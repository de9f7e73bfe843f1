//! Configuration drawn from text, for tests: one directive a line, in the shape in which the host hands documents over.
//!
//! The host's parser is the real one; this one knows words, quotes, sections and comments, and no continued lines.

#![allow(dead_code, reason = "not every room draws its configuration")]

use casebook_plugin_configs::{DrawnSite, Site};

/// A site of these files (name and text) with these facts (JSON). The second and following files may be included by
/// `Include NAME` where NAME is exactly the file's name.
pub(crate) fn site(files: &[(&str, &str)], facts: &str) -> Site {
    let mut drawn = DrawnSite::new("drawn", facts);
    for (file, text) in files {
        let by: Vec<(String, String)> = files
            .iter()
            .flat_map(|(other, text)| text.lines().zip(1..).map(move |(line, number)| (*other, line, number)))
            .filter(|(_, line, _): &(&str, &str, u32)| {
                let mut words = line.split_whitespace();
                words
                    .next()
                    .is_some_and(|word| word.to_ascii_lowercase().starts_with("include"))
                    && words.next() == Some(file)
            })
            .map(|(other, _, number)| ("included-by".to_owned(), format!("{other}:{number}")))
            .collect();
        let by: Vec<(&str, &str)> = by.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let mut document = drawn.document(file, "httpd.conf", "httpd", &by, "httpd");
        let mut open = vec![0];
        for (line, number) in text.lines().zip(1..) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if line.starts_with("</") {
                open.pop();
                continue;
            }
            let section = line.strip_prefix('<');
            let line = section.map_or(line, |line| line.trim_end_matches('>'));
            let (name, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let value = value.trim();
            let mut attributes = vec![("written".to_owned(), name.to_owned())];
            attributes.extend(
                words(value)
                    .into_iter()
                    .zip(1..)
                    .map(|(word, number): (String, u32)| (number.to_string(), word)),
            );
            let attributes: Vec<(&str, &str)> = attributes
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect();
            let parent = open.last().copied().unwrap_or_default();
            let node = document.node(parent, &name.to_ascii_lowercase(), value, number, &attributes);
            if section.is_some() {
                open.push(node);
            }
        }
    }
    drawn.into_site().expect("a site drawn line by line")
}

/// Words at blanks; those in quotes are one.
fn words(value: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = value.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = if first == '"' || first == '\'' {
            let inner = rest.get(1..).unwrap_or_default();
            let mut word = String::new();
            let mut end = inner.len();
            let mut escaped = false;
            for (at, c) in inner.char_indices() {
                match c {
                    '\\' if !escaped => {
                        escaped = true;
                        continue;
                    }
                    c if c == first && !escaped => {
                        end = at + 1;
                        break;
                    }
                    c => {
                        if escaped && c != first {
                            word.push('\\');
                        }
                        word.push(c);
                        escaped = false;
                    }
                }
            }
            (word, inner.get(end..).unwrap_or_default())
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            (
                rest.get(..end).unwrap_or_default().to_owned(),
                rest.get(end..).unwrap_or_default(),
            )
        };
        words.push(word);
        rest = after.trim_start();
    }
    words
}
