//! Keeps compiled components, because compiling takes hundreds of times as long as loading.
//!
//! An entry is named by the hash of the component, of wasmtime's version and of the engine's settings: machine code is
//! tied to all three. It begins with a MAC under a key that only the owner can read, since whoever can write machine code
//! that we load can do all that we can. An entry that does not verify is compiled again. A folder of somebody else is not
//! used at all. One that others could write is closed to them and gets a new key, because they may have put one there, and
//! entries that fit it; so does one whose key others could read.

use std::fs;
use std::hash::Hasher;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use wasmtime::Engine;

/// Length of the MAC at the start of an entry, in bytes.
const MAC: usize = blake3::OUT_LEN;

/// A folder of compiled components.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    key: [u8; blake3::KEY_LEN],
}

/// The folder that is used unless told otherwise: `CASEBOOK_CACHE`, else `casebook` below the user's cache folder.
pub fn default_folder() -> Option<PathBuf> {
    let named = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    named("CASEBOOK_CACHE")
        .or_else(|| named("XDG_CACHE_HOME").map(|folder| folder.join("casebook")))
        .or_else(|| named("HOME").map(|folder| folder.join(".cache/casebook")))
}

impl Cache {
    /// Opens the folder, and makes it and its key at the first time.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made, when somebody else owns it, or when there is something else in the key's place.
    pub fn open(folder: &Path) -> io::Result<Self> {
        make_folder(folder)?;
        let key_file = folder.join("key");
        let was_open = close_to_others(folder)?;
        if was_open || !is_own_secret(&key_file)? {
            match fs::remove_file(&key_file) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        let key = match fs::read(&key_file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => make_key(folder, &key_file)?,
            Err(error) => return Err(error),
        };
        let key = key
            .try_into()
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "its key has a wrong length"))?;
        Ok(Self {
            folder: folder.to_owned(),
            key,
        })
    }

    /// The compiled code of `component`, if an entry of it verifies.
    pub(super) fn get(&self, engine: &Engine, component: &[u8]) -> Option<Vec<u8>> {
        let name = entry_name(engine, component);
        let mut entry = fs::read(self.folder.join(&name)).ok()?;
        let (mac, code) = entry.split_at_checked(MAC)?;
        let expected = self.mac(&name, code);
        // `blake3::Hash` compares in constant time.
        (blake3::Hash::from_slice(mac).ok()? == expected).then(|| entry.split_off(MAC))
    }

    /// Keeps compiled code. Failing to keep it costs time at the next start, nothing else.
    pub(super) fn put(&self, engine: &Engine, component: &[u8], code: &[u8]) -> io::Result<()> {
        let name = entry_name(engine, component);
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(self.mac(&name, code).as_bytes())?;
        file.write_all(code)?;
        file.persist(self.folder.join(name))?;
        Ok(())
    }

    /// The name is under the MAC, so that one verified entry cannot stand in for another.
    fn mac(&self, name: &str, code: &[u8]) -> blake3::Hash {
        blake3::Hasher::new_keyed(&self.key)
            .update(name.as_bytes())
            .update(&[0])
            .update(code)
            .finalize()
    }
}

fn entry_name(engine: &Engine, component: &[u8]) -> String {
    struct Blake(blake3::Hasher);
    impl Hasher for Blake {
        fn write(&mut self, bytes: &[u8]) {
            self.0.update(bytes);
        }
        fn finish(&self) -> u64 {
            0 // never asked: the whole hash is taken below
        }
    }
    let mut hasher = Blake(blake3::Hasher::new());
    // Covers wasmtime's full version, the target, and every setting that changes code.
    std::hash::Hash::hash(&engine.precompile_compatibility_hash(), &mut hasher);
    hasher.0.update(component);
    format!("{}.cwasm", hasher.0.finalize().to_hex())
}

fn make_key(folder: &Path, key_file: &Path) -> io::Result<Vec<u8>> {
    let mut key = vec![0u8; blake3::KEY_LEN];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    // A temporary file is made readable for its owner only. Two first runs at once: the one that links first wins.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&key)?;
    match file.persist_noclobber(key_file) {
        Ok(_) => Ok(key),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => fs::read(key_file),
        Err(error) => Err(error.error),
    }
}

/// For its owner only from the first moment, whatever the umask.
#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Takes the rights of others away, and says whether they could write.
#[cfg(unix)]
fn close_to_others(folder: &Path) -> io::Result<bool> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let found = fs::metadata(folder)?;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it belongs to another user",
        ));
    }
    if found.mode() & 0o077 != 0 {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    Ok(found.mode() & 0o022 != 0)
}

/// Whether the key is ours and nobody else could read or write it; a key that is not there yet is.
#[cfg(unix)]
fn is_own_secret(key_file: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    match fs::symlink_metadata(key_file) {
        Ok(found) => {
            Ok(found.is_file() && found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o077 == 0)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(not(unix))]
fn close_to_others(_folder: &Path) -> io::Result<bool> {
    Ok(false) // below the user's profile, whose access list the system keeps
}

#[cfg(not(unix))]
fn is_own_secret(_key_file: &Path) -> io::Result<bool> {
    Ok(true)
}
