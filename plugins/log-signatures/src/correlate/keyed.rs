//! What is remembered under each of many keys, the least recently used forgotten first.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Values by key, never more than a bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Keyed<T> {
    entries: BTreeMap<String, Entry<T>>,
    /// Counts uses; an entry that was used later has the larger number.
    uses: u64,
    forgotten: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Entry<T> {
    used: u64,
    value: T,
}

impl<T> Default for Keyed<T> {
    fn default() -> Self {
        Self {
            entries: BTreeMap::new(),
            uses: 0,
            forgotten: 0,
        }
    }
}

impl<T: Default> Keyed<T> {
    /// The value of a key, which counts as used; a new key finds room by forgetting others once there are `most`.
    pub(crate) fn use_key(&mut self, key: String, most: usize) -> &mut T {
        if self.entries.len() >= most && !self.entries.contains_key(&key) {
            self.forget();
        }
        self.uses += 1;
        let entry = self.entries.entry(key).or_insert_with(|| Entry {
            used: 0,
            value: T::default(),
        });
        entry.used = self.uses;
        &mut entry.value
    }

    /// Forgets the least recently used eighth: in one go, so that the cost is spread over many keys to come.
    fn forget(&mut self) {
        let mut uses: Vec<u64> = self.entries.values().map(|entry| entry.used).collect();
        let eighth = uses.len() / 8;
        let (_, &mut last_out, _) = uses.select_nth_unstable(eighth);
        let before = self.entries.len();
        self.entries.retain(|_, entry| entry.used > last_out);
        self.forgotten += (before - self.entries.len()) as u64;
    }
}

impl<T> Keyed<T> {
    /// Forgets a key that has no more to say.
    pub(crate) fn remove(&mut self, key: &str) {
        self.entries.remove(key);
    }

    /// Forgets all keys, because nothing of them matters any more.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
    }

    /// The values with their keys, in the order of the keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.entries.iter().map(|(key, entry)| (key.as_str(), &entry.value))
    }

    /// How many keys were forgotten because there were too many.
    pub(crate) fn forgotten(&self) -> u64 {
        self.forgotten
    }
}

#[cfg(test)]
mod tests {
    use super::Keyed;

    #[test]
    fn the_least_recently_used_are_forgotten_and_counted() {
        let mut keyed: Keyed<u32> = Keyed::default();
        for key in 0..16 {
            *keyed.use_key(format!("{key:02}"), 16) = key;
        }
        keyed.use_key("00".to_owned(), 16);
        keyed.use_key("new".to_owned(), 16);
        let left: Vec<&str> = keyed.iter().map(|(key, _)| key).collect();
        assert!(
            left.contains(&"00") && left.contains(&"new") && !left.contains(&"01"),
            "{left:?}"
        );
        assert_eq!(keyed.forgotten() as usize + left.len(), 17);
    }
}
