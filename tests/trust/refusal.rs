//! A plugin that cannot be served: refused before the run begins, with status 2 and a sentence that says why.

use assert_cmd::Command;

use crate::{Report, Site, assert_harmless, evil, hostile_file, trace};

/// Status 2, nothing on standard output, and a sentence with these words.
#[track_caller]
fn refused(site: &Site, said: &[&str]) {
    let report = site.scan(&[]);
    assert_eq!(report.status, Some(2), "{report:?}");
    assert_eq!(report.stdout, "");
    for words in said {
        assert!(report.stderr.contains(words), "{words:?} in {:?}", report.stderr);
    }
    assert_harmless(&report.stderr);
}

fn site(wat: &str) -> Site {
    let bytes = wat::parse_str(wat).expect("a plugin in text form");
    Site::new()
        .with_plugin(&bytes)
        .with_log("stusers_1.txt", &evil(1))
        .with_pack("none.yaml", "plugin: plugin\nid: none\n")
}

#[test]
fn for_an_import_that_no_plugin_gets() {
    for import in [
        "wasi:cli/environment@0.2.0",
        "wasi:filesystem/types@0.2.3",
        "evil:host/files",
    ] {
        let wat = format!(r#"(component (import "{import}" (instance (export "get" (func)))))"#);
        refused(
            &site(&wat),
            &[&format!(
                "plugin plugin: imports `{import}`, which Casebook does not give to plugins"
            )],
        );
    }
    refused(&site(r#"(component (import "now" (func)))"#), &["imports `now`"]);
}

#[test]
fn for_an_import_of_a_core_module() {
    refused(
        &site(r#"(module (import "env" "read_file" (func)))"#),
        &["plugin plugin: ", "env"],
    );
    refused(
        &site(r#"(module (import "wasi_snapshot_preview1" "fd_read" (func)))"#),
        &["wasi_snapshot_preview1"],
    );
}

#[test]
fn for_interfaces_of_another_version() {
    let exports = |version: &str| {
        site(&format!(
            r#"(component (instance $i) (export "casebook:rules/rulebook@{version}" (instance $i)))"#
        ))
    };
    let newer =
        "was built for `casebook:rules/rulebook@0.9.0`, this Casebook speaks version 0.1.0; a newer Casebook is needed";
    refused(&exports("0.9.0"), &[newer]);
    refused(
        &exports("0.0.1"),
        &["was built for `casebook:rules/rulebook@0.0.1`", "it has to be rebuilt"],
    );
    refused(&exports("0.1.0"), &["does not fit the interfaces"]);
    refused(
        &site(r#"(component (import "casebook:rules/host@0.2.0" (instance)))"#),
        &[
            "was built for `casebook:rules/host@0.2.0`",
            "a newer Casebook is needed",
        ],
    );
}

#[test]
fn for_exporting_no_rules() {
    refused(
        &site("(component)"),
        &["exports no rules: `casebook:rules/rulebook@0.1.0` is missing"],
    );
    refused(&site("(module)"), &["plugin plugin: "]);
}

/// A component whose only function has no business to be called: what runs is the start of its module.
fn starting(module: &str) -> Site {
    site(&format!(
        r#"(component
             (core module $m {module} (func (export "load")))
             (core instance $i (instantiate $m))
             (func $load (canon lift (core func $i "load")))
             (instance $rulebook (export "load" (func $load)))
             (export "casebook:rules/rulebook@0.1.0" (instance $rulebook)))"#
    ))
}

#[test]
fn for_what_it_does_before_it_is_called() {
    refused(
        &starting("(func $f (loop (br 0))) (start $f)"),
        &["did not answer within 1 s and was stopped, while it read its rule packs"],
    );
    refused(
        &starting("(func $f unreachable) (start $f)"),
        &["plugin plugin: trapped"],
    );
    refused(
        &starting("(memory 8000)"),
        &["plugin plugin: asked for more than its 256 MiB of memory"],
    );
    refused(
        &starting("(table 2000000 funcref)"),
        &["plugin plugin: asked for more than its 1000000 table entries"],
    );
    refused(&starting(""), &["plugin plugin: could not be started: "]);
}

#[test]
fn for_being_no_webassembly() {
    let hostile = std::fs::read(hostile_file()).expect("the plugin");
    let garbage: Vec<u8> = (0..5_000_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
        .collect();
    let with_magic = [&b"\0asm\x0d\0\x01\0"[..], &garbage].concat();
    let module_magic = [&b"\0asm\x01\0\0\0"[..], &garbage].concat();
    for bytes in [
        &b""[..],
        b"\0asm",
        &garbage,
        &with_magic,
        &module_magic,
        &hostile[..hostile.len() / 2],
        &hostile[..hostile.len() - 1],
    ] {
        let site = Site::new()
            .with_plugin(bytes)
            .with_log("a.txt", &evil(1))
            .with_rule("evil", "behaviour: behaves");
        refused(&site, &["plugin plugin: is no WebAssembly component: "]);
    }
}

/// The plugin's own bytes, changed here and there: refused or loaded, but never the end of the process.
#[test]
fn of_damaged_bytes_never_ends_the_process() {
    let hostile = std::fs::read(hostile_file()).expect("the plugin");
    // Its last 8 KiB are the sections that say what it is; the code before them is the validator's business.
    let tail = hostile.len().saturating_sub(8 << 10);
    let places = (tail..hostile.len())
        .step_by(61)
        .chain((0..tail).step_by(tail / 40 + 1));
    for place in places {
        let mut damaged = hostile.clone();
        damaged[place] ^= 1 << (place % 8);
        let described = std::panic::catch_unwind(|| casebook::plugin::describe("damaged", &damaged).is_ok());
        assert!(
            described.is_ok(),
            "a flipped bit at {place} of {} ends the process",
            hostile.len()
        );
    }
}

#[test]
fn for_failing_over_its_packs() {
    let load = |behaviour: &str| {
        Site::new()
            .with_rule("evil", &format!("behaviour: {behaviour}"))
            .with_log("stusers_1.txt", &trace(1))
    };
    refused(
        &load("traps-on-load"),
        &["plugin hostile: trapped: ", "while it read its rule packs"],
    );
    refused(
        &load("loops-on-load"),
        &["plugin hostile: did not answer within 1 s and was stopped, while it read"],
    );
}

#[test]
fn for_patterns_that_are_none() {
    let pack = |search: &str, more: &str| {
        let text = format!("plugin: hostile\nid: evil\nbehaviour: behaves\nsearch: '{search}'\n{more}");
        Site::new()
            .with_pack("evil.yaml", &text)
            .with_log("stusers_1.txt", &evil(1))
    };
    refused(&pack("EVIL (unclosed", ""), &["evil.yaml:4: search: "]);
    refused(&pack("(EVIL)\\1", ""), &["evil.yaml:4: search: "]);
    refused(
        &pack("(?:EVIL\\w{1,500}){1,500}", ""),
        &["evil.yaml:4: ", "compiles to more than 4096 KiB"],
    );
    refused(
        &pack("EVIL (?<number>.*)", "captures: [user]\n"),
        &["evil.yaml:4: ", "no group named `user`; it has: number"],
    );
    refused(
        &pack("EVIL", "formats: [no-such-format]\n"),
        &["evil.yaml:5: ", "there is no record format `no-such-format`"],
    );
}

#[test]
fn for_ids_that_are_taken_or_none() {
    let with_id = |id: &str| {
        Site::new()
            .with_rule(id, "behaviour: behaves")
            .with_log("stusers_1.txt", &evil(1))
    };
    refused(&with_id("two words"), &["`two words` is no id"]);
    refused(&with_id("\\e[2J"), &["is no id"]);
    // A pack takes the place of a rule by id, as its author can see; a plugin that makes an id up by itself does not.
    let site = Site::new()
        .with_rule("evil", "behaviour: behaves\ndeclares: sametime-ltpa-token-rejected")
        .with_log("stusers_1.txt", &evil(1));
    refused(
        &site,
        &["rule `sametime-ltpa-token-rejected` is declared twice; ids are given once"],
    );
}

#[test]
fn of_what_the_compiling_process_gets() {
    for input in [&b""[..], b"garbage", b"\0asm\x0d\0\x01\0garbage"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_casebook"));
        command.arg("compile-plugin").write_stdin(input);
        let report = Report::of(command);
        assert_eq!((report.status, report.stdout.as_str()), (Some(2), ""), "{report:?}");
        let sentence = report.stderr.trim_end();
        assert!(
            sentence.starts_with("error: ") && sentence.lines().count() == 1,
            "{sentence}"
        );
    }
}
