//! Decides which literals share a tier, and how each tier looks at the input.
//!
//! The shortest literal of a tier bounds its stride, so one message id among sentences would make all of them slow: it is
//! given a tier of its own when walking the text twice is cheaper than walking it once in short steps. And a tier of given
//! literals can take long steps with short grams, which are common, or short steps with long grams, which are rare: few
//! literals want the first, many the second. What is cheapest depends on the input, so every plan is built and tried on the
//! sample, and the costs below, in nanoseconds, weigh what the trial met. They are fitted to a few runs on one machine, and
//! only their ratios matter.

use std::collections::HashMap;
use std::rc::Rc;

use super::census::Census;
use super::gram::Gram;
use super::tier::{LONGEST_STRIDE, Shape, Tier};

/// A step whose bitmap stays in the first-level cache.
const STEP: f64 = 0.6;
/// A step whose bitmap stays in the second-level cache.
const FAR_STEP: f64 = 0.7;
/// A bitmap of up to so many bits (32 KiB) stays in the first-level cache.
const NEAR_BITS: u32 = 18;
/// Noticing a candidate: a branch that was not foreseen, and a slot of the table that is not at hand.
const CANDIDATE: f64 = 14.0;
/// Comparing one entry.
const ENTRY: f64 = 2.0;

/// Bitmaps are between 4 KiB, of which a step finds any part in the first-level cache, and 512 KiB, which leaves half of a
/// usual second-level cache to the table and the text.
const BITS: std::ops::RangeInclusive<u32> = 15..=22;

/// So many bits of the bitmap for each gram in it: one position in 32 is then a candidate by accident, at worst. Half as many
/// cost up to a fifth of the speed at 1,000 literals, twice as many gained nothing.
const BITS_PER_GRAM: usize = 32;

/// A tier that starts here is worth trying when shorter literals are there too. Each is tried once, so they are few: short
/// words, message ids, phrases.
const BORDERS: [usize; 3] = [6, 12, 20];

/// Beyond so many literals only the longest grams are tried.
const MANY: usize = 2_000;

/// At most so many tiers: each walks the whole text.
const MOST_TIERS: usize = 3;

/// The sample and what has been counted in it.
struct Planner<'a> {
    all: &'a [&'a [u8]],
    sample: &'a [u8],
    /// By length of gram.
    censuses: HashMap<usize, Rc<Census>>,
}

/// Tiers for all literals, and what a byte of the sample costs with them, in nanoseconds.
struct Plan {
    tiers: Vec<Tier>,
    cost: f64,
}

/// The tiers that find all literals, cheapest for text like `sample`. An empty literal is in none of them.
pub(super) fn tiers(all: &[&[u8]], sample: &[u8]) -> Vec<Tier> {
    let mut members: Vec<u32> = (0u32..)
        .zip(all)
        .filter(|(_, literal)| !literal.is_empty())
        .map(|(member, _)| member)
        .collect();
    members.sort_by_key(|&member| (all.get(member as usize).map_or(0, |literal| literal.len()), member));
    let mut planner = Planner {
        all,
        sample,
        censuses: HashMap::new(),
    };
    let mut tiers = planner.plan(&members, MOST_TIERS).tiers;
    for tier in &mut tiers {
        let (nears, checks) = (planner.census(tier.near()), planner.census(tier.check()));
        tier.sharpen(all, &nears, &checks);
    }
    tiers
}

impl Planner<'_> {
    fn length(&self, member: u32) -> usize {
        self.all.get(member as usize).map_or(0, |literal| literal.len())
    }

    /// The cheapest plan for `members`, which are sorted by length.
    fn plan(&mut self, members: &[u32], most_tiers: usize) -> Plan {
        let Some(&shortest) = members.first() else {
            return Plan {
                tiers: Vec::new(),
                cost: 0.0,
            };
        };
        let (tier, cost) = self.tier(members, self.length(shortest));
        let mut best = Plan {
            tiers: vec![tier],
            cost,
        };
        if most_tiers > 1 {
            for border in BORDERS {
                let (short, long) = members.split_at(members.partition_point(|&member| self.length(member) < border));
                // Of a split into three the shorter two are tried first: it is the short that are slow.
                if short.is_empty() || long.is_empty() || self.length(shortest) + 2 > border {
                    continue;
                }
                let (tier, cost) = self.tier(long, border);
                if cost >= best.cost {
                    continue;
                }
                let mut plan = self.plan(short, most_tiers - 1);
                plan.tiers.push(tier);
                plan.cost += cost;
                if plan.cost < best.cost {
                    best = plan;
                }
            }
        }
        best
    }

    /// The cheapest tier for literals of at least `shortest` bytes, and its cost.
    fn tier(&mut self, members: &[u32], shortest: usize) -> (Tier, f64) {
        let lengths: &[usize] = match shortest {
            0 | 1 => &[1],
            2 => &[2],
            3 => &[3, 2],
            4 => &[4, 3, 2],
            5..8 => &[5, 4, 3],
            // Thousands of short grams are found everywhere; building a tier of them only to see that takes longer than
            // what it could save.
            8.. if members.len() > MANY => &[8],
            8.. => &[8, 6, 4],
        };
        let mut best: Option<(Tier, f64)> = None;
        for &length in lengths {
            let gram = Gram::of(length);
            let longest = (shortest + 1 - gram.len()).min(LONGEST_STRIDE);
            // Steps shorter than they could be leave more windows to choose from and put fewer grams into the bitmap.
            let mut improves = true;
            for stride in [longest, longest * 3 / 4, longest / 2, longest * 3 / 8] {
                let tried = best
                    .as_ref()
                    .is_some_and(|(tier, _)| (tier.shape().gram, tier.shape().stride) == (gram, stride));
                if stride == 0 || tried || !improves {
                    continue;
                }
                let tier = self.build(members, gram, stride);
                let cost = self.cost(&tier);
                improves = best.as_ref().is_none_or(|(_, least)| cost < *least);
                if improves {
                    best = Some((tier, cost));
                }
            }
        }
        best.unwrap_or_else(|| {
            let tier = self.build(members, Gram::of(1), 1);
            let cost = self.cost(&tier);
            (tier, cost)
        })
    }

    fn build(&mut self, members: &[u32], gram: Gram, stride: usize) -> Tier {
        let bits = (members.len() * stride * BITS_PER_GRAM)
            .next_power_of_two()
            .trailing_zeros();
        let bits = bits.clamp(*BITS.start(), *BITS.end()).min(gram.hash_bits());
        let grams = self.census(gram);
        Tier::build(self.all, members, Shape { gram, stride, bits }, &grams)
    }

    /// The census of runs of a length, taken when it is first asked for.
    fn census(&mut self, gram: Gram) -> Rc<Census> {
        let taken = self.censuses.entry(gram.len());
        Rc::clone(taken.or_insert_with(|| Rc::new(Census::of(self.sample, gram))))
    }

    /// What a byte of the sample costs, in nanoseconds.
    fn cost(&self, tier: &Tier) -> f64 {
        let shape = tier.shape();
        let step = if shape.bits <= NEAR_BITS { STEP } else { FAR_STEP };
        let expected = tier.expected(self.sample);
        step / shape.stride as f64 + expected.candidates * CANDIDATE + expected.entries * ENTRY
    }
}
