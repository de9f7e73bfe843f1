//! Which documents belong together: those that agree in what their paths say, such as the cell.
//!
//! What the path of a document does not say cannot disagree. So a document of the cell `A` belongs together with those of
//! `A` and with those of no cell, and one of no cell with all. Ten thousand documents are looked up by what they say, not
//! compared one by one.

use std::collections::BTreeMap;

use casebook_plugin_configs::Document;

use super::scope::Part;

/// Attributes that can be asked for in one `same`: 4, for each doubles the number of look-ups.
pub(crate) const MOST: usize = 4;

/// What a document says of each attribute in question.
pub(crate) type Origin<'s> = Vec<Option<&'s str>>;

/// What a document says.
pub(crate) fn of<'s>(document: Document<'s>, same: &[Part]) -> Origin<'s> {
    same.iter().map(|part| part.of(document)).collect()
}

/// Things by a key and by the origin of their documents, each group in the order in which it was added.
#[derive(Debug, Clone)]
pub(crate) struct Shelf<'s, T>(BTreeMap<(Vec<String>, Origin<'s>), Vec<T>>);

impl<T> Default for Shelf<'_, T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'s, T: Copy + Ord> Shelf<'s, T> {
    /// Adds something.
    pub(crate) fn add(&mut self, key: Vec<String>, origin: Origin<'s>, thing: T) {
        self.0.entry((key, origin)).or_default().push(thing);
    }

    /// All things of a key that belong together with an origin, in order; `steps` counts what had to be looked at.
    pub(crate) fn find(&self, key: &[String], origin: &Origin<'s>, steps: &mut usize) -> Vec<T> {
        let mut found = Vec::new();
        if origin.iter().all(Option::is_some) {
            for choice in 0..1_u32 << origin.len().min(MOST) {
                let asked = (0..)
                    .zip(origin)
                    .map(|(bit, said): (u32, _)| said.filter(|_| choice >> bit & 1 == 1));
                let group = self.0.get(&(key.to_vec(), asked.collect()));
                found.extend(group.into_iter().flatten().copied());
            }
        } else {
            let begin = (key.to_vec(), Vec::new());
            for ((_, own), group) in self.0.range(begin..).take_while(|((own, _), _)| own == key) {
                *steps += 1;
                let agree = own
                    .iter()
                    .zip(origin)
                    .all(|(own, said)| own.is_none() || said.is_none() || own == said);
                if agree {
                    found.extend(group.iter().copied());
                }
            }
        }
        *steps += found.len() + 1;
        found.sort_unstable();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_path_does_not_say_cannot_disagree() {
        let mut shelf = Shelf::default();
        let key = vec!["k".to_owned()];
        for (thing, origin) in [
            (1, [Some("A"), Some("n")]),
            (2, [Some("A"), None]),
            (3, [None, None]),
            (4, [Some("B"), None]),
        ] {
            shelf.add(key.clone(), origin.to_vec(), thing);
        }
        shelf.add(vec!["other".to_owned()], vec![None, None], 5);
        let find = |origin: [Option<&'static str>; 2]| shelf.find(&key, &origin.to_vec(), &mut 0);
        assert_eq!(find([Some("A"), Some("n")]), [1, 2, 3]);
        assert_eq!(find([Some("A"), Some("m")]), [2, 3]);
        assert_eq!(find([Some("A"), None]), [1, 2, 3]);
        assert_eq!(find([None, None]), [1, 2, 3, 4]);
        assert!(shelf.find(&["x".to_owned()], &vec![None, None], &mut 0).is_empty());
    }
}
