//! The two commands of the README, with all the set-up that they need.
//!
//! `cargo xtask demo` builds Casebook and shows what it finds in the environment that the repository ships.
//! `cargo xtask test` is what must pass before a change lands: formatting, lints, documentation, every test.

#[allow(dead_code, reason = "the build script builds; here the way is only found")]
mod guest;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

const USAGE: &str = "\
usage: cargo xtask demo            build Casebook and scan examples/acme
       cargo xtask test            formatting, lints, documentation, all tests
       cargo xtask setup           install what the plugins' build lacks, and nothing else
       cargo xtask schema          write rules/schema/ anew from the plugins' types";

fn main() -> ExitCode {
    let verb = std::env::args().nth(1);
    let done = match verb.as_deref() {
        Some("demo") => setup().and_then(|_| demo()),
        Some("test") => setup().and_then(|way| test(&way)),
        Some("setup") => setup().map(|_| ()),
        Some("schema") => schema(),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map_or_else(|| PathBuf::from("."), Path::to_owned)
}

fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(root());
    command
}

/// Runs one step and says how long it took; the step's own output passes through.
fn step(what: &str, command: &mut Command) -> Result<(), String> {
    eprintln!("── {what}");
    let began = Instant::now();
    let status = command
        .status()
        .map_err(|error| format!("{what}: cannot be started: {error}"))?;
    eprintln!(
        "── {what}: {} after {:.0} s\n",
        if status.success() { "done" } else { "FAILED" },
        began.elapsed().as_secs_f64()
    );
    if status.success() {
        Ok(())
    } else {
        Err(format!("{what} failed"))
    }
}

/// Finds a way to build plugins, and makes one where there is none: by rustup, else by Debian's packages.
fn setup() -> Result<guest::Way, String> {
    if let Some(way) = guest::Way::find() {
        eprintln!("{}", way.explain());
        return Ok(way);
    }
    eprintln!("plugins: no compiler for {} here; trying rustup", guest::TARGET);
    // Its failure is no failure of ours: there is a second way.
    let _ = Command::new("rustup").args(["target", "add", guest::TARGET]).status();
    if let Some(way) = guest::Way::find() {
        eprintln!("{}", way.explain());
        return Ok(way);
    }
    eprintln!("plugins: rustup could not add the target; trying Debian's packages");
    let packages = [
        "install",
        "--yes",
        "--no-install-recommends",
        "rustc-web",
        "cargo-web",
        "rust-web-src",
        "lld-22",
    ];
    for arguments in [&["update"][..], &packages[..]] {
        let mut install = Command::new("apt-get");
        let _ = install
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .status();
    }
    let way = guest::Way::find().ok_or(guest::ADVICE)?;
    eprintln!("{}", way.explain());
    Ok(way)
}

fn demo() -> Result<(), String> {
    step("build (the first time takes some ten minutes)", &mut cargo(&["build"]))?;
    let built = cargo(&["run", "--quiet", "--", "scan", "examples/acme"]).status();
    let status = built.map_err(|error| format!("casebook cannot be started: {error}"))?;
    match status.code() {
        Some(1) => {
            eprintln!("\nThe exit status is 1: there are findings. `casebook explain RULE` says more about one.");
            Ok(())
        }
        code => Err(format!("expected exit status 1, for findings; got {code:?}")),
    }
}

fn test(way: &guest::Way) -> Result<(), String> {
    let plugins = root().join("plugins");
    let in_plugins = |what: &str, arguments: &[&str]| {
        let mut command = cargo(arguments);
        command
            .current_dir(&plugins)
            .env("CARGO_TARGET_DIR", target_folder().join("plugins-native"));
        step(what, &mut command)
    };
    in_plugins("format of the plugins", &["fmt", "--all", "--check"])?;
    in_plugins(
        "lints of the plugins",
        &[
            "clippy",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ],
    )?;
    in_plugins(
        "tests of the plugins",
        &["test", "--quiet", "--workspace", "--all-features"],
    )?;
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    step(
        "lints",
        &mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    )?;
    step(
        "documentation",
        cargo(&["doc", "--workspace", "--no-deps", "--document-private-items"]).env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    step("tests", &mut cargo(&["test", "--workspace"]))?;
    step(
        "examples of the rules",
        &mut cargo(&["run", "--quiet", "--", "rules", "test"]),
    )?;
    eprintln!("all passed; {}", way.explain());
    Ok(())
}

fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Writes the schema of each plugin's packs; that of `environment.toml` is written by hand.
fn schema() -> Result<(), String> {
    ["log-signatures", "config-checks", "photo-gate"]
        .into_iter()
        .try_for_each(schema_of)
}

fn schema_of(plugin: &str) -> Result<(), String> {
    let mut command = cargo(&[
        "run",
        "--quiet",
        "--package",
        plugin,
        "--features",
        "schema",
        "--example",
        "schema",
    ]);
    let output = command
        .current_dir(root().join("plugins"))
        .env("CARGO_TARGET_DIR", target_folder().join("plugins-native"))
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let file = root().join(format!("rules/schema/{plugin}.json"));
    std::fs::write(&file, output.stdout).map_err(|error| format!("{}: {error}", file.display()))
}
