//! Real logs that have none of these problems, apart from what the rules are meant to find in them.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets what it did not expect ends, and says where"
)]

mod host;

use std::path::{Path, PathBuf};

use host::{Host, frame};
use serde_json::Map;

/// The folder of the samples, if there is one.
fn samples() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/samples");
    let folder = std::env::var_os("CASEBOOK_SAMPLES").map_or(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

#[test]
fn real_logs_are_silent_but_for_what_is_expected() {
    let Some(folder) = samples() else {
        println!("skipped: no samples beside the repository, and CASEBOOK_SAMPLES names no folder");
        return;
    };
    let mut host = Host::with_all_packs();
    for (file, format, expected) in [
        ("websphere/SystemOut.log", "websphere-basic", &[][..]),
        ("websphere/SystemErr.log", "websphere-basic", &[]),
        ("websphere/startServer.log", "websphere-basic", &[]),
        ("liberty/messages.log", "liberty-messages", &[]),
        ("liberty/messages_es_PE.log", "liberty-messages", &[]),
        ("excerpts/addnode_success_wasnode1.log", "websphere-addnode", &[]),
        ("excerpts/admc_routing_was51.log", "line", &[]),
        ("excerpts/cwsct_sip_ltpa_undefined.log", "websphere-basic", &[]),
        ("excerpts/dmgr_nodeagent_coregroup_gmt0800.log", "websphere-basic", &[]),
        ("excerpts/ffdc_head_dmgr.log", "websphere-basic", &[]),
        (
            "excerpts/locale_variants.log",
            "websphere-basic",
            &["websphere-user-not-in-realm"],
        ),
        ("access/combined_2000.log", "access-combined", &[]),
        ("corpus/loghub_Apache_2k.log", "line", &[]),
        ("corpus/loghub_OpenSSH_2k.log", "line", &[]),
        ("corpus/loghub_Linux_2k.log", "line", &[]),
        ("corpus/loghub_HDFS_2k.log", "line", &[]),
    ] {
        let bytes = std::fs::read(folder.join(file)).expect("a sample");
        let records = frame(format, &String::from_utf8_lossy(&bytes));
        let found = host.scan(format, &Map::new(), &records, &[64]);
        let rules: Vec<&str> = found.iter().map(|found| found.rule.as_str()).collect();
        assert_eq!(rules, expected, "{file}: {found:#?}");
    }
}
