use std::path::Path;
use std::path::PathBuf;

use proptest::prelude::*;

use super::{Stream, streams};
use crate::model::FilePath;
use crate::stream::{FileIdentity, StreamFile};

fn file(path: &str) -> StreamFile {
    StreamFile {
        path: PathBuf::from(path),
        shown: FilePath::from(path),
        len: 0,
        modified: None,
        identity: FileIdentity { device: 0, inode: 0 },
    }
}

fn shown(streams: &[Stream]) -> Vec<Vec<&str>> {
    streams
        .iter()
        .map(|stream| stream.files.iter().map(|file| file.shown.as_str()).collect())
        .collect()
}

fn grouped(paths: &[&str]) -> Vec<Vec<String>> {
    let streams = streams(paths.iter().map(|path| file(path)).collect());
    for stream in &streams {
        assert_eq!(stream.files.last().map(|file| &file.shown), Some(&stream.name));
    }
    shown(&streams)
        .into_iter()
        .map(|files| files.into_iter().map(str::to_owned).collect())
        .collect()
}

/// A story, the names of a folder, and the streams that are in it, each with its oldest file first.
type Folder = (
    &'static str,
    &'static [&'static str],
    &'static [&'static [&'static str]],
);

const FOLDERS: &[Folder] = &[
    (
        "WebSphere, with two rotations on one day and the other log beside it",
        &[
            "SystemErr.log",
            "SystemErr_16.10.12_10.00.00.log",
            "SystemOut.log",
            "SystemOut_16.10.12_09.59.59.log",
            "SystemOut_16.10.12_10.00.00.log",
            "SystemOut_15.12.31_23.00.00.log",
        ],
        &[
            &["SystemErr_16.10.12_10.00.00.log", "SystemErr.log"],
            &[
                "SystemOut_15.12.31_23.00.00.log",
                "SystemOut_16.10.12_09.59.59.log",
                "SystemOut_16.10.12_10.00.00.log",
                "SystemOut.log",
            ],
        ],
    ),
    (
        "Liberty, with ten rotations within one second",
        &[
            "messages.log",
            "messages_16.10.12_10.00.00.0.log",
            "messages_16.10.12_10.00.00.10.log",
            "messages_16.10.12_10.00.00.9.log",
            "messages_es_PE.log",
            "trace.log",
            "trace_16.10.12_10.00.00.0.log",
        ],
        &[
            &[
                "messages_16.10.12_10.00.00.0.log",
                "messages_16.10.12_10.00.00.9.log",
                "messages_16.10.12_10.00.00.10.log",
                "messages.log",
            ],
            &["messages_es_PE.log"],
            &["trace_16.10.12_10.00.00.0.log", "trace.log"],
        ],
    ),
    (
        "Sametime: dated at the start of a server, numbered as the trace goes on, of two processes",
        &[
            "stmux_1.txt",
            "stusers_1.txt",
            "stusers_10.txt",
            "stusers_101117_0959.txt",
            "stusers_100903_1200.txt",
            "stusers_2.txt",
        ],
        &[
            &["stmux_1.txt"],
            &[
                "stusers_100903_1200.txt",
                "stusers_101117_0959.txt",
                "stusers_1.txt",
                "stusers_2.txt",
                "stusers_10.txt",
            ],
        ],
    ),
    (
        "numbers behind a name are ages",
        &[
            "access_log",
            "access_log.1",
            "access_log.10.gz",
            "access_log.2.gz",
            "access_log.9.gz",
        ],
        &[&[
            "access_log.10.gz",
            "access_log.9.gz",
            "access_log.2.gz",
            "access_log.1",
            "access_log",
        ]],
    ),
    (
        "rotatelogs writes seconds, and nothing is live",
        &["access_log.1479340800", "access_log.1479254400", "access_log.999999999"],
        &[&["access_log.999999999", "access_log.1479254400", "access_log.1479340800"]],
    ),
    (
        "logrotate with dateext, by day and by hour",
        &[
            "access_log",
            "access_log-20161012",
            "access_log-20161011.gz",
            "error_log-2016101210",
            "error_log-2016101209",
        ],
        &[
            &["access_log-20161011.gz", "access_log-20161012", "access_log"],
            &["error_log-2016101209", "error_log-2016101210"],
        ],
    ),
    (
        "rotatelogs with a pattern",
        &[
            "error_log.2016-10-12-12_00_00",
            "error_log.2016-10-12-00_00_00",
            "error_log.2016-10-11-23_59_59",
        ],
        &[&[
            "error_log.2016-10-11-23_59_59",
            "error_log.2016-10-12-00_00_00",
            "error_log.2016-10-12-12_00_00",
        ]],
    ),
    (
        "Tomcat and logback: a day, then the number of the file of that day",
        &[
            "catalina.2016-10-12.log",
            "catalina.2016-10-11.log",
            "server.log",
            "server.log.2016-10-12",
            "server.2016-10-12.10.log",
            "server.2016-10-12.9.log",
            "server.2016-10-12.30.log",
        ],
        &[
            &["catalina.2016-10-11.log", "catalina.2016-10-12.log"],
            &[
                "server.log.2016-10-12",
                "server.2016-10-12.9.log",
                "server.2016-10-12.10.log",
                "server.2016-10-12.30.log",
                "server.log",
            ],
        ],
    ),
    (
        "Domino's console, live and closed",
        &[
            "console.log",
            "console_HUB_2016_10_12@10_00_00.log",
            "console_HUB_2016_10_12@09_00_00.log",
        ],
        &[
            &["console.log"],
            &[
                "console_HUB_2016_10_12@09_00_00.log",
                "console_HUB_2016_10_12@10_00_00.log",
            ],
        ],
    ),
    (
        "a number before the extension is an age only beside the live file",
        &[
            "console.log",
            "console.1.log",
            "console.2.log",
            "node.1.log",
            "node.2.log",
        ],
        &[
            &["console.2.log", "console.1.log", "console.log"],
            &["node.1.log"],
            &["node.2.log"],
        ],
    ),
    (
        "and the live file may be compressed, or look like a rotated one itself",
        &[
            "console.1.log.gz",
            "console.log.gz",
            "x.1.1.log",
            "x.1.log",
            "x.1.2.log",
            "y.1.log",
            "y.1.log.1",
        ],
        &[
            &["console.1.log.gz", "console.log.gz"],
            &["x.1.2.log", "x.1.1.log", "x.1.log"],
            &["y.1.log.1", "y.1.log"],
        ],
    ),
    (
        "a file beside its compressed copy, and the live one stays the last",
        &[
            "x.log",
            "x.log.1",
            "x.log.1.gz",
            "x.log.GZ",
            "y.log.1.zst",
            "y.log.2.xz",
            "y.log.3.bz2",
        ],
        &[
            &["x.log.1.gz", "x.log.1", "x.log.GZ", "x.log"],
            &["y.log.3.bz2", "y.log.2.xz", "y.log.1.zst"],
        ],
    ),
    (
        "logs of different things stay apart",
        &[
            "dmgr/addNode.log",
            "node1/addNode.log",
            "node_1.log",
            "node_2.log",
            "server-1.log",
            "server-2.log",
            "stage_1.txt",
        ],
        &[
            &["node_1.log"],
            &["node_2.log"],
            &["server-1.log"],
            &["server-2.log"],
            &["stage_1.txt"],
            &["dmgr/addNode.log"],
            &["node1/addNode.log"],
        ],
    ),
    (
        "what looks like a mark and is none",
        &[
            ".1",
            "core.20161399",
            "javacore.20161012.100000.1234.0001.txt",
            "version_8.5.5.log",
            "x.log.123456",
            "x_16.13.12_10.00.00.log",
            "x_16.10.12_25.00.00.log",
        ],
        &[
            &[".1"],
            &["core.20161399"],
            &["javacore.20161012.100000.1234.0001.txt"],
            &["version_8.5.5.log"],
            &["x.log.123456"],
            &["x_16.10.12_25.00.00.log"],
            &["x_16.13.12_10.00.00.log"],
        ],
    ),
];

#[test]
fn files_of_a_folder_become_streams_oldest_first() {
    for (story, files, expected) in FOLDERS {
        assert_eq!(grouped(files), *expected, "{story}");
    }
}

#[test]
fn a_name_that_is_not_utf8_is_a_stream_of_its_own() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let mut odd = file("logs/x.log");
    odd.path = Path::new("logs").join(OsStr::from_bytes(b"x\xFF.log.1"));
    assert_eq!(streams(vec![odd, file("logs/x.log")]).len(), 2);
}

#[test]
fn a_leap_day_comes_between_its_neighbours() {
    assert_eq!(
        grouped(&[
            "a.20160301.log",
            "a.20160228.log",
            "a.20160229.log",
            "a.20161231.log",
            "a.20170101.log"
        ]),
        [[
            "a.20160228.log",
            "a.20160229.log",
            "a.20160301.log",
            "a.20161231.log",
            "a.20170101.log"
        ]]
    );
}

/// Names out of the pieces that names of logs are made of.
fn name() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "SystemOut",
        "stusers",
        "access_log",
        "x",
        "_",
        "-",
        ".",
        "1",
        "2",
        "10",
        "16.10.12",
        "10.00.00",
        "20161012",
        "2016-10-12",
        "101117",
        "0959",
        "1479340800",
        "log",
        "txt",
        "gz",
        "ü",
        "@",
        ":",
    ]);
    prop::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn the_order_of_finding_changes_nothing(names in prop::collection::hash_set(name(), 1..12), seed in any::<u64>()) {
        let mut files: Vec<StreamFile> = names.iter().map(|name| file(name)).collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut shuffled = files.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, usize::try_from(state >> 33).unwrap_or(0) % (at + 1));
        }
        let expected = streams(files.clone());
        prop_assert_eq!(&streams(shuffled), &expected);
        let mut out: Vec<StreamFile> = expected.into_iter().flat_map(|stream| stream.files).collect();
        out.sort_by(|a, b| a.path.cmp(&b.path));
        prop_assert_eq!(out, files);
    }

    #[test]
    fn any_name_is_read_without_harm(name in "\\PC{0,40}") {
        prop_assert_eq!(streams(vec![file(&name)]).len(), 1);
    }
}
