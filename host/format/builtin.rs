//! The formats that come with the program: the files of `rules/formats/`, made part of it.
//!
//! Comes in: nothing. Goes out: their texts. Never here: their meaning. The order only decides between formats that fit
//! a head equally well: the later one is taken.

/// The definitions, as YAML.
pub(super) const DEFINITIONS: &[&str] = &[
    include_str!("../../rules/formats/line.yaml"),
    include_str!("../../rules/formats/line-with-time.yaml"),
    include_str!("../../rules/formats/syslog.yaml"),
    include_str!("../../rules/formats/websphere-untimed.yaml"),
    include_str!("../../rules/formats/websphere-addnode.yaml"),
    include_str!("../../rules/formats/websphere-ffdc.yaml"),
    include_str!("../../rules/formats/websphere-advanced.yaml"),
    include_str!("../../rules/formats/liberty-messages.yaml"),
    include_str!("../../rules/formats/websphere-basic.yaml"),
    include_str!("../../rules/formats/notes-client-trace.yaml"),
    include_str!("../../rules/formats/domino-console.yaml"),
    include_str!("../../rules/formats/sametime-trace.yaml"),
    include_str!("../../rules/formats/apache-error.yaml"),
    include_str!("../../rules/formats/access-common.yaml"),
    include_str!("../../rules/formats/access-combined.yaml"),
];
