//! The address space in layers, and how much of each there is in a part of it.

use crate::gate::Drawn;
use crate::gate::space::AddressSpace;

/// What may be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Layer {
    /// Let in, and intended, or nobody said what is intended.
    In,
    /// Let in, and not intended.
    Over,
    /// Intended, and not let in.
    Gap,
    /// Not known.
    Unsure,
}

impl Layer {
    /// All of them, in the order of the legend.
    pub(super) const ALL: [Self; 4] = [Self::In, Self::Over, Self::Gap, Self::Unsure];

    /// For people, where somebody said what is intended, or not.
    pub(super) fn name(self, is_compared: bool) -> &'static str {
        match self {
            Self::In if is_compared => "Let in as intended",
            Self::In => "Let in",
            Self::Over => "Too many: let in, and not intended",
            Self::Gap => "Missing: intended, and not let in",
            Self::Unsure => "Undecided",
        }
    }

    /// The name of its style.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Over => "over",
            Self::Gap => "gap",
            Self::Unsure => "unsure",
        }
    }
}

/// The layers of an answer. They do not overlap.
#[derive(Debug)]
pub(super) struct Layers {
    all: [Counted; 4],
    /// Whether somebody said what is intended.
    pub(super) is_compared: bool,
}

/// A set with the number of addresses before each of its ranges.
#[derive(Debug)]
struct Counted {
    space: AddressSpace,
    before: Vec<u64>,
}

impl Layers {
    pub(super) fn of(drawn: &Drawn) -> Self {
        let empty = AddressSpace::default();
        let (inside, over, gap) = match &drawn.intended {
            Some(intended) => (
                drawn.admitted.intersection(intended),
                drawn.admitted.without(intended),
                intended.without(&drawn.admitted).without(&drawn.undecided),
            ),
            None => (drawn.admitted.clone(), empty.clone(), empty),
        };
        Self {
            is_compared: drawn.intended.is_some(),
            all: [inside, over, gap, drawn.undecided.clone()].map(Counted::of),
        }
    }

    fn counted(&self, layer: Layer) -> &Counted {
        let [inside, over, gap, unsure] = &self.all;
        match layer {
            Layer::In => inside,
            Layer::Over => over,
            Layer::Gap => gap,
            Layer::Unsure => unsure,
        }
    }

    /// The set of a layer.
    pub(super) fn space(&self, layer: Layer) -> &AddressSpace {
        &self.counted(layer).space
    }

    /// Those that have any addresses; what is let in always.
    pub(super) fn shown(&self) -> impl Iterator<Item = Layer> {
        Layer::ALL
            .into_iter()
            .filter(|layer| *layer == Layer::In || !self.space(*layer).is_empty())
    }

    /// How many addresses of a layer there are from the first to the last.
    pub(super) fn within(&self, layer: Layer, first: u32, last: u32) -> u64 {
        self.counted(layer).upto(last)
            - first
                .checked_sub(1)
                .map_or(0, |before| self.counted(layer).upto(before))
    }
}

impl Counted {
    fn of(space: AddressSpace) -> Self {
        let mut sum = 0;
        let before = space
            .ranges()
            .iter()
            .map(|(first, last)| {
                let here = sum;
                sum += u64::from(*last) - u64::from(*first) + 1;
                here
            })
            .collect();
        Self { space, before }
    }

    /// How many there are up to that address.
    fn upto(&self, address: u32) -> u64 {
        let ranges = self.space.ranges();
        let number = ranges.partition_point(|(first, _)| *first <= address);
        let Some((at, (first, last))) = number.checked_sub(1).and_then(|at| Some((at, ranges.get(at)?))) else {
            return 0;
        };
        let before = self.before.get(at).copied().unwrap_or_default();
        before + u64::from(address.min(*last)) - u64::from(*first) + 1
    }
}
