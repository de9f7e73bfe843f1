//! The syntaxes: text in, tree out.
//!
//! Comes in: the decoded text of a file (UTF-8, no byte order mark), or its bytes where it is no text. Goes out: a
//! [`Parsed`](super::Parsed) tree with what was wrong. Never here: files, paths, what a document is for.
//!
//! | syntax | root | a node is | its value | its attributes |
//! |---|---|---|---|---|
//! | [`xml`] | the root element | an element, `prefix:name` | the text directly in it, trimmed | its attributes |
//! | [`properties`] | `properties` | a key, each time that it is set | its value, unescaped | `superseded`: the line that sets it last, on all that come before |
//! | [`ini`] | `ini` | a section, and below it its keys in small letters; keys before any section stand below the root | the value | `written`: the key as written; `superseded` as above |
//! | [`httpd`] | `httpd` | a directive or section in small letters | all its arguments as written | `1`, `2`, …: its arguments, unquoted |
//! | [`hosts`] | `hosts` | `entry`, and below it a `name` for each name | the address in its canonical form, the name | `written`: the address, where the file writes it otherwise |
//! | [`profile`] | `profile` | a variable that is assigned | the value, quotes removed | `exported`; `only`: exported and not assigned; `append`; `resolved`: the value with the variables in it replaced, where that changes it |
//! | [`rules`] | `rules` | `allow`, `deny`, … of a dynamic proxy file | – | `1`, `2`, …: its arguments, unescaped |
//! | [`items`] | `document`; `documents`, and a `document` below it for each, where there are several | an item of a Domino document exported as text | its value | `type`, where the text says it |
//! | [`keystore`] | `keystore` | `certificate`, `private-key` | – | see there |

pub mod hosts;
pub mod httpd;
pub mod ini;
pub mod items;
pub mod keystore;
mod lines;
pub mod profile;
pub mod properties;
pub mod rules;
pub mod xml;
