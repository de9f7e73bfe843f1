//! Builds the plugins and lists the rule packs, so that both are inside the binary.

use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "xtask/src/guest.rs"]
mod guest;

fn main() {
    for watched in ["plugins", "wit", "rules", "xtask/src/guest.rs", "build.rs"] {
        println!("cargo:rerun-if-changed={watched}");
    }
    if let Err(reason) = build() {
        eprintln!("\nerror: {reason}\n");
        std::process::exit(1);
    }
}

fn build() -> Result<(), String> {
    let folder = |variable: &str| {
        env::var_os(variable)
            .map(PathBuf::from)
            .ok_or(format!("cargo sets no {variable}"))
    };
    let (root, out) = (folder("CARGO_MANIFEST_DIR")?, folder("OUT_DIR")?);
    list_packs(&root.join("rules"), &out)?;
    build_plugins(&root, &out)
}

fn list_packs(rules: &Path, out: &Path) -> Result<(), String> {
    let mut files = Vec::new();
    for product in ["sametime", "websphere", "connections", "domino", "ihs"] {
        for entry in fs::read_dir(rules.join(product)).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "yaml") {
                files.push(format!("{product}/{}", entry.file_name().to_string_lossy()));
            }
        }
    }
    files.sort();
    let mut table = "/// The packs inside the binary: name below `rules/`, and text.\n".to_owned();
    table.push_str("pub static BUILT_IN_PACKS: &[(&str, &str)] = &[\n");
    for file in files {
        let path = rules.join(&file);
        table.push_str(&format!("    ({file:?}, include_str!({path:?})),\n"));
    }
    table.push_str("];\n");
    let list = out.join("rules.rs");
    fs::write(&list, table).map_err(|error| format!("{}: {error}", list.display()))
}

fn build_plugins(root: &Path, out: &Path) -> Result<(), String> {
    let way = guest::Way::find().ok_or(guest::ADVICE)?;
    eprintln!("{}", way.explain()); // shown with `cargo build -vv`, and when something fails
    // target/PROFILE/build/PACKAGE/out: one folder for all profiles, since plugins are always built for release.
    let target = out.ancestors().nth(4).unwrap_or(out).join("guests");
    let modules = way.build(&root.join("plugins"), &target)?;
    let guests = out.join("guests");
    fs::create_dir_all(&guests).map_err(|error| error.to_string())?;
    for module in modules {
        let name = module
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .replace('_', "-");
        fs::copy(&module, guests.join(name)).map_err(|error| format!("{}: {error}", module.display()))?;
    }
    println!("cargo:rustc-env=CASEBOOK_GUESTS={}", guests.display());
    Ok(())
}
