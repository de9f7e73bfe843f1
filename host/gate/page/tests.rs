use proptest::prelude::*;

use super::*;
use crate::gate::space::AddressSpace;
use crate::gate::{AddressConditionTold, Part};

fn told(drawn: &Drawn) -> AddressesTold {
    let part = |space: &AddressSpace| Part {
        count: space.count(),
        ..Part::default()
    };
    AddressesTold {
        policy: "photos.example:80".to_owned(),
        file: "conf/httpd.conf".to_owned(),
        line: 12,
        count: drawn.admitted.count(),
        networks: Vec::new(),
        ranges: Vec::new(),
        truncated: false,
        too_many: drawn
            .intended
            .as_ref()
            .map(|intended| part(&drawn.admitted.without(intended))),
        missing: drawn
            .intended
            .as_ref()
            .map(|intended| part(&intended.without(&drawn.admitted))),
        undecided: part(&drawn.undecided),
        intended: drawn.intended.as_ref().map(part),
        conditions: vec![AddressConditionTold {
            file: "conf/httpd.conf".to_owned(),
            line: 14,
            text: "RewriteCond %{REMOTE_ADDR} !^9.<script>alert(1)</script>".to_owned(),
            count: 11 << 24,
            networks: vec!["9.0.0.0/8".to_owned()],
        }],
        ipv6: vec!["2001:db8::/32".to_owned()],
        notes: vec!["a note & more".to_owned()],
    }
}

fn drawn(admitted: &[(u32, u32)], intended: Option<&[(u32, u32)]>) -> Drawn {
    Drawn {
        admitted: AddressSpace::of(admitted.iter().copied()),
        undecided: AddressSpace::default(),
        intended: intended.map(|ranges| AddressSpace::of(ranges.iter().copied())),
        conditions: Vec::new(),
    }
}

fn page(drawn: &Drawn) -> String {
    render(&told(drawn), drawn, "GET /photos/a.jpg").expect("a page")
}

#[test]
fn a_leak_is_marked_however_small_it_is() {
    let leak = page(&drawn(
        &[(0x0a14_0000, 0x0a14_ffff), (0xc633_6410, 0xc633_641f)],
        Some(&[(0x0a14_0000, 0x0a14_ffff)]),
    ));
    assert!(leak.contains("16 addresses are let in that nobody intended."));
    // The count above, the overview, the legend; then the strips of /8, /16 and, address by address, /24.
    assert_eq!(leak.matches("class=\"over\"").count(), 1 + 1 + 1 + 1 + 1 + 16);
    assert!(leak.contains("198.51.100.0/24"));
    let same = page(&drawn(
        &[(0x0a14_0000, 0x0a14_ffff)],
        Some(&[(0x0a14_0000, 0x0a14_ffff)]),
    ));
    assert!(same.contains("Exactly the intended addresses") && !same.contains("<rect class=\"over\""));
    let gap = page(&drawn(&[], Some(&[(0x0a14_0000, 0x0a14_ffff)])));
    assert!(gap.contains("65,536 intended addresses are not let in."));
}

#[test]
fn the_page_needs_nothing_and_escapes_what_it_shows() {
    let page = page(&drawn(&[(0, 9)], None));
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"));
    assert!(page.contains("a note &amp; more") && page.contains("default-src 'none'"));
    for from_elsewhere in ["http://", "https://", "src=", "@import"] {
        assert!(!page.contains(from_elsewhere), "{from_elsewhere}");
    }
}

#[test]
fn millions_of_ranges_make_no_page_of_gigabytes() {
    let every_other = (0..1_000_000_u32).map(|n| (n * 4096, n * 4096 + 1));
    let drawn = Drawn {
        admitted: AddressSpace::of(every_other),
        ..drawn(&[], Some(&[]))
    };
    let page = page(&drawn);
    assert!(page.len() < 4 << 20, "{}", page.len());
    assert!(page.contains("more networks are not drawn"));
}

proptest! {
    #[test]
    fn any_sets_make_a_page(admitted in ranges(), intended in ranges()) {
        let page = page(&drawn(&admitted, Some(&intended)));
        prop_assert!(page.ends_with("</html>"));
    }
}

fn ranges() -> impl Strategy<Value = Vec<(u32, u32)>> {
    let address = prop_oneof![any::<u32>(), 0..300_u32, any::<u32>().prop_map(|n| n | 0xffff_ff00)];
    proptest::collection::vec(
        (address.clone(), address).prop_map(|(a, b)| (a.min(b), a.max(b))),
        0..20,
    )
}
