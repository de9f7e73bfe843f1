//! Tests of the whole room: formats as definitions, the real samples.

mod definitions;
mod samples;

use std::sync::{Arc, LazyLock};

use super::{Detection, Format, Formats, RecordKind};
use crate::model::FilePath;

/// The built-in formats, compiled once for all tests.
pub(super) fn builtin() -> Formats {
    static BUILTIN: LazyLock<Formats> = LazyLock::new(|| Formats::builtin().unwrap());
    BUILTIN.clone()
}

/// A built-in format.
pub(super) fn format(name: &str) -> Arc<Format> {
    Arc::clone(builtin().by_name(name).unwrap())
}

/// The name of the format that a file is taken for, or what else it is.
pub(super) fn detected(name: &str, head: &[u8]) -> String {
    match builtin().detect(&FilePath::from(name), head) {
        Detection::Log { format, .. } => format.name().to_string(),
        Detection::NotALog { .. } => "not a log".to_owned(),
        Detection::Configuration { kind } => format!("{kind:?}"),
    }
}

#[test]
fn the_head_of_a_rotated_file_is_no_entry() {
    let format = format("websphere-basic");
    let log = b"\tat com.example.Tail.of(Tail.java:1)\n[10/13/16 10:37:24:483 BST] 0000008e Acme          I   a\n";
    let records = format.frame_all(log);
    let kinds: Vec<_> = records
        .iter()
        .map(|record| format.kind(&log[record.range.clone()]))
        .collect();
    assert_eq!(kinds, [RecordKind::Fragment, RecordKind::Entry]);

    let rotated = b"************ Start Display Current Environment ************\nJava Home = /opt\n\
        ************* End Display Current Environment *************\n\tat com.example.Tail.of(Tail.java:1)\n\
        [10/13/16 10:37:24:483 BST] 0000008e Acme          I   a\n";
    let records = format.frame_all(rotated);
    let kinds: Vec<_> = records
        .iter()
        .map(|record| format.kind(&rotated[record.range.clone()]))
        .collect();
    assert_eq!(kinds, [RecordKind::Banner, RecordKind::Banner, RecordKind::Entry]);
    assert!(rotated[records[1].range.clone()].ends_with(b"(Tail.java:1)\n"));
}
