//! Web servers that add HTTPOnly to cookies on their way out.
//!
//! Comes in: `Header` directives. Goes out: one finding for all that add it to the session cookie. Never here: which web
//! server stands before which application server, which no file says.

use casebook_plugin_configs::{Interest, Node};
use regex_lite::RegexBuilder;

use super::{places, with_host};
use crate::code::Inquiry;
use crate::code::listing::listed;
use crate::report::Report;

/// A session cookie as WebSphere sets it.
const COOKIE: &str = "JSESSIONID=0000kJ0w1xW3qkdK7VvYx2mZ3aB:1a2b3c4d5; Path=/";

/// Bytes of a pattern that is tried, and memory for what is compiled of it: what is real takes a few hundred of either.
const LONGEST_PATTERN: usize = 2 << 10;
const LARGEST_PROGRAM: usize = 256 << 10;

pub(super) fn wants() -> Interest {
    Interest::in_kind("httpd").nodes(["header"])
}

pub(super) fn judge(inquiry: &Inquiry<'_>, host: &str, report: &mut Report) {
    let documents = inquiry.site.of_kind("httpd");
    let adding: Vec<_> = documents
        .flat_map(|document| document.named("header").filter(|node| adds(*node)))
        .collect();
    if adding.is_empty() {
        return;
    }
    let mut files: Vec<&str> = adding.iter().map(|node| node.document().file()).collect();
    files.dedup();
    let files = listed(files);
    let message = format!(
        "{files} adds HTTPOnly to the session cookie on its way to the browser, whatever the servers say: if Connections is \
         behind this web server, the Meeting Rooms widget cannot create rooms (error 412)."
    );
    let entry = places(with_host(report.finding("web server", message), host), adding);
    let wanted = "no HttpOnly for the session cookie of Connections, if the widget is worth its cost";
    entry
        .field("file", files)
        .values("a Header directive that adds HttpOnly", wanted)
        .enter();
}

/// Whether a directive adds HttpOnly to a session cookie: `Header [always] edit[*] Set-Cookie pattern replacement`.
fn adds(header: Node<'_>) -> bool {
    let mut arguments = header
        .attributes()
        .filter(|argument| argument.name.bytes().all(|b| b.is_ascii_digit()));
    let mut next = || arguments.next().map(|argument| argument.value).unwrap_or_default();
    let mut action = next();
    if ["always", "onsuccess"]
        .iter()
        .any(|condition| action.eq_ignore_ascii_case(condition))
    {
        action = next();
    }
    let edits = action.eq_ignore_ascii_case("edit") || action.eq_ignore_ascii_case("edit*");
    let of_cookies = next().trim_end_matches(':').eq_ignore_ascii_case("Set-Cookie");
    let (pattern, replacement) = (next(), next());
    edits && of_cookies && replacement.to_ascii_lowercase().contains("httponly") && fits(pattern)
}

/// Whether a pattern fits a session cookie. What this engine cannot read, such as a look ahead for cookies that have it
/// already, is taken for one that does, unless it speaks of the LTPA cookie only.
fn fits(pattern: &str) -> bool {
    let readable = pattern.len() <= LONGEST_PATTERN;
    let compiled = RegexBuilder::new(pattern).size_limit(LARGEST_PROGRAM).build();
    match compiled {
        Ok(compiled) if readable => compiled.is_match(COOKIE),
        _ => pattern.contains("JSESSIONID") || !pattern.to_ascii_lowercase().contains("ltpa"),
    }
}
