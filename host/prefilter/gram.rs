//! A gram: a run of one to eight bytes, read as one number and hashed by one multiplication; and how rare bytes and grams
//! are before any input was seen.

/// 2^64 divided by the golden ratio, made odd: as a multiplier it spreads neighbouring keys furthest apart.
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// The length of a gram, and how it is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gram {
    length: usize,
    /// [`SPREAD`], shifted so that of the eight bytes read only the gram's own reach the product.
    pub(super) multiplier: u64,
}

impl Gram {
    /// A gram of `length` bytes; lengths outside 1 to 8 are taken as the nearest of these.
    pub(super) fn of(length: usize) -> Self {
        let length = length.clamp(1, 8);
        Self {
            length,
            multiplier: SPREAD << (64 - 8 * length as u32),
        }
    }

    pub(super) fn len(self) -> usize {
        self.length
    }

    /// How many of a hash's top bits differ between grams: a short gram has no more values than its bytes give it.
    pub(super) fn hash_bits(self) -> u32 {
        8 * self.length as u32
    }

    /// How often a gram that was chosen for its rarity is presumed to stand at a place of log text that nobody has seen yet.
    /// A guess, which only has to fall steeply with the length: it keeps short grams from being chosen without evidence.
    pub(super) fn chance(self) -> f64 {
        match self.length {
            0 | 1 => 2e-2,
            2 => 2e-3,
            3 => 1e-4,
            4 => 1e-5,
            5 => 3e-6,
            6 => 1e-6,
            _ => 1e-7,
        }
    }

    /// The hash of the gram at `at`, in the top bits.
    #[inline]
    pub(super) fn hash(self, text: &[u8], at: usize) -> u64 {
        run_at(text, at).wrapping_mul(self.multiplier)
    }
}

/// The eight bytes at `at`, the first of them lowest, zeros where the text has ended.
#[inline]
pub(super) fn run_at(text: &[u8], at: usize) -> u64 {
    let rest = text.get(at..).unwrap_or_default();
    if let Some(run) = rest.first_chunk() {
        return u64::from_le_bytes(*run);
    }
    rest.iter().rev().fold(0, |run, &byte| run << 8 | u64::from(byte))
}

/// Selects the first `bytes` bytes of what [`run_at`] reads.
pub(super) fn mask(bytes: usize) -> u64 {
    if bytes >= 8 { u64::MAX } else { (1 << (8 * bytes)) - 1 }
}

/// How rare a byte is in log text, in tenths of a bit: the blank is one in eight, the letters of frequent words one in
/// twenty, digits stand in every time stamp, capitals in names and message ids.
pub(super) fn rarity(byte: u8) -> u32 {
    RARITIES.get(usize::from(byte)).copied().unwrap_or(RAREST).into()
}

/// Bytes that log text hardly has.
const RAREST: u8 = 90;

static RARITIES: [u8; 256] = {
    let mut rarities = [RAREST; 256];
    let mut byte = 0;
    while byte < 256 {
        #[expect(
            clippy::indexing_slicing,
            reason = "the loop's own bound, checked when it is compiled"
        )]
        let entry = &mut rarities[byte];
        *entry = match byte as u8 {
            b' ' => 30,
            b'e' | b't' | b'a' | b'o' | b'i' | b'n' | b's' | b'r' => 43,
            b'0'..=b'9' | b'.' => 46,
            b'c' | b'd' | b'l' | b'm' | b'p' | b'u' => 52,
            b':' | b'/' | b'-' | b',' | b'[' | b']' | b'=' | b'"' | b'(' | b')' | b'_' | b'\t' => 60,
            b'a'..=b'z' => 62,
            b'A'..=b'Z' => 66,
            _ => RAREST,
        };
        byte += 1;
    }
    rarities
};
