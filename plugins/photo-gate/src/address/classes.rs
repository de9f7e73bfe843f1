//! Classes of addresses that nothing tells apart.
//!
//! Comes in: sets, each the addresses for which some test holds. Goes out: the coarsest division of all addresses in which any two
//! of a class are in the same sets, with one of each class. What depends on nothing but the tests is the same for a whole class.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::Set;
use super::diagram::Diagram;

/// The classes.
#[derive(Debug)]
pub struct Classes {
    /// The number of its class for each address.
    diagram: Diagram,
    classes: Vec<Class>,
}

/// One class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// The first of its addresses.
    pub representative: Ipv4Addr,
    /// How many it has.
    pub size: u64,
}

/// There are more classes than were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

impl Classes {
    /// The classes of these tests, at most as many as given.
    ///
    /// # Errors
    ///
    /// If there are more.
    pub fn of<'t>(tests: impl IntoIterator<Item = &'t Set>, most: usize) -> Result<Self, TooMany> {
        let mut diagram = Diagram::all(0);
        for test in tests {
            let mut numbers: BTreeMap<(u32, u32), u32> = BTreeMap::new();
            let mut number = |class: u32, holds: u32| {
                let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                *numbers.entry((class, holds)).or_insert(next)
            };
            diagram = diagram.join(test.diagram(), &mut number);
            if numbers.len() > most {
                return Err(TooMany);
            }
        }
        let classes = diagram.sizes().into_iter().map(|(_, size, first)| Class {
            representative: first.into(),
            size,
        });
        Ok(Self {
            classes: classes.collect(),
            diagram,
        })
    }

    /// One entry a class, by number.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The addresses of all classes for whose numbers it is so.
    pub fn set(&self, is_in: impl Fn(usize) -> bool) -> Set {
        let mut value = |class: u32| u32::from(usize::try_from(class).is_ok_and(&is_in));
        Set::of_diagram(self.diagram.map(&mut value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str, bits: u32) -> Set {
        Set::of_network(text.parse().expect("an address"), bits)
    }

    #[test]
    fn addresses_that_no_test_tells_apart_are_one_class() {
        let tests = [
            network("10.0.0.0", 8),
            network("10.20.0.0", 16),
            network("192.168.0.0", 16),
        ];
        let classes = Classes::of(&tests, 10).expect("few");
        let sizes: u64 = classes.classes().iter().map(|class| class.size).sum();
        assert_eq!((classes.classes().len(), sizes), (4, 1 << 32));
        for (number, class) in classes.classes().iter().enumerate() {
            let set = classes.set(|other| other == number);
            assert_eq!(set.count(), class.size);
            assert!(set.contains(class.representative));
            for test in &tests {
                let both = test.intersection(&set).count();
                assert!(both == 0 || both == class.size);
            }
        }
        assert!(Classes::of(&tests, 3).is_err());
        assert_eq!(Classes::of([], 3).expect("one").classes().len(), 1);
    }

    #[test]
    fn hundreds_of_tests_make_hundreds_of_classes() {
        let networks: Vec<Set> = (0..200_u32)
            .map(|n| Set::of_network((n * 0x0101_4107).into(), 16 + n % 12))
            .collect();
        let classes = Classes::of(&networks, 1000).expect("few");
        assert!(classes.classes().len() > 150);
    }
}
