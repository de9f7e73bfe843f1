//! Builds the plugins: the one thing that the ordinary toolchain may not be able to do by itself.
//!
//! Comes in: the plugins' workspace. Goes out: their core modules. Used by the build script of the host, so that a plain
//! `cargo build` works, and by `cargo xtask`, which may install what is missing first.
//!
//! Two ways lead to `wasm32-unknown-unknown`. The usual one is a toolchain that has the target. Where rustup cannot
//! download it, Debian's `rustc-web` brings a compiler together with the source of its library, from which cargo builds
//! the library for the target; the linker then comes from rustup's toolchain or from `lld`.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The target that plugins are built for: no operating system, so nothing to import.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// What to type where neither way is open.
pub const ADVICE: &str = "the plugins need a compiler for wasm32-unknown-unknown, and none was found. Either\n  \
     rustup target add wasm32-unknown-unknown\nor, where rustup cannot download, on Debian\n  \
     apt-get install rustc-web cargo-web rust-web-src lld-22\nand try again";

/// A way to build for [`TARGET`].
#[derive(Clone, Debug)]
pub enum Way {
    /// The toolchain at hand has the target.
    Target { cargo: PathBuf, rustc: PathBuf },
    /// A compiler with the source of its library.
    LibrarySource {
        cargo: PathBuf,
        rustc: PathBuf,
        linker: PathBuf,
    },
}

impl Way {
    /// The first way that is open on this machine.
    pub fn find() -> Option<Self> {
        let rustc = env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
        let cargo = env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
        if has_target(&rustc) {
            return Some(Self::Target { cargo, rustc });
        }
        let (own_rustc, own_cargo) = (PathBuf::from("/usr/bin/rustc"), PathBuf::from("/usr/bin/cargo"));
        if !own_cargo.exists() {
            return None;
        }
        if has_target(&own_rustc) {
            return Some(Self::Target {
                cargo: own_cargo,
                rustc: own_rustc,
            });
        }
        let source = sysroot(&own_rustc)?.join("lib/rustlib/src/rust/library");
        let linker = linker(&rustc)?;
        source.exists().then_some(Self::LibrarySource {
            cargo: own_cargo,
            rustc: own_rustc,
            linker,
        })
    }

    /// Which way it is, and why, in a sentence.
    pub fn explain(&self) -> String {
        match self {
            Self::Target { rustc, .. } => {
                format!("plugins: built by {}, which has the target {TARGET}", rustc.display())
            }
            Self::LibrarySource { rustc, linker, .. } => format!(
                "plugins: the toolchain lacks the target {TARGET}; built by {} from its library source, linked by {}",
                rustc.display(),
                linker.display()
            ),
        }
    }

    /// Builds all plugins of `workspace` and returns their core modules.
    ///
    /// # Errors
    ///
    /// What cargo printed.
    pub fn build(&self, workspace: &Path, target_folder: &Path) -> Result<Vec<PathBuf>, String> {
        let (cargo, rustc) = match self {
            Self::Target { cargo, rustc } | Self::LibrarySource { cargo, rustc, .. } => (cargo, rustc),
        };
        let mut command = Command::new(cargo);
        // What cargo told us about our own build must not leak into this one.
        for (name, _) in env::vars_os() {
            let known = name.to_string_lossy();
            if known.starts_with("CARGO")
                && !matches!(&*known, "CARGO_HOME" | "CARGO_NET_OFFLINE" | "CARGO_HTTP_CAINFO")
                || known.starts_with("RUSTC")
                || matches!(&*known, "RUSTFLAGS" | "RUSTDOCFLAGS" | "RUSTUP_TOOLCHAIN")
            {
                command.env_remove(&name);
            }
        }
        command
            .args(["build", "--release", "--target", TARGET, "--manifest-path"])
            .arg(workspace.join("Cargo.toml"));
        command.arg("--target-dir").arg(target_folder).env("RUSTC", rustc);
        if let Self::LibrarySource { linker, .. } = self {
            command
                .env("RUSTC_BOOTSTRAP", "1")
                .args(["-Z", "build-std=std,panic_abort"]);
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        let output = command
            .output()
            .map_err(|error| format!("{} cannot be started: {error}", cargo.display()))?;
        if !output.status.success() {
            return Err(format!(
                "the plugins do not build:\n{}",
                String::from_utf8_lossy(&output.stderr)
            ));
        }
        let built = target_folder.join(TARGET).join("release");
        let entries = fs::read_dir(&built).map_err(|error| format!("{}: {error}", built.display()))?;
        let mut modules: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        modules.retain(|path| path.extension().is_some_and(|extension| extension == "wasm"));
        modules.sort();
        Ok(modules)
    }
}

fn has_target(rustc: &Path) -> bool {
    let libraries = printed(rustc, &["--print", "target-libdir", "--target", TARGET]).map(PathBuf::from);
    let entries = libraries.and_then(|folder| fs::read_dir(folder).ok());
    entries
        .into_iter()
        .flatten()
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with("libcore-"))
}

fn sysroot(rustc: &Path) -> Option<PathBuf> {
    printed(rustc, &["--print", "sysroot"]).map(PathBuf::from)
}

fn linker(rustc: &Path) -> Option<PathBuf> {
    let host = printed(rustc, &["-vV"])?
        .lines()
        .find_map(|line| line.strip_prefix("host: ").map(str::to_owned))?;
    let with_toolchain = sysroot(rustc)?.join("lib/rustlib").join(host).join("bin/rust-lld");
    let others = ["/usr/bin/wasm-ld-22", "/usr/bin/wasm-ld"].map(PathBuf::from);
    std::iter::once(with_toolchain)
        .chain(others)
        .find(|linker| linker.exists())
}

fn printed(program: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
