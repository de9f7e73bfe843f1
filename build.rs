//! Builds the plugins and lists the rule packs, so that both are inside the binary.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

#[path = "xtask/src/guest.rs"]
mod guest;

fn main() {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the package's folder"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names a folder for generated files"));
    for watched in ["plugins", "wit", "rules", "xtask/src/guest.rs", "build.rs"] {
        println!("cargo:rerun-if-changed={watched}");
    }
    list_packs(&root.join("rules"), &out);
    if let Err(reason) = build_plugins(&root, &out) {
        eprintln!("\nerror: {reason}\n");
        std::process::exit(1);
    }
}

fn list_packs(rules: &Path, out: &Path) {
    let mut files = Vec::new();
    let products = ["sametime", "websphere", "connections", "domino", "ihs"];
    for product in products {
        for entry in fs::read_dir(rules.join(product)).into_iter().flatten().flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "yaml") {
                files.push(format!("{product}/{}", entry.file_name().to_string_lossy()));
            }
        }
    }
    files.sort();
    let mut table = "/// The packs inside the binary: name below `rules/`, and text.\npub static BUILT_IN_PACKS: &[(&str, &str)] = &[\n".to_owned();
    for file in files {
        let path = rules.join(&file);
        writeln!(table, "    ({file:?}, include_str!({path:?})),").expect("a string can be written to");
    }
    table.push_str("];\n");
    fs::write(out.join("rules.rs"), table).expect("the folder for generated files can be written");
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
