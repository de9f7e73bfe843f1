use proptest::prelude::*;

use super::*;

fn naive(literals: &[Vec<u8>], text: &[u8], range: Range<usize>) -> Vec<Hit> {
    let mut hits: Vec<Hit> = (range.start..range.end.min(text.len()))
        .flat_map(|at| {
            let standing = (0..)
                .zip(literals)
                .filter(move |(_, literal)| text[at..].starts_with(literal) && !literal.is_empty());
            standing.map(move |(id, _)| Hit {
                at,
                literal: LiteralId(id),
            })
        })
        .collect();
    hits.sort_unstable();
    hits
}

fn filter(literals: &[Vec<u8>], sample: &[u8]) -> Filter {
    let named: Vec<(LiteralId, &[u8])> = (0..)
        .map(LiteralId)
        .zip(literals.iter().map(|literal| &literal[..]))
        .collect();
    Filter::build(&named, sample)
}

fn found(filter: &Filter, text: &[u8], range: Range<usize>) -> Vec<Hit> {
    let mut hits = Vec::new();
    filter.find(text, range, &mut |hit| hits.push(hit));
    hits
}

/// Literals of few letters, so that they overlap, contain and begin one another.
fn literal(shortest: usize) -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => prop::collection::vec(prop_oneof![4 => Just(b'a'), 2 => Just(b'b'), 1 => Just(b' ')], shortest..shortest + 20),
        1 => prop::collection::vec(prop_oneof![Just(b'a'), Just(b'b')], shortest..201),
        1 => prop::collection::vec(any::<u8>(), shortest..40),
    ]
}

/// A set of literals of at least 1 to 16 bytes, and a text in which they stand, whole and cut.
fn case() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<u8>)> {
    (1usize..17)
        .prop_flat_map(|shortest| prop::collection::vec(literal(shortest), 1..30))
        .prop_flat_map(|literals| {
            let of = literals.clone();
            let piece = prop_oneof![
                3 => (0..of.len(), 0usize..4).prop_map(move |(which, cut)| {
                    let literal = &of[which];
                    literal[..literal.len() - cut.min(literal.len())].to_vec()
                }),
                1 => prop::collection::vec(prop_oneof![Just(b'a'), Just(b'b'), Just(b'\n')], 0..30),
            ];
            let text = prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat());
            (Just(literals), text)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn it_finds_what_a_naive_search_finds((literals, text) in case(), from in 0usize..400, length in 0usize..600, sampled: bool) {
        let from = from.min(text.len());
        let filter = filter(&literals, if sampled { &text } else { b"" });
        let range = from..from + length;
        prop_assert_eq!(found(&filter, &text, range.clone()), naive(&literals, &text, range));
    }

    #[test]
    fn ranges_side_by_side_find_what_one_finds((literals, text) in case(), cuts in prop::collection::vec(0usize..600, 0..6)) {
        let filter = filter(&literals, &text);
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
        cuts.extend([0, text.len()]);
        cuts.sort_unstable();
        let parts: Vec<Hit> = cuts.windows(2).flat_map(|cut| found(&filter, &text, cut[0]..cut[1])).collect();
        prop_assert_eq!(parts, found(&filter, &text, 0..text.len()));
    }

    #[test]
    fn a_long_text_is_walked_in_pieces_without_a_seam((literals, text) in case(), gap in 0usize..3000) {
        let mut long = Vec::new();
        while long.len() < 3 * PIECE {
            long.extend_from_slice(&text);
            long.extend(std::iter::repeat_n(b'-', gap + 40));
        }
        let filter = filter(&literals, &long);
        let range = 7..long.len();
        prop_assert_eq!(found(&filter, &long, range.clone()), naive(&literals, &long, range));
    }
}

#[test]
fn a_literal_at_each_place_around_the_borders_of_a_range() {
    let literals = vec![
        b"token verification failed. [4098]".to_vec(),
        b"CWPKI0022E".to_vec(),
        b"E: ".to_vec(),
    ];
    let filter = filter(&literals, b"");
    for place in 0..120 {
        let mut text = vec![b'.'; 200];
        text[place..place + 33].copy_from_slice(&literals[0]);
        text[place + 40..place + 50].copy_from_slice(&literals[1]);
        text[place + 49..place + 52].copy_from_slice(&literals[2]);
        assert_eq!(
            found(&filter, &text, 50..80),
            naive(&literals, &text, 50..80),
            "at {place}"
        );
    }
}

#[test]
fn a_literal_that_the_text_cuts_off_is_not_found() {
    let literals = vec![b"token verification failed".to_vec(), b"ab".to_vec()];
    let filter = filter(&literals, b"");
    let text = b"xxxx token verification faile";
    for end in 0..=text.len() {
        assert_eq!(found(&filter, &text[..end], 0..end), []);
    }
    assert_eq!(found(&filter, b"a", 0..1), []);
}

#[test]
fn a_range_outside_the_text_is_empty() {
    let filter = filter(&[b"ab".to_vec()], b"");
    assert_eq!(found(&filter, b"abab", 4..9), []);
    assert_eq!(found(&filter, b"abab", 9..12), []);
    assert_eq!(
        found(&filter, b"abab", 2..usize::MAX),
        [Hit {
            at: 2,
            literal: LiteralId(0)
        }]
    );
}

#[test]
fn no_literals_find_nothing() {
    assert_eq!(found(&filter(&[], b"text"), b"text", 0..4), []);
    assert_eq!(found(&filter(&[Vec::new()], b"text"), b"text", 0..4), []);
}

#[test]
fn the_same_text_under_two_ids_is_told_twice() {
    let filter = filter(&[b"bad login".to_vec(), b"bad login".to_vec()], b"");
    let hits = [
        Hit {
            at: 1,
            literal: LiteralId(0),
        },
        Hit {
            at: 1,
            literal: LiteralId(1),
        },
    ];
    assert_eq!(found(&filter, b"(bad login)", 0..11), hits);
}

#[test]
fn short_literals_have_a_tier_of_their_own() {
    let mut literals: Vec<Vec<u8>> = (0..200)
        .map(|n| format!("the {n:03} connections to the deployment manager").into_bytes())
        .collect();
    literals.push(b" 412".to_vec());
    let words = [
        "session",
        "server",
        "connection",
        "was",
        "closed",
        "412",
        "manager",
        "deployment",
        "of the",
        "users",
    ];
    let mut sample = String::new();
    for n in 0..60_000usize {
        sample.push_str(words[n * n % 7919 % 10]);
        sample.push(if n % 11 == 0 { '\n' } else { ' ' });
    }
    let filter = filter(&literals, sample.as_bytes());
    assert!(filter.tiers.len() >= 2, "{filter}");
    let text = [sample.as_bytes(), b"status 412 for ", &literals[7]].concat();
    assert_eq!(
        found(&filter, &text, 0..text.len()),
        naive(&literals, &text, 0..text.len())
    );
}

#[test]
fn ten_thousand_literals_stay_small() {
    let literals: Vec<Vec<u8>> = (0..10_000u32)
        .map(|n| format!("message {} of the server", n.wrapping_mul(2_654_435_761)).into_bytes())
        .collect();
    let filter = filter(&literals, b"");
    assert!(filter.size() < 16 << 20, "{filter}");
    assert_eq!(found(&filter, &literals[4711], 0..50).len(), 1);
}
